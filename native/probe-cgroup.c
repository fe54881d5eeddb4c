// Version 1: below the group this process is in. Version 2 forbids processes beside groups, so there it is a group above that has no
// process of its own and can hand controllers down; for the host's root the topmost.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup-devices.h"
#include "cgroup-membership.h"
#include "fail.h"
#include "probe-cgroup.h"

static const char *const controllers[] = {"memory", "cpu", "cpuset", "pids", "blkio", "devices", "cpuacct", "freezer"};
enum { CONTROLLERS = sizeof controllers / sizeof *controllers, LIMITING = 6 }; // the rest limits nothing

struct finding {
  char own[CONTROLLERS][PATH_MAX]; // version 1: the group of this process
  char unified[PATH_MAX];          // version 2: the same
};

static bool has_word(const char *text, const char *word, const char *separators) {
  size_t length = strlen(word);
  for (const char *at = text; *at != '\0';) {
    size_t size = strcspn(at, separators);
    if (size == length && memcmp(at, word, length) == 0) return true;
    at += size + (at[size] != '\0');
  }
  return false;
}

static void note(const char *names, const char *directory, void *context) {
  struct finding *finding = context;
  if (*names == '\0') snprintf(finding->unified, PATH_MAX, "%s", directory);
  for (size_t i = 0; i < CONTROLLERS; i++)
    if (has_word(names, controllers[i], ",")) snprintf(finding->own[i], PATH_MAX, "%s", directory);
}

static bool write_value(const char *directory, const char *file, const char *value) {
  char path[PATH_MAX * 2];
  snprintf(path, sizeof path, "%s/%s", directory, file);
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  bool is_written = write(fd, value, strlen(value)) >= 0;
  int error = errno;
  close(fd);
  errno = error;
  return is_written;
}

static bool can_be_joined(const char *group) {
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) _exit(write_value(group, "cgroup.procs", "0") ? 0 : errno);
  int status;
  if (waitpid(child, &status, 0) < 0) fail("waitpid");
  errno = WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
  return errno == 0;
}

// Makes a group in `directory`, joins it from a child, and removes it. errno tells why it cannot be done.
static bool can_hold_groups(const char *directory, bool joins) {
  char group[PATH_MAX + 64];
  snprintf(group, sizeof group, "%s/slipway-probe-%d", directory, (int)getpid());
  if (mkdir(group, 0755) < 0) return false;
  bool can = !joins || can_be_joined(group);
  int error = errno;
  while (rmdir(group) < 0 && errno == EBUSY) continue; // until the kernel has done with the child
  errno = error;
  return can;
}

// What version 2 calls a controller of version 1; NULL: part of every group.
static const char *unified_name(size_t controller) {
  if (strcmp(controllers[controller], "blkio") == 0) return "io";
  if (strcmp(controllers[controller], "cpuacct") == 0 || strcmp(controllers[controller], "freezer") == 0) return NULL;
  return controllers[controller];
}

static bool has_controller(const char *directory, const char *controller) {
  char path[PATH_MAX + 32], text[512];
  snprintf(path, sizeof path, "%s/cgroup.controllers", directory);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  ssize_t length = fd < 0 ? -1 : read(fd, text, sizeof text - 1);
  if (fd >= 0) close(fd);
  text[length < 0 ? 0 : length] = '\0';
  return has_word(text, controller, " \n");
}

static bool hands_down(const char *directory, const char *controller) {
  char wish[64];
  snprintf(wish, sizeof wish, "+%s", controller);
  errno = ENOTSUP;
  return has_controller(directory, controller) && write_value(directory, "cgroup.subtree_control", wish);
}

static bool can_guard_devices(const char *directory) {
  char group[PATH_MAX + 64];
  snprintf(group, sizeof group, "%s/slipway-probe-%d", directory, (int)getpid());
  if (mkdir(group, 0755) < 0) return false;
  bool can = cgroup_guard_devices(group, NULL, 0);
  int error = errno;
  rmdir(group);
  errno = error;
  return can;
}

// What one directory of version 2 offers: 0 per controller, or why it does not.
struct offer {
  char directory[PATH_MAX];
  int errors[CONTROLLERS];
  int count; // -1: no groups can be made
};

static struct offer examine(const char *directory) {
  static struct offer offer;
  offer = (struct offer){.count = -1};
  snprintf(offer.directory, PATH_MAX, "%s", directory);
  for (size_t i = 0; i < CONTROLLERS; i++) {
    const char *name = unified_name(i);
    bool is_device = name != NULL && strcmp(name, "devices") == 0;
    bool has = name == NULL || (is_device ? can_guard_devices(directory) : hands_down(directory, name));
    offer.errors[i] = has ? 0 : errno;
  }
  if (!can_hold_groups(directory, true)) {
    for (size_t i = 0; i < CONTROLLERS; i++) offer.errors[i] = errno;
    return offer;
  }
  offer.count = 0;
  for (size_t i = 0; i < CONTROLLERS; i++) offer.count += offer.errors[i] == 0;
  return offer;
}

// A process is in one group of version 2 only: the directory that offers most, and of several the nearest.
static struct offer find_in_unified(const struct finding *finding) {
  static const char top[] = "/sys/fs/cgroup";
  static struct offer best, next;
  char at[PATH_MAX];
  best = (struct offer){.count = -1};
  for (size_t i = 0; i < CONTROLLERS; i++) best.errors[i] = ENOTSUP;
  if (strncmp(finding->unified, top, strlen(top)) != 0) return best;
  snprintf(at, sizeof at, "%s", getuid() == 0 ? top : finding->unified);
  if (getuid() == 0 && (next = examine(at)).count >= 0) return next;
  snprintf(at, sizeof at, "%s", finding->unified);
  while (strcmp(at, top) != 0) {
    *strrchr(at, '/') = '\0';
    next = examine(at);
    if (next.count > best.count || *best.directory == '\0') best = next;
  }
  return best;
}

static struct offer find_in_version_1(const struct finding *finding, size_t controller) {
  static struct offer offer;
  offer = (struct offer){0};
  snprintf(offer.directory, PATH_MAX, "%s", finding->own[controller]);
  errno = ENOTSUP;
  bool can = *offer.directory != '\0' && can_hold_groups(offer.directory, false);
  offer.errors[controller] = can ? 0 : errno;
  return offer;
}

static void report_refusal(struct report *report, size_t controller, int error) {
  char name[32];
  snprintf(name, sizeof name, "cgroup.%s", controllers[controller]);
  report_reason(report, name, error == ENOTSUP ? "the kernel has no such controller here" : reason(error));
}

void probe_cgroups(struct report *report) {
  static struct finding finding;
  static struct offer offer;
  char *members = NULL;
  bool is_version_1 = false;
  cgroup_each_of(0, note, &finding);
  for (size_t i = 0; i < CONTROLLERS; i++) is_version_1 |= finding.own[i][0] != '\0';
  if (!is_version_1) offer = find_in_unified(&finding);
  for (size_t i = 0; i < CONTROLLERS; i++) {
    if (is_version_1) offer = find_in_version_1(&finding, i);
    bool can = offer.errors[i] == 0;
    if (!can && i < LIMITING) report_refusal(report, i, offer.errors[i]);
    char *path = can ? json_string(offer.directory) : NULL, *longer = NULL;
    if (asprintf(&longer, "%s\"%s\":%s,", members == NULL ? "" : members, controllers[i], can ? path : "null") < 0) fail("memory");
    free(path);
    free(members);
    members = longer;
  }
  char *all = NULL;
  if (asprintf(&all, "{%s\"version\":%d}", members, is_version_1 ? 1 : 2) < 0) fail("memory");
  report_json(report, "cgroup", all);
  free(all);
  free(members);
}
