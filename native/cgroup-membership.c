#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cgroup-membership.h"
#include "cgroup.h"
#include "channel.h"

static bool names(const char *commas, const char *controller, size_t length) {
  for (const char *at = commas; *at != '\0';) {
    size_t size = strcspn(at, ",");
    if (size == length && memcmp(at, controller, length) == 0) return true;
    at += size + (at[size] == ',');
  }
  return false;
}

// Where the hierarchy of these controllers is mounted, and which of its directories is there. mountinfo's line is
// "id parent major:minor root mountpoint options [optional…] - type source super-options".
static bool find_mount(const char *controllers, char *root, char *mountpoint) {
  FILE *file = fopen("/proc/self/mountinfo", "re");
  if (file == NULL) return false;
  char *line = NULL, type[32], super[1024];
  size_t size = 0;
  bool is_found = false;
  while (!is_found && getline(&line, &size, file) > 0) {
    const char *rest = strstr(line, " - ");
    if (rest == NULL || sscanf(rest, " - %31s %*s %1023s", type, super) != 2) continue;
    if (*controllers == '\0') is_found = strcmp(type, "cgroup2") == 0;
    else is_found = strcmp(type, "cgroup") == 0 && names(super, controllers, strcspn(controllers, ","));
    if (is_found && sscanf(line, "%*s %*s %*s %4095s %4095s", root, mountpoint) != 2) is_found = false;
  }
  free(line);
  fclose(file);
  return is_found;
}

bool cgroup_each_of(pid_t pid, void (*visit)(const char *, const char *, void *), void *context) {
  char name[64], root[PATH_MAX], mountpoint[PATH_MAX];
  // The caller's number may be another in the process namespace that /proc shows; "self" is right in each.
  if (pid == 0) snprintf(name, sizeof name, "/proc/self/cgroup");
  else snprintf(name, sizeof name, "/proc/%d/cgroup", (int)pid);
  FILE *file = fopen(name, "re");
  if (file == NULL) return false;
  char *line = NULL;
  size_t size = 0;
  while (getline(&line, &size, file) > 0) {
    line[strcspn(line, "\n")] = '\0';
    char *controllers = strchr(line, ':');
    char *path = controllers == NULL ? NULL : strchr(controllers + 1, ':');
    if (path == NULL) continue;
    *path++ = '\0';
    controllers++;
    if (!find_mount(controllers, root, mountpoint)) continue;
    size_t shown = strcmp(root, "/") == 0 ? 0 : strlen(root);
    if (strncmp(path, root, shown) != 0) continue; // outside of what is mounted here
    char directory[PATH_MAX * 2];
    snprintf(directory, sizeof directory, "%s%s", mountpoint, strcmp(path + shown, "/") == 0 ? "" : path + shown);
    visit(controllers, directory, context);
  }
  free(line);
  fclose(file);
  return true;
}

static void remember(const char *controllers, const char *directory, void *context) {
  (void)controllers;
  char *copy = strdup(directory);
  if (copy == NULL) fail("memory");
  list_add(context, copy);
}

static void enter(const char *directory) {
  if (!cgroup_enter(directory)) channel_warn("%s cannot be joined: %s", directory, strerror(errno));
}

bool cgroup_follow(pid_t pid) {
  struct list own = {0}, wanted = {0};
  cgroup_each_of(0, remember, &own);
  if (!cgroup_each_of(pid, remember, &wanted)) return false;
  for (size_t i = 0; i < wanted.count; i++) {
    bool is_there = false;
    for (size_t j = 0; j < own.count; j++) is_there |= strcmp(own.items[j], wanted.items[i]) == 0;
    if (!is_there) enter(wanted.items[i]);
  }
  return true;
}
