// Needs the mount calls of Linux 5.12.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bind-mount.h"

static int set_attributes(int mount, uint64_t attributes, uint64_t propagation, bool recursive) {
  struct mount_attr attr = {.attr_set = attributes, .propagation = propagation};
  // How access times are kept is one choice of several: the old one goes first.
  if (attributes & (MOUNT_ATTR_NOATIME | MOUNT_ATTR_STRICTATIME)) attr.attr_clr = MOUNT_ATTR__ATIME;
  if (attributes == 0 && propagation == 0) return 0;
  return (int)syscall(SYS_mount_setattr, mount, "", AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0), &attr, sizeof attr);
}

static bool bind_dress(int mount, const struct bind_request *request, bool recursive) {
  return set_attributes(mount, 0, request->propagation, recursive && request->recursive_propagation) == 0 &&
         set_attributes(mount, request->attributes, 0, recursive) == 0 &&
         set_attributes(mount, request->own_attributes, 0, false) == 0;
}

int bind_copy(int fd, const char *path, const struct bind_request *request) {
  unsigned flags = OPEN_TREE_CLONE | OPEN_TREE_CLOEXEC | (*path == '\0' ? AT_EMPTY_PATH : 0);
  bool recursive = request->recursive;
  int mount = (int)syscall(SYS_open_tree, fd, path, flags | (recursive ? AT_RECURSIVE : 0));
  if (mount < 0 && errno == EINVAL && !recursive) {
    // In a user namespace the mounts below one's own are locked together: a copy has all of them or is refused.
    recursive = true;
    mount = (int)syscall(SYS_open_tree, fd, path, flags | AT_RECURSIVE);
  }
  if (mount < 0) return -1;
  if (bind_dress(mount, request, recursive)) return mount;
  int error = errno;
  close(mount);
  errno = error;
  return -1;
}

int bind_place(int mount, int target) {
  return (int)syscall(SYS_move_mount, mount, "", target, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}
