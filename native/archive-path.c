// Worked out by the text alone, before anything is looked up.
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "archive-path.h"

char *archive_path_absolute(const char *path) {
  while (*path == '/') path++;
  size_t length = strlen(path);
  while (length > 0 && path[length - 1] == '/') length--;
  char *result = malloc(length + 2);
  if (result == NULL) fail("memory");
  result[0] = '/';
  memcpy(result + 1, path, length);
  result[length + 1] = '\0';
  return result;
}

static char *work_out(const char *base, const char *name, bool stays) {
  size_t floor = strcmp(base, "/") == 0 ? 0 : strlen(base), length = floor;
  char *result = malloc(floor + strlen(name) + 3);
  if (result == NULL) fail("memory");
  memcpy(result, base, floor);
  while (*name != '\0') {
    size_t part = strcspn(name, "/");
    if (part == 2 && name[0] == '.' && name[1] == '.') {
      if (length == floor && !stays) {
        free(result);
        return NULL;
      }
      while (length > floor && result[--length] != '/') continue;
    } else if (part > 0 && !(part == 1 && name[0] == '.')) {
      result[length++] = '/';
      memcpy(result + length, name, part);
      length += part;
    }
    name += part;
    while (*name == '/') name++;
  }
  if (length == 0) result[length++] = '/';
  result[length] = '\0';
  return result;
}

char *archive_path_join(const char *base, const char *name) {
  return work_out(base, name, false);
}

char *archive_path_clean(const char *path) {
  return work_out("/", path, true);
}

const char *archive_path_name(const char *path) {
  const char *slash = strrchr(path, '/');
  return slash == NULL ? path : slash[1] == '\0' ? slash : slash + 1;
}
