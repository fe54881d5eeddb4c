// A container can make folders nested far deeper than descriptors or the stack reach, so the way back up is by "..", checked
// against what was seen on the way down.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tree-remove.h"

struct level {
  char *name; // in the folder above
  dev_t device;
  ino_t inode;
};

struct descent {
  struct level *levels;
  size_t depth;
  const char *shown;
};

static int open_below(int parent, const char *name) {
  struct open_how how = {
      .flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC,
      .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
  };
  int fd = (int)syscall(SYS_openat2, parent, name, &how, sizeof how);
  // A folder of mode 0 (overlay's work folder) opens for its owner only once that is changed, where root has no power over modes.
  if (fd < 0 && errno == EACCES && fchmodat(parent, name, 0700, 0) == 0)
    fd = (int)syscall(SYS_openat2, parent, name, &how, sizeof how);
  return fd;
}

static void descend(struct descent *descent, int folder, const char *name) {
  struct stat status;
  struct level *levels = realloc(descent->levels, (descent->depth + 1) * sizeof *levels);
  if (levels == NULL || fstat(folder, &status) < 0) fail(descent->shown);
  descent->levels = levels;
  descent->levels[descent->depth++] = (struct level){strdup(name), status.st_dev, status.st_ino};
}

// Removes what is no folder. Gives the first folder that is not empty, opened and with its name copied; ALL_GONE, or VANISHED when
// somebody else removed the folder itself.
enum { ALL_GONE = -1, VANISHED = -2 };

static int empty(const struct descent *descent, int folder, char *next) {
  int copy = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (copy < 0 && errno == ENOENT) return VANISHED;
  DIR *listing = copy < 0 ? NULL : fdopendir(copy);
  if (listing == NULL) fail(descent->shown);
  int found = ALL_GONE;
  for (;;) {
    errno = 0;
    struct dirent *item = readdir(listing);
    if (item == NULL && errno == ENOENT) found = VANISHED;
    if (item == NULL && errno != 0 && errno != ENOENT) fail(descent->shown);
    if (item == NULL) break;
    if (strcmp(item->d_name, ".") == 0 || strcmp(item->d_name, "..") == 0) continue;
    if (item->d_type != DT_DIR && (unlinkat(folder, item->d_name, 0) == 0 || errno == ENOENT)) continue;
    if (item->d_type != DT_DIR && errno != EISDIR) failf(descent->shown, "%s: %s", item->d_name, strerror(errno));
    if (unlinkat(folder, item->d_name, AT_REMOVEDIR) == 0 || errno == ENOENT) continue;
    found = open_below(folder, item->d_name);
    if (found >= 0) {
      strcpy(next, item->d_name);
      break;
    }
    if (errno != ENOENT)
      failf(descent->shown, "%s: %s", item->d_name, errno == EXDEV ? "something is mounted there" : strerror(errno));
  }
  closedir(listing);
  return found;
}

// The folder above, or VANISHED.
static int climb(const struct descent *descent, int folder) {
  struct stat status;
  const struct level *above = &descent->levels[descent->depth - 2];
  int up = openat(folder, "..", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (up < 0 && errno == ENOENT) return VANISHED;
  if (up < 0 || fstat(up, &status) < 0) fail(descent->shown);
  if (status.st_dev != above->device || status.st_ino != above->inode)
    failf(descent->shown, "a folder was moved while it was removed");
  return up;
}

// From the top down and up again; false when somebody else removed what it was in, so that it does not know where it is.
static bool remove_folders(struct descent *descent, int parent, int folder) {
  char next[NAME_MAX + 1];
  while (descent->depth > 0) {
    int below = empty(descent, folder, next);
    if (below >= 0) {
      close(folder);
      folder = below;
      descend(descent, folder, next);
      continue;
    }
    const char *done = descent->levels[descent->depth - 1].name;
    bool is_top = descent->depth == 1;
    int up = below == VANISHED ? VANISHED : is_top ? parent : climb(descent, folder);
    close(folder);
    if (up == VANISHED) return false;
    if (unlinkat(up, done, AT_REMOVEDIR) < 0 && errno != ENOENT) fail(descent->shown);
    free(descent->levels[--descent->depth].name);
    folder = up;
  }
  return true;
}

void tree_remove(int parent, const char *name, const char *shown) {
  // Each time it loses its way, something has gone, and there is only so much.
  for (bool is_done = false; !is_done;) {
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT) return;
    if (errno != EISDIR && errno != EPERM) fail(shown);
    int folder = open_below(parent, name);
    if (folder < 0 && errno == ENOENT) return;
    if (folder < 0 && errno == EXDEV) failf(shown, "something is mounted there");
    if (folder < 0) fail(shown);
    struct descent descent = {.shown = shown};
    descend(&descent, folder, name);
    is_done = remove_folders(&descent, parent, folder);
    while (descent.depth > 0) free(descent.levels[--descent.depth].name);
    free(descent.levels);
  }
}

int command_rm(int argc, char **argv) {
  for (int i = 0; i < argc; i++) {
    char *path = argv[i], *end = path + strlen(path);
    while (end > path + 1 && end[-1] == '/') *--end = '\0';
    char *slash = strrchr(path, '/');
    if (path[0] != '/' || slash[1] == '\0' || strcmp(slash, "/..") == 0 || strcmp(slash, "/.") == 0)
      failf("rm", "%s: not the absolute path of a folder", path);
    char *folder = slash == path ? strdup("/") : strndup(path, (size_t)(slash - path));
    int parent = folder == NULL ? -1 : open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (parent < 0 && errno == ENOENT) continue;
    if (parent < 0) fail(folder);
    tree_remove(parent, slash + 1, path);
    close(parent);
    free(folder);
  }
  return 0;
}
