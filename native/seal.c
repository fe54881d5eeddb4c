#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fail.h"
#include "rooted.h"
#include "seal.h"

bool seal_is_due(const char *type, const struct mount_options *options) {
  return strcmp(type, "tmpfs") == 0 && (options->flags & MS_RDONLY) != 0;
}

// An image may be made of several overlays; a read-only root is read-only in all of them, but not in what else is mounted there.
static bool is_to_seal(const struct specification *specification, const struct root_step *step) {
  if (step->kind != STEP_MOUNT || strcmp(step->fields[2], "/") == 0) return false;
  if (strcmp(step->fields[0], "overlay") == 0) return specification->readonly_rootfs;
  struct mount_options options = mount_options_parse(step->fields[3]);
  bool is_due = seal_is_due(step->fields[0], &options);
  mount_options_free(&options);
  return is_due;
}

void seal_file_systems(const struct specification *specification, int root) {
  struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY};
  for (size_t i = 0; i < specification->step_count; i++) {
    const struct root_step *step = &specification->steps[i];
    if (!is_to_seal(specification, step)) continue;
    int place = rooted_open(root, step->fields[2], O_PATH | O_DIRECTORY);
    if (place < 0 || syscall(SYS_mount_setattr, place, "", AT_EMPTY_PATH, &attributes, sizeof attributes) < 0)
      failf("mounting", "%s cannot be made read-only: %s", step->fields[2], reason(errno));
    close(place);
  }
}
