#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "bind-mount.h"
#include "channel.h"
#include "devices.h"
#include "rooted.h"

static bool is_device(const char *path, mode_t type, dev_t device) {
  struct stat status;
  return stat(path, &status) == 0 && (status.st_mode & S_IFMT) == type && status.st_rdev == device;
}

// The host's node for a device: under the same name, or under the one the kernel gives it.
static bool find_on_host(const char *path, mode_t type, dev_t device, char *found, size_t size) {
  snprintf(found, size, "%s", path);
  if (is_device(found, type, device)) return true;
  char uevent[128], line[256];
  snprintf(uevent, sizeof uevent, "/sys/dev/%s/%u:%u/uevent", type == S_IFCHR ? "char" : "block", major(device), minor(device));
  FILE *file = fopen(uevent, "re");
  if (file == NULL) return false;
  bool is_found = false;
  while (!is_found && fgets(line, sizeof line, file) != NULL) {
    if (strncmp(line, "DEVNAME=", 8) != 0) continue;
    line[strcspn(line, "\n")] = '\0';
    snprintf(found, size, "/dev/%s", line + 8);
    is_found = is_device(found, type, device);
  }
  fclose(file);
  return is_found;
}

static void bind_from_host(int root, const char *path, mode_t type, dev_t device) {
  char source[PATH_MAX];
  if (!find_on_host(path, type, device, source, sizeof source)) {
    channel_warn("device %s: the host has no node for it that could be shared", path);
    return;
  }
  struct bind_request request = {.propagation = MS_PRIVATE};
  int copy = bind_copy(AT_FDCWD, source, &request);
  int place = rooted_file(root, path);
  if (copy < 0 || bind_place(copy, place) < 0) fail(path);
  close(copy);
  close(place);
}

void device_make(int root, char **fields, bool rootless) {
  const char *path = fields[0];
  mode_t type = strcmp(fields[1], "b") == 0 ? S_IFBLK : S_IFCHR;
  dev_t device = makedev((unsigned)strtoul(fields[2], NULL, 10), (unsigned)strtoul(fields[3], NULL, 10));
  mode_t mode = (mode_t)strtoul(fields[4], NULL, 8) & 07777;
  if (rootless) return bind_from_host(root, path, type, device);

  char name[NAME_MAX + 1];
  int parent = rooted_parent(root, path, name);
  mode_t mask = umask(0);
  int made = mknodat(parent, name, type | mode, device);
  if (made < 0 && errno == EEXIST) made = unlinkat(parent, name, 0) < 0 ? -1 : mknodat(parent, name, type | mode, device);
  umask(mask);
  if (made < 0) fail(path);
  close(parent);
}
