// Descriptors, not paths: what is renamed meanwhile is still the folder that was opened.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "tree-entry.h"

static int by_text(const void *a, const void *b) {
  return strcmp(*(char *const *)a, *(char *const *)b);
}

struct list tree_names(int folder, const char *shown) {
  struct list names = {0};
  int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  DIR *listing = copy < 0 ? NULL : fdopendir(copy);
  if (listing == NULL) fail(shown);
  for (;;) {
    errno = 0;
    struct dirent *item = readdir(listing);
    if (item == NULL && errno != 0) fail(shown);
    if (item == NULL) break;
    if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0) continue;
    char *name = strdup(item->d_name);
    if (name == NULL) fail("memory");
    list_add(&names, name);
  }
  closedir(listing);
  if (names.count > 1) qsort(names.items, names.count, sizeof *names.items, by_text);
  return names;
}

void tree_names_free(struct list *names) {
  for (size_t i = 0; i < names->count; i++) free(names->items[i]);
  free(names->items);
}

struct seen {
  dev_t device;
  ino_t inode;
  char *path;
};

// Open addressing; the size is a power of two and at least twice the count.
static struct seen *table;
static size_t table_size, table_count;

static struct seen *slot(struct seen *slots, size_t size, dev_t device, ino_t inode) {
  size_t at = (size_t)((uint64_t)inode * 0x9e3779b97f4a7c15u ^ (uint64_t)device) & (size - 1);
  while (slots[at].path != NULL && (slots[at].device != device || slots[at].inode != inode)) at = (at + 1) & (size - 1);
  return &slots[at];
}

static void grow(void) {
  size_t size = table_size == 0 ? 256 : table_size * 2;
  struct seen *larger = calloc(size, sizeof *larger);
  if (larger == NULL) fail("memory");
  for (size_t i = 0; i < table_size; i++)
    if (table[i].path != NULL) *slot(larger, size, table[i].device, table[i].inode) = table[i];
  free(table);
  table = larger;
  table_size = size;
}

const char *tree_seen_before(const struct stat *status, const char *path) {
  if (table_count * 2 >= table_size) grow();
  struct seen *found = slot(table, table_size, status->st_dev, status->st_ino);
  if (found->path != NULL) return found->path;
  *found = (struct seen){status->st_dev, status->st_ino, strdup(path)};
  if (found->path == NULL) fail("memory");
  table_count++;
  return NULL;
}

bool tree_is_whiteout(const struct stat *status) {
  return S_ISCHR(status->st_mode) && status->st_rdev == 0;
}

bool tree_is_opaque(int folder) {
  char mark;
  return fgetxattr(folder, anchor_rootless ? "user.overlay.opaque" : "trusted.overlay.opaque", &mark, 1) == 1 && mark == 'y';
}
