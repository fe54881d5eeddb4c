// What a writable layer changes of the layers below it. Nothing is followed: every folder is opened by its name in the one above.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive-path.h"
#include "tree-entry.h"

static struct list without;

// The same folder in each of the layers below, topmost first, as far as they have it and none above hides it.
struct below {
  int *folders;
  size_t count;
};

static bool is_left_out(const char *path) {
  for (size_t i = 0; i < without.count; i++)
    if (strcmp(without.items[i], path) == 0) return true;
  return false;
}

static size_t changes_told;

static void tell(char kind, const char *path) {
  changes_told++;
  printf("%c%s", kind, path);
  putchar('\0');
}

static char *join(const char *folder, const char *name) {
  char *path;
  if (asprintf(&path, "%s/%s", folder, name) < 0) fail("memory");
  return path;
}

// What one sees of a name below; false when nothing.
static bool look_up(const struct below *below, const char *name, struct stat *status) {
  for (size_t i = 0; i < below->count; i++) {
    if (fstatat(below->folders[i], name, status, AT_SYMLINK_NOFOLLOW) == 0) return !tree_is_whiteout(status);
    if (errno != ENOENT) fail(name);
  }
  return false;
}

static struct below open_below(const struct below *parent, const char *name) {
  struct below found = {calloc(parent->count + 1, sizeof(int)), 0};
  if (found.folders == NULL) fail("memory");
  for (size_t i = 0; i < parent->count; i++) {
    int folder = openat(parent->folders[i], name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (folder < 0 && errno == ENOENT) continue;
    if (folder < 0) break; // something that is no folder hides the rest
    found.folders[found.count++] = folder;
    if (tree_is_opaque(folder)) break;
  }
  return found;
}

static void close_below(struct below *below) {
  for (size_t i = 0; i < below->count; i++) close(below->folders[i]);
  free(below->folders);
}

static bool is_listed(const struct list *names, const char *name) {
  for (size_t i = 0; i < names->count; i++)
    if (strcmp(names->items[i], name) == 0) return true;
  return false;
}

// What the layers below have in an opaque folder is gone, but for what was made anew.
static void tell_hidden(const struct below *below, const struct list *present, const char *path) {
  struct list told = {0};
  for (size_t i = 0; i < below->count; i++) {
    struct list names = tree_names(below->folders[i], path);
    for (size_t n = 0; n < names.count; n++) {
      struct stat status;
      char *name = names.items[n];
      if (is_listed(present, name) || is_listed(&told, name) || !look_up(below, name, &status)) continue;
      list_add(&told, strdup(name));
      char *hidden = join(path, name);
      tell('D', hidden);
      free(hidden);
    }
    tree_names_free(&names);
  }
  tree_names_free(&told);
}

static bool is_same_folder(const struct stat *a, const struct stat *b) {
  return S_ISDIR(a->st_mode) && S_ISDIR(b->st_mode) && a->st_mode == b->st_mode && a->st_uid == b->st_uid && a->st_gid == b->st_gid;
}

static bool is_as_old(const struct stat *a, const struct stat *b) {
  return a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

// Who put what is left out into a folder has changed its time, and nothing else of it.
static bool has_left_out(int folder, const char *path) {
  struct list names = tree_names(folder, path);
  bool found = false;
  for (size_t i = 0; i < names.count && !found; i++) {
    char *inner = join(path, names.items[i]);
    found = is_left_out(inner);
    free(inner);
  }
  tree_names_free(&names);
  return found;
}

static void walk(int folder, const struct below *below, const char *path);

// A folder is changed also where something in it is.
static void compare(int folder, const char *name, const struct below *below, const char *path) {
  struct stat status, old;
  if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) < 0) {
    if (errno == ENOENT) return;
    fail(path);
  }
  bool was_there = look_up(below, name, &old);
  if (tree_is_whiteout(&status)) {
    if (was_there) tell('D', path);
    return;
  }
  bool is_open = was_there && is_same_folder(&status, &old);
  if (!is_open) tell(was_there ? 'C' : 'A', path);
  if (!S_ISDIR(status.st_mode)) return;
  int inner = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (inner < 0 && errno == ENOENT) return;
  if (inner < 0) fail(path);
  struct below deeper = open_below(below, name);
  size_t before = changes_told;
  walk(inner, &deeper, path);
  if (is_open && (changes_told > before || (!is_as_old(&status, &old) && !has_left_out(inner, path)))) tell('C', path);
  close_below(&deeper);
  close(inner);
}

static void walk(int folder, const struct below *below, const char *path) {
  struct list names = tree_names(folder, *path == '\0' ? "/" : path);
  if (tree_is_opaque(folder)) tell_hidden(below, &names, path);
  for (size_t i = 0; i < names.count; i++) {
    char *inner = join(path, names.items[i]);
    if (!is_left_out(inner)) compare(folder, names.items[i], below, inner);
    free(inner);
  }
  tree_names_free(&names);
}

static int open_layer(const char *path) {
  int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) fail(path);
  return folder;
}

int command_changes(int argc, char **argv) {
  int at = 0;
  for (; at + 1 < argc && strcmp(argv[at], "--without") == 0; at += 2) list_add(&without, archive_path_absolute(argv[at + 1]));
  if (at >= argc) failf("arguments", "changes takes the writable layer and the layers below it, topmost first");
  int upper = open_layer(argv[at++]);
  struct below below = {calloc((size_t)(argc - at) + 1, sizeof(int)), 0};
  if (below.folders == NULL) fail("memory");
  for (; at < argc; at++) below.folders[below.count++] = open_layer(argv[at]);
  walk(upper, &below, "");
  if (fflush(stdout) != 0) fail("writing the changes");
  return 0;
}
