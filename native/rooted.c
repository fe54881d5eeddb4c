// The kernel resolves the paths (openat2 with RESOLVE_IN_ROOT): links and ".." are taken as a process inside the root would take
// them, and links of /proc that jump elsewhere are refused.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "fail.h"
#include "rooted.h"

enum { LINK_LIMIT = 40 };

int rooted_open(int root, const char *path, int flags) {
  struct open_how how = {
      .flags = (unsigned)flags | O_CLOEXEC,
      .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
  };
  for (;;) {
    int fd = (int)syscall(SYS_openat2, root, path, &how, sizeof how);
    if (fd >= 0 || (errno != EAGAIN && errno != EINTR)) return fd; // EAGAIN: something was renamed meanwhile
  }
}

static int make_directory(int root, const char *path, int links);

// `prefix` of `path` is a symbolic link to nothing: goes on with what it says in its place.
static int through_link(int root, int parent, const char *prefix, const char *rest, int links) {
  const char *slash = strrchr(prefix, '/');
  char target[PATH_MAX], path[PATH_MAX];
  ssize_t length = readlinkat(parent, slash + 1, target, sizeof target - 1);
  if (length < 0) failf("creating", "%s: is not a folder", prefix);
  target[length] = '\0';
  int parent_length = target[0] == '/' ? 0 : (int)(slash - prefix);
  int written = snprintf(path, sizeof path, "%.*s/%s%s", parent_length, prefix, target, rest);
  if (written < 0 || (size_t)written >= sizeof path || links == 0) {
    errno = written < 0 || links > 0 ? ENAMETOOLONG : ELOOP;
    fail(prefix);
  }
  close(parent);
  return make_directory(root, path, links - 1);
}

static int make_directory(int root, const char *path, int links) {
  int fd = rooted_open(root, path, O_PATH | O_DIRECTORY);
  if (fd >= 0) return fd;
  if (errno != ENOENT) fail(path);

  char prefix[PATH_MAX] = "/";
  size_t length = strlen(path);
  if (length + 2 > sizeof prefix) failf("creating", "%s: file name too long", path);
  int parent = rooted_open(root, "/", O_PATH | O_DIRECTORY);
  if (parent < 0) fail("/");
  for (size_t at = 0, end = 0; at < length; at = end) {
    while (path[at] == '/') at++;
    if (path[at] == '\0') break;
    end = at + strcspn(path + at, "/");
    // The prefix always begins with one slash, whether the path does or not.
    snprintf(prefix, sizeof prefix, "/%.*s", (int)(path[0] == '/' ? end - 1 : end), path[0] == '/' ? path + 1 : path);
    char name[NAME_MAX + 1];
    if (end - at > NAME_MAX) failf("creating", "%s: file name too long", path);
    snprintf(name, sizeof name, "%.*s", (int)(end - at), path + at);
    fd = rooted_open(root, prefix, O_PATH | O_DIRECTORY);
    if (fd < 0 && errno == ENOENT) {
      if (mkdirat(parent, name, 0755) < 0) {
        if (errno == EEXIST) return through_link(root, parent, prefix, path + end, links);
        fail(prefix);
      }
      fd = rooted_open(root, prefix, O_PATH | O_DIRECTORY);
    }
    if (fd < 0) fail(prefix);
    close(parent);
    parent = fd;
  }
  return parent;
}

int rooted_directory(int root, const char *path) {
  mode_t mask = umask(0);
  int fd = make_directory(root, path, LINK_LIMIT);
  umask(mask);
  return fd;
}

int rooted_parent(int root, const char *path, char *name) {
  char folder[PATH_MAX];
  size_t length = strlen(path);
  while (length > 1 && path[length - 1] == '/') length--;
  size_t start = length;
  while (start > 0 && path[start - 1] != '/') start--;
  if (start == length || length - start > NAME_MAX || start >= sizeof folder) failf("creating", "%s: not a name", path);
  snprintf(name, NAME_MAX + 1, "%.*s", (int)(length - start), path + start);
  snprintf(folder, sizeof folder, "/%.*s", (int)start, path);
  return rooted_directory(root, folder);
}

int rooted_file(int root, const char *path) {
  int fd = rooted_open(root, path, O_PATH);
  if (fd >= 0) return fd;
  if (errno != ENOENT) fail(path);
  char name[NAME_MAX + 1];
  int parent = rooted_parent(root, path, name);
  int created = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
  if (created < 0) failf("creating a mount point", "%s: %s", path, reason(errno)); // a link to nothing cannot be mounted on
  close(created);
  close(parent);
  fd = rooted_open(root, path, O_PATH);
  if (fd < 0) fail(path);
  return fd;
}

void rooted_empty_file(int root, const char *path) {
  char name[NAME_MAX + 1];
  int parent = rooted_parent(root, path, name);
  mode_t mask = umask(0);
  int created = openat(parent, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0755);
  umask(mask);
  if (created < 0 && errno != EEXIST) fail(path);
  if (created >= 0) close(created);
  close(parent);
}

void rooted_symlink(int root, const char *target, const char *path) {
  char name[NAME_MAX + 1];
  int parent = rooted_parent(root, path, name);
  if (symlinkat(target, parent, name) < 0 && errno != EEXIST) fail(path);
  close(parent);
}
