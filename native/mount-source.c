#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fail.h"
#include "mount-source.h"

static int open_below(int folder, const char *path) {
  struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS};
  for (;;) {
    int fd = (int)syscall(SYS_openat2, folder, path, &how, sizeof how);
    if (fd >= 0 || (errno != EAGAIN && errno != EINTR)) return fd; // EAGAIN: something was renamed meanwhile
  }
}

int source_open(const char *source, const char *subpath) {
  int folder = open(source, O_PATH | O_CLOEXEC);
  if (folder < 0 || subpath == NULL) return folder;
  int fd = open_below(folder, subpath);
  if (fd < 0 && errno == EXDEV) failf("mounting", "cannot access path %s: it leads out of %s", subpath, source);
  if (fd < 0) failf("mounting", "cannot access path %s of %s: %s", subpath, source, reason(errno));
  close(folder);
  return fd;
}

int source_of_other(const char *shared_with, const struct bind_request *request) {
  char *path;
  long pid = strtol(shared_with, &path, 10);
  if (pid <= 0 || path[0] != ':' || path[1] != '/') failf("mounting", "\"%s\" is not PID:PATH", shared_with);
  char namespace[64];
  snprintf(namespace, sizeof namespace, "/proc/%ld/ns/mnt", pid);
  int other = open(namespace, O_RDONLY | O_CLOEXEC);
  if (other < 0 && errno == ENOENT) return -1;
  int own = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
  if (own < 0) fail("/proc/self/ns/mnt");
  // The kernel copies only mounts of the namespace that the caller is in; what is copied can be put anywhere.
  if (other < 0 || setns(other, CLONE_NEWNS) < 0) fail("entering another container's mounts");
  int copy = bind_copy(AT_FDCWD, path + 1, request);
  int error = errno;
  if (setns(own, CLONE_NEWNS) < 0) fail("leaving another container's mounts");
  close(other);
  close(own);
  if (copy >= 0 || error == ENOENT || error == EINVAL) return copy;
  errno = error;
  fail(path + 1);
}
