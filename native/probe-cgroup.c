// Version 1: below the group this process is in. Version 2 forbids processes beside groups, so there it is the nearest group above that
// has no process of its own and can hand the controller down; for the host's root that is looked for from the top.
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

#include "cgroup-membership.h"
#include "fail.h"
#include "probe-cgroup.h"

static const char *const controllers[] = {"memory", "cpu", "cpuacct", "cpuset", "pids", "freezer", "blkio", "devices"};
enum { CONTROLLERS = sizeof controllers / sizeof *controllers };

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
  return has_controller(directory, controller) && write_value(directory, "cgroup.subtree_control", wish) && can_hold_groups(directory, true);
}

static bool find_in_unified(const struct finding *finding, const char *controller, char *found) {
  static const char top[] = "/sys/fs/cgroup";
  errno = ENOTSUP;
  if (strncmp(finding->unified, top, strlen(top)) != 0) return false;
  snprintf(found, PATH_MAX, "%s", top);
  if (getuid() == 0 && hands_down(found, controller)) return true;
  snprintf(found, PATH_MAX, "%s", finding->unified);
  while (strcmp(found, top) != 0) {
    *strrchr(found, '/') = '\0';
    if (hands_down(found, controller)) return true;
  }
  return false;
}

void probe_cgroups(struct report *report) {
  static struct finding finding;
  char *members = NULL, found[PATH_MAX];
  bool is_version_1 = false;
  cgroup_each_of(getpid(), note, &finding);
  for (size_t i = 0; i < CONTROLLERS; i++) is_version_1 |= finding.own[i][0] != '\0';
  for (size_t i = 0; i < CONTROLLERS; i++) {
    bool is_there = finding.own[i][0] != '\0';
    snprintf(found, sizeof found, "%s", finding.own[i]);
    errno = ENOTSUP;
    bool can = is_version_1 ? is_there && can_hold_groups(found, false) : find_in_unified(&finding, controllers[i], found);
    if (!can && i < 5) { // the rest limits nothing by itself
      char name[32];
      snprintf(name, sizeof name, "cgroup.%s", controllers[i]);
      report_reason(report, name, errno == ENOTSUP ? "the kernel has no such controller here" : reason(errno));
    }
    char *path = can ? json_string(found) : NULL, *longer = NULL;
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
