// Writes a path of a root file system as an archive, under the names that Docker gives to what it copies out.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive-path.h"
#include "archive-root.h"
#include "archive-write.h"
#include "kernel-view.h"
#include "rooted.h"
#include "tree-entry.h"

// An image layer: what a container wrote, with overlay's marks as those of layers, and without the paths that mounts cover.
static bool as_layer;
static struct list without;

static void write_tree(int parent, const char *name, const char *shown);

static char *below(const char *folder, const char *name) {
  size_t length = strlen(folder);
  char *path = malloc(length + strlen(name) + 2);
  if (path == NULL) fail("memory");
  sprintf(path, "%s%s%s", folder, length > 0 && folder[length - 1] == '/' ? "" : "/", name);
  return path;
}

static bool is_left_out(const char *shown) {
  for (size_t i = 0; i < without.count; i++)
    if (strcmp(without.items[i], shown) == 0) return true;
  return false;
}

// An empty file whose name says what is hidden: the one file `name` of a folder, or with the name of the opaque mark all that is below.
static void write_mark(const char *shown, const char *name, const struct stat *status) {
  struct stat mark = {.st_mode = S_IFREG, .st_mtim = status->st_mtim};
  const char *slash = strrchr(shown, '/');
  int folder = slash == NULL ? 0 : (int)(slash - shown) + 1;
  char *path;
  if (asprintf(&path, "%.*s.wh.%s", folder, shown, name) < 0) fail("memory");
  archive_write_header(&(struct archive_header){.path = path, .status = &mark, .xattrs = -1});
  free(path);
}

static void write_folder(int folder, const struct stat *status, const char *shown) {
  char *with_slash = below(shown, "");
  archive_write_header(&(struct archive_header){.path = with_slash, .status = status, .xattrs = folder});
  if (as_layer && tree_is_opaque(folder)) write_mark(with_slash, ".wh..opq", status);
  if (!kernel_view_has(folder)) { // the folder itself is all that is kept of those
    struct list names = tree_names(folder, shown);
    for (size_t i = 0; i < names.count; i++) {
      char *path = below(with_slash, names.items[i]);
      write_tree(folder, names.items[i], path);
      free(path);
    }
    tree_names_free(&names);
  }
  free(with_slash);
}

static void write_view(int fd, const struct stat *status, const char *shown) {
  struct stat present = *status;
  int copy = kernel_view_read(fd, shown, &present.st_size);
  archive_write_header(&(struct archive_header){.path = shown, .status = &present, .xattrs = -1});
  archive_write_contents(copy, shown, (uint64_t)present.st_size);
  close(copy);
}

static void write_file(int fd, const struct stat *status, const char *shown) {
  const char *first = status->st_nlink > 1 ? tree_seen_before(status, shown) : NULL;
  archive_write_header(&(struct archive_header){
      .path = shown, .link = first, .is_hard_link = first != NULL, .status = status, .xattrs = fd});
  if (first == NULL) archive_write_contents(fd, shown, (uint64_t)status->st_size);
}

static void write_link(int parent, const char *name, const struct stat *status, const char *shown) {
  char target[PATH_MAX];
  ssize_t length = readlinkat(parent, name, target, sizeof target - 1);
  if (length < 0) fail(shown);
  target[length] = '\0';
  archive_write_header(&(struct archive_header){.path = shown, .link = target, .status = status, .xattrs = -1});
}

// What was taken away since the folder was read is left out.
static void write_tree(int parent, const char *name, const char *shown) {
  if (is_left_out(shown)) return;
  struct stat status;
  if (fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0) {
    if (errno == ENOENT) return;
    fail(shown);
  }
  if (as_layer && tree_is_whiteout(&status)) {
    write_mark(shown, name, &status);
  } else if (S_ISLNK(status.st_mode)) {
    write_link(parent, name, &status, shown);
  } else if (S_ISREG(status.st_mode) || S_ISDIR(status.st_mode)) {
    int kind = S_ISDIR(status.st_mode) ? O_DIRECTORY : 0;
    int fd = openat(parent, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | kind);
    if (fd < 0 && errno == ENOENT) return;
    if (fd < 0 || fstat(fd, &status) < 0) fail(shown);
    if (S_ISDIR(status.st_mode)) write_folder(fd, &status, shown);
    else if (S_ISREG(status.st_mode) && kernel_view_has(fd)) write_view(fd, &status, shown);
    else if (S_ISREG(status.st_mode)) write_file(fd, &status, shown);
    close(fd);
  } else if (!S_ISSOCK(status.st_mode)) { // a socket without its process is nothing
    archive_write_header(&(struct archive_header){.path = shown, .status = &status, .xattrs = -1});
  }
}

static bool ends_in(const char *path, const char *end) {
  size_t length = strlen(path), size = strlen(end);
  return length >= size && strcmp(path + length - size, end) == 0;
}

// Folders are held open on the way down.
static void allow_deep_trees(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

// The root's contents, under names that begin with theirs, as layers and exported root file systems have them.
static void write_root(int root) {
  int folder = rooted_open(root, "/", O_RDONLY | O_DIRECTORY);
  if (folder < 0) fail("/");
  struct list names = tree_names(folder, "/");
  for (size_t i = 0; i < names.count; i++) write_tree(folder, names.items[i], names.items[i]);
  tree_names_free(&names);
  archive_write_end();
}

static bool layer_option(bool *is_whole, int argc, char **argv, int *at) {
  if (strcmp(argv[*at], "--layer") == 0) as_layer = *is_whole = true;
  else if (strcmp(argv[*at], "--whole") == 0) *is_whole = true;
  else if (strcmp(argv[*at], "--without") == 0 && *at + 1 < argc) list_add(&without, archive_path_absolute(argv[++*at]) + 1);
  else return false;
  ++*at;
  return true;
}

int command_tar(int argc, char **argv) {
  struct archive_root where = {0};
  int at = 0;
  bool is_whole = false;
  while (at < argc && (archive_root_option(&where, argc, argv, &at) || layer_option(&is_whole, argc, argv, &at))) continue;
  if (at + (is_whole ? 0 : 1) != argc) failf("arguments", "tar takes one path, and none for the whole root");
  if (is_whole) {
    allow_deep_trees();
    write_root(archive_root_enter(&where));
    return 0;
  }
  allow_deep_trees();
  int root = archive_root_enter(&where);
  const char *given = argv[at];
  bool contents = ends_in(given, "/.") || strcmp(given, ".") == 0;
  char *path = archive_path_absolute(given);
  if (contents || strcmp(path, "/") == 0) {
    int folder = rooted_open(root, path, O_RDONLY | O_DIRECTORY);
    struct stat status;
    if (folder < 0 || fstat(folder, &status) < 0) fail(path);
    write_folder(folder, &status, ".");
  } else {
    char *folder = strdup(path);
    *strrchr(folder, '/') = '\0';
    int parent = rooted_open(root, *folder == '\0' ? "/" : folder, O_PATH | O_DIRECTORY);
    struct stat status;
    const char *name = archive_path_name(path);
    if (parent < 0 || fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) < 0) fail(path);
    bool wants_folder = ends_in(given, "/");
    if (wants_folder && S_ISLNK(status.st_mode)) {
      int target = rooted_open(root, path, O_RDONLY | O_DIRECTORY);
      if (target < 0 || fstat(target, &status) < 0) fail(path);
      write_folder(target, &status, name);
    } else {
      if (wants_folder && !S_ISDIR(status.st_mode)) {
        errno = ENOTDIR;
        fail(path);
      }
      write_tree(parent, name, name);
    }
  }
  archive_write_end();
  return 0;
}
