// mount(2) takes one page of options: images of many layers are named by short paths of descriptors.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "overlay.h"

enum { OPTION_LIMIT = 4095 };

// After a "volatile" mount the kernel leaves a mark in the work folder and refuses the next mount until someone says that what the
// upper folder holds is good enough. It is: what a crash can lose is a container's own scratch data.
static void forget_volatile_mark(const char *data) {
  char *work = mount_options_value(data, "workdir");
  if (work == NULL) return;
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/work/incompat/volatile/dirty", work);
  unlink(path);
  // Then the two folders around it, the inner one first.
  for (int i = 0; i < 2; i++) {
    *strrchr(path, '/') = '\0';
    if (rmdir(path) < 0 && errno != ENOENT) fail(path);
  }
  free(work);
}

// The same options with each lower folder named by a descriptor, which stays open until the mount is made.
static char *shorten(const char *data) {
  char *lower = mount_options_value(data, "lowerdir");
  if (lower == NULL) return strdup(data);
  char *rest = strdup(data), *shorter = malloc(strlen(data) * 2 + 64);
  if (rest == NULL || shorter == NULL) fail("memory");
  mount_options_drop(rest, "lowerdir");
  char *out = shorter + sprintf(shorter, "lowerdir=");
  char *saved = NULL;
  for (char *path = strtok_r(lower, ":", &saved); path != NULL; path = strtok_r(NULL, ":", &saved)) {
    int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) fail(path);
    out += sprintf(out, "%s/proc/self/fd/%d", out[-1] == '=' ? "" : ":", fd);
  }
  sprintf(out, ",%s", rest);
  free(rest);
  free(lower);
  return shorter;
}

int overlay_mount(int place, const struct mount_options *options) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", place);
  forget_volatile_mark(options->data);
  if (strlen(options->data) <= OPTION_LIMIT) return mount("overlay", path, "overlay", options->flags, options->data);
  char *data = shorten(options->data);
  int result = strlen(data) <= OPTION_LIMIT ? mount("overlay", path, "overlay", options->flags, data) : -1;
  if (result < 0 && strlen(data) > OPTION_LIMIT) errno = E2BIG;
  free(data);
  return result;
}
