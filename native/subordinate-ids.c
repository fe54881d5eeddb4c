#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "subordinate-ids.h"

// The user's name, from /etc/passwd itself: a static binary cannot ask other name services.
static bool find_name(uid_t uid, char *name, size_t size) {
  FILE *file = fopen("/etc/passwd", "re");
  char *line = NULL;
  size_t capacity = 0;
  bool is_found = false;
  while (!is_found && file != NULL && getline(&line, &capacity, file) > 0) {
    char *rest = line, *user = strsep(&rest, ":");
    strsep(&rest, ":");
    char *id = strsep(&rest, ":");
    if (id == NULL || strtoul(id, NULL, 10) != uid) continue;
    is_found = true;
    snprintf(name, size, "%s", user);
  }
  free(line);
  if (file != NULL) fclose(file);
  return is_found;
}

struct id_range subordinate_range(const char *path, uid_t uid) {
  struct id_range range = {0};
  char name[256] = "", number[16];
  snprintf(number, sizeof number, "%u", (unsigned)uid);
  bool has_name = find_name(uid, name, sizeof name);
  FILE *file = fopen(path, "re");
  char *line = NULL;
  size_t capacity = 0;
  while (range.count == 0 && file != NULL && getline(&line, &capacity, file) > 0) {
    char *rest = line, *user = strsep(&rest, ":"), *first = strsep(&rest, ":"), *count = strsep(&rest, ":");
    if (count == NULL || ((!has_name || strcmp(user, name) != 0) && strcmp(user, number) != 0)) continue;
    range = (struct id_range){strtoul(first, NULL, 10), strtoul(count, NULL, 10)};
  }
  free(line);
  if (file != NULL) fclose(file);
  return range;
}

const char *find_mapper(const char *name) {
  static char path[64];
  static const char *const folders[] = {"/usr/bin", "/bin", "/usr/sbin", "/usr/local/bin", "/run/wrappers/bin"};
  for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
    snprintf(path, sizeof path, "%s/%s", folders[i], name);
    if (access(path, X_OK) == 0) return path;
  }
  return NULL;
}
