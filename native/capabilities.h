// The bounds on what the container's process may do.
#pragma once
#include "specification.h"

// Takes every capability not in `kept` out of the bounding set, and with it of whatever is executed later.
void capabilities_bound(uint64_t kept);
// Leaves exactly those of `kept` that the process has, or none unless it is root; nothing is inheritable or ambient.
void capabilities_reduce(uint64_t kept);
// Gives up all of them. Caller: a process that has no more need of any.
void capabilities_drop(void);
// Becomes `uid` with no capability but, when asked for, that of reading any file.
void capabilities_become(uid_t uid, bool may_read_all);
// Loads the program at `path`.
struct sock_fprog;
void seccomp_read(const char *path, struct sock_fprog *program);
void seccomp_load(const struct sock_fprog *program);
