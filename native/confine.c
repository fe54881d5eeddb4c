#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <linux/landlock.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "confine.h"

// Every right of the first version of Landlock.
static const uint64_t all_rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;

static void allow_reading_beside(int rules, const char *path) {
  char *copy = strdup(path);
  if (copy == NULL) fail("memory");
  struct landlock_path_beneath_attr attributes = {
      .allowed_access = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR,
      .parent_fd = open(dirname(copy), O_PATH | O_DIRECTORY | O_CLOEXEC),
  };
  free(copy);
  if (attributes.parent_fd < 0) fail(path);
  if (syscall(SYS_landlock_add_rule, rules, LANDLOCK_RULE_PATH_BENEATH, &attributes, 0) < 0) fail("landlock");
  close(attributes.parent_fd);
}

void confine_to_reading(const struct list *paths) {
  struct landlock_ruleset_attr attributes = {.handled_access_fs = all_rights};
  int rules = (int)syscall(SYS_landlock_create_ruleset, &attributes, sizeof attributes, 0);
  if (rules < 0) {
    if (errno == ENOSYS || errno == EOPNOTSUPP) return;
    fail("landlock");
  }
  for (size_t i = 0; i < paths->count; i++) allow_reading_beside(rules, paths->items[i]);
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) fail("no_new_privs");
  if (syscall(SYS_landlock_restrict_self, rules, 0) < 0) fail("landlock");
  close(rules);
}
