// Fills a new volume with what the image has at its place, owners and all: what is copied is put together aside, and moved into the volume
// once it is whole and on the disk. Moving can be gone on with after any interruption, and takes no name that is there.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "archive-path.h"
#include "archive-root.h"
#include "rooted.h"
#include "tree-entry.h"

enum { XATTR_NAMES = 64 * 1024, XATTR_VALUE = 64 * 1024, CHUNK = 1 << 30 };

static int target; // the copy: hard links are made from here

static void copy_xattrs(int from, int to) {
  static char names[XATTR_NAMES], value[XATTR_VALUE];
  ssize_t length = flistxattr(from, names, sizeof names);
  for (char *name = names; length > 0 && name < names + length; name += strlen(name) + 1) {
    ssize_t size = fgetxattr(from, name, value, sizeof value);
    // What the volume's file system does not know, or this user may not set, is no part of the contents.
    if (size >= 0 && fsetxattr(to, name, value, (size_t)size, 0) < 0 && errno != EOPNOTSUPP && errno != EPERM) fail(name);
  }
}

// Owners that have no place in this user namespace (the host's, in slipway/host) stay what they are seen as: nobody's. The copy is
// then root's.
static void set_owner(int folder, const char *name, int flags, const struct stat *status, const char *shown) {
  if (fchownat(folder, name, status->st_uid, status->st_gid, flags) == 0) return;
  if (errno != EINVAL && !(errno == EPERM && anchor_rootless)) fail(shown);
}

static void dress(int from, int to, const struct stat *status, const char *shown) {
  set_owner(to, "", AT_EMPTY_PATH, status, shown);
  if (fchmod(to, status->st_mode & 07777) < 0) fail(shown);
  copy_xattrs(from, to);
  struct timespec times[2] = {status->st_atim, status->st_mtim};
  if (futimens(to, times) < 0) fail(shown);
}

static void copy_bytes(int from, int to, const char *shown) {
  bool can_share = true; // copy_file_range lets file systems share the blocks
  for (;;) {
    ssize_t count = can_share ? copy_file_range(from, NULL, to, NULL, CHUNK, 0) : sendfile(to, from, NULL, CHUNK);
    if (count == 0) return;
    if (count > 0 || errno == EINTR) continue;
    if (!can_share) fail(shown);
    can_share = false;
  }
}

static void copy_folder(int from, int to, const char *shown);

static void copy_file(int from_folder, int to_folder, const char *name, const char *shown) {
  int from = openat(from_folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  struct stat status;
  if (from < 0 || fstat(from, &status) < 0) fail(shown);
  const char *first = status.st_nlink > 1 ? tree_seen_before(&status, shown) : NULL;
  if (first != NULL) {
    if (linkat(target, first, to_folder, name, 0) < 0) fail(shown);
    close(from);
    return;
  }
  int to = openat(to_folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  if (to < 0) fail(shown);
  copy_bytes(from, to, shown);
  dress(from, to, &status, shown);
  close(from);
  close(to);
}

static void copy_link(int from_folder, int to_folder, const char *name, const char *shown) {
  char target[PATH_MAX];
  ssize_t length = readlinkat(from_folder, name, target, sizeof target - 1);
  if (length < 0) fail(shown);
  target[length] = '\0';
  if (symlinkat(target, to_folder, name) < 0) fail(shown);
}

static void copy_entry(int from_folder, int to_folder, const char *name, const char *shown) {
  struct stat status;
  if (fstatat(from_folder, name, &status, AT_SYMLINK_NOFOLLOW) < 0) fail(shown);
  if (S_ISREG(status.st_mode)) {
    copy_file(from_folder, to_folder, name, shown);
    return;
  }
  if (S_ISDIR(status.st_mode)) {
    int from = openat(from_folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (from < 0 || mkdirat(to_folder, name, 0700) < 0) fail(shown);
    int to = openat(to_folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (to < 0) fail(shown);
    copy_folder(from, to, shown);
    close(from);
    close(to);
    return;
  }
  if (S_ISSOCK(status.st_mode)) return; // nothing without its process
  if (S_ISLNK(status.st_mode)) copy_link(from_folder, to_folder, name, shown);
  else if (mknodat(to_folder, name, status.st_mode, status.st_rdev) < 0) {
    if (errno == EPERM && anchor_rootless) return; // a device, which no user namespace may make
    fail(shown);
  }
  struct timespec times[2] = {status.st_atim, status.st_mtim};
  set_owner(to_folder, name, AT_SYMLINK_NOFOLLOW, &status, shown);
  if (utimensat(to_folder, name, times, AT_SYMLINK_NOFOLLOW) < 0) fail(shown);
}

// `shown` is the path below the volume.
static void copy_folder(int from, int to, const char *shown) {
  struct list names = tree_names(from, shown);
  for (size_t i = 0; i < names.count; i++) {
    size_t length = strlen(shown) + strlen(names.items[i]) + 2;
    char *path = malloc(length);
    if (path == NULL) fail("memory");
    strcpy(path, shown);
    if (*shown != '\0') strcat(path, "/");
    strcat(path, names.items[i]);
    copy_entry(from, to, names.items[i], path);
    free(path);
  }
  tree_names_free(&names);
  struct stat status;
  if (fstat(from, &status) < 0) fail(shown);
  dress(from, to, &status, *shown == '\0' ? "the folder" : shown);
}

// Of everything that is waiting for the disk: asking for each file takes far longer.
static void sync_copy(const char *shown) {
  struct list names = tree_names(target, shown);
  if ((names.count > 0 ? syncfs(target) : fsync(target)) < 0) fail(shown);
  tree_names_free(&names);
}

// What cannot be flushed there has no need of it.
static void sync_folder(int folder, const char *shown) {
  if (fsync(folder) < 0 && errno != EINVAL) fail(shown);
}

// File systems of networks know no renaming that replaces nothing. Giving a second name does not either, and a folder, which can have none,
// can only be put in the place of an empty one.
static void move_in_steps(int from, int volume, const char *name) {
  struct stat status;
  if (fstatat(from, name, &status, AT_SYMLINK_NOFOLLOW) < 0) fail(name);
  bool folder = S_ISDIR(status.st_mode);
  int moved = folder ? renameat(from, name, volume, name) : linkat(from, name, volume, name, 0);
  if (moved == 0 && !folder) moved = unlinkat(from, name, 0);
  if (moved < 0 && errno != EEXIST && errno != ENOTEMPTY && errno != ENOTDIR) fail(name);
}

// Of a copy that was moved in part before, the folder's time is that of the interruption.
static void settle(int from, int volume, const char *shown) {
  struct stat status; // before the moving changes its time
  if (fstat(from, &status) < 0) fail(shown);
  struct list names = tree_names(from, shown);
  for (size_t i = 0; i < names.count; i++) {
    const char *name = names.items[i];
    if (renameat2(from, name, volume, name, RENAME_NOREPLACE) == 0 || errno == EEXIST) continue;
    if (errno != EINVAL) fail(name);
    move_in_steps(from, volume, name);
  }
  tree_names_free(&names);
  dress(from, volume, &status, shown);
  sync_folder(from, shown);
  sync_folder(volume, shown);
}

static int open_folder(const char *path, int more) {
  int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | more);
  if (fd < 0) fail(path);
  return fd;
}

// The copy itself, in a folder that stays this user's own: the copy is whosever the image says, as anybody's folder of that name could be.
#define CONTENTS "contents"

// Where a volume is put together: in `aside`, which is called `aside`.part until it is whole.
struct staging {
  const char *aside;
  char part[PATH_MAX];
  int parent;
};

static struct staging open_staging(const char *aside) {
  struct staging staging = {.aside = strrchr(aside, '/')};
  if (staging.aside == NULL || strlen(aside) + sizeof ".part" > PATH_MAX) failf("arguments", "%s is no absolute path", aside);
  staging.aside++;
  char parent[PATH_MAX];
  snprintf(parent, sizeof parent, "%.*s", (int)(staging.aside - aside), aside);
  snprintf(staging.part, sizeof staging.part, "%s.part", staging.aside);
  staging.parent = open_folder(parent, 0);
  return staging;
}

static void remove_empty(int folder, const char *name) {
  if (unlinkat(folder, name, AT_REMOVEDIR) < 0 && errno != ENOTEMPTY && errno != ENOENT) fail(name);
}

static int make_folder(int parent, const char *name) {
  if (mkdirat(parent, name, 0700) < 0) fail(name);
  int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) fail(name);
  return fd;
}

static void copy_aside(int from, int volume, const struct staging *staging) {
  int holder = make_folder(staging->parent, staging->part);
  target = make_folder(holder, CONTENTS);
  copy_folder(from, target, "");
  sync_copy(staging->part);
  if (renameat(staging->parent, staging->part, staging->parent, staging->aside) < 0) fail(staging->aside);
  sync_folder(staging->parent, staging->aside);
  settle(target, volume, staging->aside);
  remove_empty(holder, CONTENTS);
  remove_empty(staging->parent, staging->aside);
}

int command_populate(int argc, char **argv) {
  struct archive_root where = {0};
  int at = 0;
  while (at < argc && archive_root_option(&where, argc, argv, &at)) continue;
  if (at + 3 != argc) failf("arguments", "populate takes a path, a folder and a place aside");
  // The next engine cleans up after a killed one: nothing of this one's may be at work by then.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) fail("prctl");
  int volume = open_folder(argv[at + 1], 0);
  struct list present = tree_names(volume, argv[at + 1]);
  if (present.count > 0) return 0;
  struct staging staging = open_staging(argv[at + 2]);
  umask(0);
  int root = archive_root_enter(&where);
  char *path = archive_path_absolute(argv[at]);
  int from = rooted_open(root, path, O_RDONLY | O_DIRECTORY);
  if (from < 0 && errno == ENOENT) return 0;
  if (from < 0 && errno == ENOTDIR) failf("populate", "cannot mount volume over existing file, file exists %s", path);
  if (from < 0) fail(path);
  copy_aside(from, volume, &staging);
  return 0;
}

int command_settle(int argc, char **argv) {
  if (argc != 2) failf("arguments", "settle takes two folders");
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) fail("prctl");
  // Where others write, the copy's name may have become that of a link to anywhere, or of a folder of theirs.
  int holder = open_folder(argv[0], O_NOFOLLOW);
  struct stat status;
  if (fstat(holder, &status) < 0) fail(argv[0]);
  if (status.st_uid != geteuid()) failf("settle", "%s is somebody else's", argv[0]);
  int copy = openat(holder, CONTENTS, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (copy < 0 && errno != ENOENT) fail(CONTENTS);
  if (copy >= 0) settle(copy, open_folder(argv[1], 0), argv[0]);
  remove_empty(holder, CONTENTS);
  if (rmdir(argv[0]) < 0 && errno != ENOTEMPTY) fail(argv[0]);
  return 0;
}
