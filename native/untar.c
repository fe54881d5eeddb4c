// Unpacks an archive into a folder of a root file system. The archive is not trusted: its names are made plain first, then looked
// up by the kernel inside the root, one folder descriptor at a time, and what is made is made by name in that folder.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "archive-path.h"
#include "archive-read.h"
#include "archive-root.h"
#include "rooted.h"
#include "tree-remove.h"

// Times of folders are set last: making what is in them changes them.
struct folder_time {
  char *path;
  struct timespec mtime;
};

static struct {
  bool layer, no_owner, has_owner, keep_kinds;
  uid_t uid;
  gid_t gid;
} options;

static int root;
static const char *base;
static struct {
  char *path;
  int fd;
} parent = {NULL, -1};
static struct folder_time *folder_times;
static size_t folder_time_count;
static unsigned long long unpacked_bytes;

static void forget_parent(void) {
  if (parent.fd >= 0) close(parent.fd);
  free(parent.path);
  parent.path = NULL;
  parent.fd = -1;
}

// The folder that holds `path`; its own name is written to `name`. The folder stays open for the next entry, which is often beside it.
static int open_parent(const char *path, const char **name) {
  const char *slash = strrchr(path, '/');
  size_t length = (size_t)(slash - path);
  *name = slash + 1;
  if (parent.path != NULL && strlen(parent.path) == length && memcmp(parent.path, path, length) == 0) return parent.fd;
  forget_parent();
  parent.path = strndup(path, length);
  if (parent.path == NULL) fail("memory");
  parent.fd = rooted_directory(root, length == 0 ? "/" : parent.path);
  return parent.fd;
}

static void keep_folder_time(const char *path, struct timespec mtime) {
  if ((folder_time_count & (folder_time_count + 1)) == 0) {
    folder_times = realloc(folder_times, (folder_time_count * 2 + 2) * sizeof *folder_times);
    if (folder_times == NULL) fail("memory");
  }
  folder_times[folder_time_count++] = (struct folder_time){strdup(path), mtime};
}

static void set_folder_times(void) {
  forget_parent();
  for (size_t i = folder_time_count; i-- > 0;) {
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, folder_times[i].mtime};
    int fd = rooted_open(root, folder_times[i].path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (fd < 0) continue; // a later entry took its place
    if (futimens(fd, times) < 0 && errno != EPERM) fail(folder_times[i].path);
    close(fd);
  }
}

// Overlay's own marks would let an archive point outside of its layer.
static bool is_allowed_xattr(const char *name) {
  return strncmp(name, "trusted.", 8) != 0 && strncmp(name, "user.overlay.", 13) != 0;
}

static void set_xattrs(int fd, const struct archive_entry *entry) {
  for (size_t i = 0; i < entry->xattr_count; i++) {
    const struct archive_xattr *xattr = &entry->xattrs[i];
    if (!is_allowed_xattr(xattr->name)) continue;
    if (fsetxattr(fd, xattr->name, xattr->value, xattr->size, 0) == 0) continue;
    // What this file system or user may not have (labels of a security module that is not here) is no part of the contents.
    if (errno != EOPNOTSUPP && errno != EPERM) failf(entry->path, "attribute %s: %s", xattr->name, strerror(errno));
  }
}

static uid_t owner(const struct archive_entry *entry) {
  return options.has_owner ? options.uid : options.no_owner ? 0 : entry->uid;
}

static gid_t owner_group(const struct archive_entry *entry) {
  return options.has_owner ? options.gid : options.no_owner ? 0 : entry->gid;
}

static void fail_owner(const struct archive_entry *entry) {
  if (errno == EINVAL) failf(entry->path, "owner %u:%u is not among the ids of this user namespace", entry->uid, entry->gid);
  fail(entry->path);
}

// Owner first, because changing it takes set-id bits and capabilities away.
static void dress(int fd, const struct archive_entry *entry) {
  if (fchown(fd, owner(entry), owner_group(entry)) < 0) fail_owner(entry);
  if (fchmod(fd, entry->mode) < 0) fail(entry->path);
  set_xattrs(fd, entry);
}

// The same for what cannot be opened without consequences: devices and fifos, by name.
static void dress_name(int folder, const char *name, const struct archive_entry *entry) {
  struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, entry->mtime};
  if (fchownat(folder, name, owner(entry), owner_group(entry), AT_SYMLINK_NOFOLLOW) < 0) fail_owner(entry);
  if (entry->type != '2' && fchmodat(folder, name, entry->mode, 0) < 0) fail(entry->path);
  if (utimensat(folder, name, times, AT_SYMLINK_NOFOLLOW) < 0) fail(entry->path);
}

static void write_contents(int fd, const struct archive_entry *entry) {
  const char *bytes;
  for (size_t count; (count = archive_contents(&bytes, SIZE_MAX)) > 0;) {
    unpacked_bytes += count;
    while (count > 0) {
      ssize_t written = write(fd, bytes, count);
      if (written < 0 && errno == EINTR) continue;
      if (written < 0) fail(entry->path);
      bytes += written;
      count -= (size_t)written;
    }
  }
}

static void make_file(int folder, const char *name, const struct archive_entry *entry) {
  int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  // A file that something is mounted on cannot be replaced, but it can be written.
  if (fd < 0 && errno == EEXIST) fd = openat(folder, name, O_WRONLY | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) fail(entry->path);
  write_contents(fd, entry);
  dress(fd, entry);
  struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, entry->mtime};
  if (futimens(fd, times) < 0) fail(entry->path);
  if (close(fd) < 0) fail(entry->path);
}

static void set_opaque(int folder, const char *path) {
  const char *mark = anchor_rootless ? "user.overlay.opaque" : "trusted.overlay.opaque";
  int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 || fsetxattr(fd, mark, "y", 1, 0) < 0) failf(path, "%s: %s", mark, strerror(errno));
  close(fd);
}

static void make_folder(int folder, const char *name, const char *path, const struct archive_entry *entry, bool is_opaque) {
  if (mkdirat(folder, name, 0700) < 0 && errno != EEXIST) fail(entry->path);
  int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) fail(entry->path);
  dress(fd, entry);
  if (is_opaque) set_opaque(fd, entry->path);
  close(fd);
  keep_folder_time(path, entry->mtime);
}

static void make_hard_link(int folder, const char *name, const struct archive_entry *entry) {
  char *target = archive_path_join(base, entry->link);
  if (target == NULL || strcmp(target, base) == 0) failf(entry->path, "a hard link to %s, outside of the folder", entry->link);
  char *slash = strrchr(target, '/');
  *slash = '\0';
  int target_folder = rooted_open(root, slash == target ? "/" : target, O_PATH | O_DIRECTORY);
  if (target_folder < 0 || linkat(target_folder, slash + 1, folder, name, 0) < 0)
    failf(entry->path, "a hard link to %s: %s", entry->link, strerror(errno));
  close(target_folder);
  free(target);
}

static void make_node(int folder, const char *name, const struct archive_entry *entry) {
  mode_t kind = entry->type == '3' ? S_IFCHR : entry->type == '4' ? S_IFBLK : S_IFIFO;
  if (mknodat(folder, name, kind | 0600, makedev(entry->major, entry->minor)) < 0) {
    // No user namespace may make devices. Containers get theirs from the engine, over whatever an image has in /dev.
    if (errno == EPERM && anchor_rootless && options.layer) return;
    fail(entry->path);
  }
  dress_name(folder, name, entry);
}

// A link to a folder serves as one: unpacking bin/sh must not replace /bin where it is a link to usr/bin.
static bool serves_as_folder(const char *path, mode_t mode) {
  if (options.layer || !S_ISLNK(mode)) return false;
  int fd = rooted_open(root, path, O_PATH | O_DIRECTORY);
  if (fd >= 0) close(fd);
  return fd >= 0;
}

enum room { ROOM_FREE, ROOM_WHITEOUT, ROOM_FOLDER_LINK };

// Clears the place of an entry and tells what was there.
static enum room make_room(int folder, const char *name, const char *path, const struct archive_entry *entry) {
  struct stat status;
  if (fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) < 0) {
    if (errno == ENOENT) return ROOM_FREE;
    fail(entry->path);
  }
  bool was_folder = S_ISDIR(status.st_mode), is_folder = entry->type == '5';
  if (is_folder && serves_as_folder(path, status.st_mode)) return ROOM_FOLDER_LINK;
  if (options.keep_kinds && was_folder && !is_folder)
    failf("conflict", "cannot overwrite directory \"%s\" with non-directory \"%s\"", path, entry->path);
  if (options.keep_kinds && !was_folder && is_folder)
    failf("conflict", "cannot overwrite non-directory \"%s\" with directory \"%s\"", path, entry->path);
  if (was_folder && is_folder) return ROOM_FREE;
  if (was_folder) tree_remove(folder, name, entry->path);
  else if (unlinkat(folder, name, 0) < 0 && !(errno == EBUSY && S_ISREG(status.st_mode) && entry->type == '0')) fail(entry->path);
  return S_ISCHR(status.st_mode) && status.st_rdev == 0 ? ROOM_WHITEOUT : ROOM_FREE;
}

// Marks of an image layer: ".wh.NAME" hides NAME of the layers below, ".wh..wh..opq" hides all that they have in this folder.
static bool unpack_mark(int folder, const char *name, const struct archive_entry *entry) {
  if (!options.layer || strncmp(name, ".wh.", 4) != 0) return false;
  const char *hidden = name + 4;
  if (strcmp(hidden, ".wh..opq") == 0) {
    set_opaque(folder, entry->path);
    return true;
  }
  if (strncmp(hidden, ".wh.", 4) == 0) return true; // another tool's own notes
  if (*hidden == '\0' || strcmp(hidden, ".") == 0 || strcmp(hidden, "..") == 0) failf(entry->path, "a whiteout of nothing");
  if (mknodat(folder, hidden, S_IFCHR, 0) == 0) return true;
  if (errno != EEXIST) fail(entry->path);
  // This layer has put something of its own there, which stays; a folder then hides what it would be merged with.
  int fd = openat(folder, hidden, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return true;
  set_opaque(fd, entry->path);
  close(fd);
  return true;
}

static void unpack_base(const struct archive_entry *entry) {
  // Outside of layers the folder is the caller's, and so is what it looks like.
  if (!options.layer || entry->type != '5') return;
  int fd = rooted_open(root, base, O_RDONLY | O_DIRECTORY);
  if (fd < 0) fail(base);
  dress(fd, entry);
  close(fd);
  keep_folder_time(base, entry->mtime);
}

static void unpack(const struct archive_entry *entry) {
  char *path = archive_path_join(base, entry->path);
  if (path == NULL) failf(entry->path, "leads out of the folder it is to be unpacked in");
  if (strcmp(path, base) == 0) {
    unpack_base(entry);
    free(path);
    return;
  }
  const char *name;
  int folder = open_parent(path, &name);
  if (!unpack_mark(folder, name, entry)) {
    enum room room = make_room(folder, name, path, entry);
    switch (entry->type) {
    case '0': make_file(folder, name, entry); break;
    case '1': make_hard_link(folder, name, entry); break;
    case '2':
      if (symlinkat(entry->link, folder, name) < 0) fail(entry->path);
      dress_name(folder, name, entry);
      break;
    case '3':
    case '4':
    case '6': make_node(folder, name, entry); break;
    case '5':
      if (room != ROOM_FOLDER_LINK) make_folder(folder, name, path, entry, options.layer && room == ROOM_WHITEOUT);
      break;
    default: failf(entry->path, "an entry of the unknown type '%c'", entry->type);
    }
  }
  free(path);
}

// A user namespace of one id can have nothing that belongs to others.
static bool has_one_id(void) {
  FILE *map = fopen("/proc/self/uid_map", "re");
  unsigned inside, outside, count;
  if (map == NULL) fail("/proc/self/uid_map");
  bool is_one = fscanf(map, "%u %u %u", &inside, &outside, &count) == 3 && count == 1 && fscanf(map, "%u", &inside) == EOF;
  fclose(map);
  return is_one;
}

static void parse_owner(const char *text) {
  if (sscanf(text, "%u:%u", &options.uid, &options.gid) != 2) failf("arguments", "%s is no UID:GID", text);
  options.has_owner = true;
}

int command_untar(int argc, char **argv) {
  struct archive_root where = {0};
  int at = 0;
  while (at < argc && strncmp(argv[at], "--", 2) == 0) {
    if (archive_root_option(&where, argc, argv, &at)) continue;
    const char *option = argv[at++];
    if (strcmp(option, "--layer") == 0) options.layer = true;
    else if (strcmp(option, "--no-owner") == 0) options.no_owner = true;
    else if (strcmp(option, "--no-overwrite-dir-non-dir") == 0) options.keep_kinds = true;
    else if (strcmp(option, "--owner") == 0 && at < argc) parse_owner(argv[at++]);
    else failf("arguments", "untar has no option %s", option);
  }
  if (at + 1 != argc) failf("arguments", "untar takes one path");
  if (anchor_rootless && has_one_id()) options.no_owner = true, options.has_owner = false;
  umask(0);
  root = archive_root_enter(&where);
  base = archive_path_absolute(argv[at]);
  int folder = rooted_open(root, base, O_PATH | O_DIRECTORY);
  if (folder < 0) fail(base);
  close(folder);
  for (const struct archive_entry *entry; (entry = archive_next()) != NULL;) unpack(entry);
  archive_drain();
  set_folder_times();
  printf("%llu\n", unpacked_bytes);
  return 0;
}
