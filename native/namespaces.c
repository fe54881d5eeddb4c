#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "namespaces.h"

static const uint64_t clone_flags[NS_KINDS] = {
    [NS_PID] = CLONE_NEWPID, [NS_NET] = CLONE_NEWNET,       [NS_IPC] = CLONE_NEWIPC,
    [NS_UTS] = CLONE_NEWUTS, [NS_CGROUP] = CLONE_NEWCGROUP, [NS_MNT] = CLONE_NEWNS,
};

static void enter(const char *path, int type) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || setns(fd, type) < 0) fail(path);
  close(fd);
}

static bool is_own(const char *path, const char *own) {
  struct stat there, here;
  return stat(path, &there) == 0 && stat(own, &here) == 0 && there.st_dev == here.st_dev && there.st_ino == here.st_ino;
}

void enter_user_namespace(pid_t pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/ns/user", (int)pid);
  if (is_own(path, "/proc/self/ns/user")) return; // entering one's own is an error to the kernel
  enter(path, CLONE_NEWUSER);
  // The change of credentials has closed /proc/self to this process, which is the way to most descriptors here.
  if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0) fail("prctl");
}

void enter_network_namespace(pid_t pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/ns/net", (int)pid);
  enter(path, CLONE_NEWNET);
}

uint64_t namespaces_to_make(const struct specification *specification) {
  uint64_t flags = 0;
  for (int kind = 0; kind < NS_KINDS; kind++)
    if (kind != NS_CGROUP && namespace_is(specification, kind, "private")) flags |= clone_flags[kind];
  return flags;
}

void namespaces_join(const struct specification *specification) {
  for (int kind = 0; kind < NS_KINDS; kind++)
    if (kind != NS_PID && specification->ns[kind][0] == '/') enter(specification->ns[kind], (int)clone_flags[kind]);
}

void namespace_for_children(const char *path) {
  enter(path, CLONE_NEWPID);
}
