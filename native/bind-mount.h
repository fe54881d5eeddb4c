// Mounts that are copies of other mounts: made detached, given their attributes, and only then put in place, so that nobody sees
// one without them.
#pragma once
#include "slipway.h"

struct bind_request {
  uint64_t attributes;  // MOUNT_ATTR_*
  uint64_t own_attributes; // of the mount itself, and of none below it
  uint64_t propagation; // MS_PRIVATE, MS_SHARED or MS_SLAVE
  bool recursive;
  bool recursive_propagation;
};

// A detached copy of what is at `path` (or of `fd` itself when path is ""). -1 and errno on failure.
int bind_copy(int fd, const char *path, const struct bind_request *request);
// Puts a detached mount on `target` (any descriptor). -1 and errno on failure.
int bind_place(int mount, int target);
