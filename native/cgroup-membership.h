// Which control groups a process is in, as directories.
#pragma once
#include "slipway.h"

// Calls `visit` for every hierarchy that is mounted here: its controllers ("memory", "cpu,cpuacct", "" in version 2) and the
// directory of `pid` in it; 0 is the calling process. False when the process is gone.
bool cgroup_each_of(pid_t pid, void (*visit)(const char *controllers, const char *directory, void *context), void *context);
// Puts the calling process where `pid` is, in every hierarchy in which it is elsewhere. What the kernel refuses is a warning on the
// channel. False when `pid` is gone.
bool cgroup_follow(pid_t pid);
