// Makes the root file system of a container, step by step. Caller: a private mount namespace, nothing of which the host sees.
#pragma once
#include "specification.h"

// Performs the steps on the folder `rootfs` and gives a descriptor of the finished root. `cgroups` are shown by mounts of type `cgroup`.
// Warnings go to the channel.
int mounts_perform(const struct specification *specification);
// Remounts one path inside `root` read-only, with all below. Missing is fine.
void mount_readonly(int root, const char *path);
// Puts a copy of the mount that `source` (any descriptor) is on over the file at `path`, which is created when missing.
void mount_file_over(int root, int source, const char *path);
// Makes `root` (as given by mounts_perform) the process's root and lets go of the old one.
void mounts_enter(int root, bool readonly);
