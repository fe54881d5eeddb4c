// The control groups of one container: one directory per hierarchy (version 1) or one altogether (version 2).
#pragma once
#include "cgroup-devices.h"
#include "mount-options.h"

// Makes them, with missing parents. Fails when one cannot be made.
void cgroup_create(const struct list *directories);
// Writes `file, value` pairs. One that the kernel refuses is a warning on the channel.
void cgroup_apply(const struct list *pairs);
// Version 2: keeps their processes from every device but those of the rules; does nothing without rules. Fails when the kernel refuses.
void cgroup_guard(const struct list *directories, const struct device_rule *rules, size_t count);
// Puts the calling process, which has only one thread, into the group. False when the kernel refuses, errno says why.
bool cgroup_enter(const char *directory);
// A fork, with flags of clone3, whose child is in the one of version 2 from the beginning; no `exit_signal`: the caller's own. Negative when
// the kernel refuses, errno says why.
pid_t cgroup_clone(const struct list *directories, uint64_t flags, int exit_signal);
// Puts such a child into the others, too. Fails when the kernel refuses.
void cgroup_join(const struct list *directories);
// Whether the kernel has killed a process of theirs for want of memory.
bool cgroup_had_oom(const struct list *directories);
// Kills what is still in them, and removes them with all groups below. False when one could not be removed within two seconds.
bool cgroup_remove(const struct list *directories);
// Shows them at `target` inside `root`, each under the name its hierarchy has on the host. `shows_all`: of version 2 all groups of the
// machine, among which a process without a namespace of its own finds itself.
struct cgroup_view {
  const struct list *directories;
  bool shows_all;
};
void cgroup_show(const struct cgroup_view *view, int root, const char *target, const struct mount_options *options);
