// What a client is told of a path before it copies it in or out.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "archive-path.h"
#include "archive-root.h"
#include "rooted.h"

// Go's os.FileMode has its own bits for kinds.
static unsigned long go_mode(mode_t mode) {
  unsigned long result = mode & 0777;
  if (S_ISDIR(mode)) result |= 1ul << 31;
  if (S_ISLNK(mode)) result |= 1ul << 27;
  if (S_ISBLK(mode) || S_ISCHR(mode)) result |= 1ul << 26;
  if (S_ISCHR(mode)) result |= 1ul << 21;
  if (S_ISFIFO(mode)) result |= 1ul << 25;
  if (S_ISSOCK(mode)) result |= 1ul << 24;
  if (mode & S_ISUID) result |= 1ul << 23;
  if (mode & S_ISGID) result |= 1ul << 22;
  if (mode & S_ISVTX) result |= 1ul << 20;
  return result;
}

// Bytes that are no UTF-8 go out as they are: the reader replaces them.
static void print_json_text(const char *text) {
  putchar('"');
  for (const unsigned char *at = (const unsigned char *)text; *at != '\0'; at++) {
    if (*at == '"' || *at == '\\') printf("\\%c", *at);
    else if (*at < 0x20) printf("\\u%04x", *at);
    else putchar(*at);
  }
  putchar('"');
}

static void print_time(struct timespec time) {
  struct tm parts;
  char text[32];
  gmtime_r(&time.tv_sec, &parts);
  strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  printf("\"%s.%09ldZ\"", text, time.tv_nsec);
}

// Where a symbolic link leads in the end; where it says when there is nothing.
static void print_target(int root, int parent, const char *path) {
  char target[PATH_MAX], located[PATH_MAX];
  ssize_t length = readlinkat(parent, archive_path_name(path), target, sizeof target - 1);
  if (length < 0) fail(path);
  target[length] = '\0';
  int fd = rooted_open(root, path, O_PATH);
  if (fd >= 0) {
    archive_root_locate(root, fd, located, sizeof located);
    close(fd);
    if (located[0] != '\0') {
      print_json_text(located);
      return;
    }
  }
  char joined[2 * PATH_MAX];
  size_t folder = target[0] == '/' ? 0 : (size_t)(strrchr(path, '/') - path);
  snprintf(joined, sizeof joined, "%.*s/%s", (int)folder, path, target);
  char *clean = archive_path_clean(joined);
  print_json_text(clean);
  free(clean);
}

int command_stat(int argc, char **argv) {
  struct archive_root where = {0};
  int at = 0;
  while (at < argc && archive_root_option(&where, argc, argv, &at)) continue;
  if (at + 1 != argc) failf("arguments", "stat takes one path");
  int root = archive_root_enter(&where);
  const char *given = argv[at];
  char *path = archive_path_absolute(given);
  size_t length = strlen(given);
  bool follows = length > 1 && (given[length - 1] == '/' || (length > 2 && strcmp(given + length - 2, "/.") == 0));
  bool is_root = strcmp(path, "/") == 0;

  char *folder = strdup(path);
  *strrchr(folder, '/') = '\0';
  int parent = rooted_open(root, is_root || *folder == '\0' ? "/" : folder, O_PATH | O_DIRECTORY);
  int fd = parent < 0 ? -1 : rooted_open(root, path, O_PATH | (follows ? O_DIRECTORY : O_NOFOLLOW));
  struct stat status;
  if (fd < 0 || fstat(fd, &status) < 0) fail(path);

  printf("{\"name\":");
  print_json_text(archive_path_name(path));
  printf(",\"size\":%lld,\"mode\":%lu,\"mtime\":", (long long)status.st_size, go_mode(status.st_mode));
  print_time(status.st_mtim);
  printf(",\"linkTarget\":");
  if (S_ISLNK(status.st_mode)) print_target(root, parent, path);
  else print_json_text("");
  printf("}\n");
  return 0;
}
