// Unpacks an archive into a folder of a root file system. The archive is not trusted: its names are made plain first, then looked
// up by the kernel inside the root, one folder descriptor at a time, and what is made is made by name in that folder.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "archive-path.h"
#include "archive-root.h"
#include "rooted.h"
#include "tree-remove.h"
#include "unpacking.h"

// Times of folders are set last: making what is in them changes them.
struct folder_time {
  char *path;
  struct timespec mtime;
};

// A hard link whose file had not come yet.
struct early_link {
  char *path, *shown, *link;
};

static struct unpacking unpacking;
static struct unpacked done;
static struct {
  char *path;
  int fd;
} parent = {NULL, -1};
static struct folder_time *folder_times;
static size_t folder_time_count;
static struct early_link *early_links;
static size_t early_link_count;

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
  parent.fd = rooted_directory(unpacking.root, length == 0 ? "/" : parent.path);
  return parent.fd;
}

// A copy, or an end for want of memory.
static char *kept(const char *text) {
  char *copy = strdup(text);
  if (copy == NULL) fail("memory");
  return copy;
}

// Room for one more in a list of `count`, whose size is always one less than a power of two.
static void *grown(void *list, size_t count, size_t size) {
  if ((count & (count + 1)) != 0) return list;
  list = realloc(list, (count * 2 + 1) * size);
  if (list == NULL) fail("memory");
  return list;
}

static void keep_folder_time(const char *path, struct timespec mtime) {
  folder_times = grown(folder_times, folder_time_count, sizeof *folder_times);
  folder_times[folder_time_count++] = (struct folder_time){kept(path), mtime};
}

static void set_folder_times(void) {
  for (size_t i = folder_time_count; i-- > 0;) {
    struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, folder_times[i].mtime};
    int fd = rooted_open(unpacking.root, folder_times[i].path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
    if (fd < 0) continue; // a later entry took its place
    if (futimens(fd, times) < 0 && errno != EPERM) fail(folder_times[i].path);
    close(fd);
  }
}

static void keep_early_link(const char *path, const struct archive_entry *entry) {
  early_links = grown(early_links, early_link_count, sizeof *early_links);
  early_links[early_link_count++] = (struct early_link){kept(path), kept(entry->path), kept(entry->link)};
}

// In their order, so that a link to a link that came early finds it.
static void make_early_links(void) {
  for (size_t i = 0; i < early_link_count; i++) {
    const struct early_link *link = &early_links[i];
    const char *name;
    int folder = open_parent(link->path, &name);
    if (make_hard_link(&unpacking, folder, name, link->shown, link->link)) continue;
    failf(link->shown, "a hard link to %s: No such file or directory", link->link);
  }
}

// A link to a folder serves as one: unpacking bin/sh must not replace /bin where it is a link to usr/bin.
static bool serves_as_folder(const char *path, mode_t mode) {
  if (unpacking.layer || !S_ISLNK(mode)) return false;
  int fd = rooted_open(unpacking.root, path, O_PATH | O_DIRECTORY);
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
  if (unpacking.keep_kinds && was_folder && !is_folder)
    failf("conflict", "cannot overwrite directory \"%s\" with non-directory \"%s\"", path, entry->path);
  if (unpacking.keep_kinds && !was_folder && is_folder)
    failf("conflict", "cannot overwrite non-directory \"%s\" with directory \"%s\"", path, entry->path);
  if (was_folder && is_folder) return ROOM_FREE;
  if (was_folder) tree_remove(folder, name, entry->path);
  else if (unlinkat(folder, name, 0) < 0 && !(errno == EBUSY && S_ISREG(status.st_mode) && entry->type == '0')) fail(entry->path);
  return S_ISCHR(status.st_mode) && status.st_rdev == 0 ? ROOM_WHITEOUT : ROOM_FREE;
}

// Marks of an image layer: ".wh.NAME" hides NAME of the layers below, ".wh..wh..opq" hides all that they have in this folder.
static bool unpack_mark(int folder, const char *name, const struct archive_entry *entry) {
  if (!unpacking.layer || strncmp(name, ".wh.", 4) != 0) return false;
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

// Where images of AUFS days keep the files that their hard links name, at the top of a layer.
static const char link_store[] = ".wh..wh.plnk";

static void remove_link_store(void) {
  if (!unpacking.layer) return;
  int fd = rooted_open(unpacking.root, unpacking.base, O_RDONLY | O_DIRECTORY);
  if (fd < 0) fail(unpacking.base);
  struct stat status;
  if (fstatat(fd, link_store, &status, AT_SYMLINK_NOFOLLOW) == 0) tree_remove(fd, link_store, link_store);
  close(fd);
}

static void unpack_base(const struct archive_entry *entry) {
  // Outside of layers the folder is the caller's, and so is what it looks like.
  if (!unpacking.layer || entry->type != '5') return;
  int fd = rooted_open(unpacking.root, unpacking.base, O_RDONLY | O_DIRECTORY);
  if (fd < 0) fail(unpacking.base);
  dress(&unpacking, fd, entry);
  close(fd);
  keep_folder_time(unpacking.base, entry->mtime);
}

static void unpack_folder(int folder, const char *name, const char *path, const struct archive_entry *entry, bool is_opaque) {
  make_folder(&unpacking, folder, name, entry);
  keep_folder_time(path, entry->mtime);
  if (!is_opaque) return;
  int fd = openat(folder, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) fail(entry->path);
  set_opaque(fd, entry->path);
  close(fd);
}

static void make_entry(int folder, const char *name, const char *path, const struct archive_entry *entry) {
  enum room room = make_room(folder, name, path, entry);
  switch (entry->type) {
  case '0': make_file(&unpacking, &done, folder, name, entry); return;
  case '1':
    if (!make_hard_link(&unpacking, folder, name, entry->path, entry->link)) keep_early_link(path, entry);
    return;
  case '2': make_symbolic_link(&unpacking, folder, name, entry); return;
  case '3':
  case '4':
  case '6': make_node(&unpacking, &done, folder, name, entry); return;
  case '5':
    if (room != ROOM_FOLDER_LINK) unpack_folder(folder, name, path, entry, unpacking.layer && room == ROOM_WHITEOUT);
    return;
  default: failf(entry->path, "an entry of the unknown type '%c'", entry->type);
  }
}

static void unpack(const struct archive_entry *entry) {
  char *path = archive_path_join(unpacking.base, entry->path);
  if (path == NULL) failf(entry->path, "leads out of the folder it is to be unpacked in");
  if (strcmp(path, unpacking.base) == 0) {
    unpack_base(entry);
  } else {
    const char *name;
    int folder = open_parent(path, &name);
    if (!unpack_mark(folder, name, entry)) make_entry(folder, name, path, entry);
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

// A layer is told of only once it would survive a power failure. Of everything that is waiting for the disk, since a layer's files are many and
// asking for each takes far longer; whatever else the call wrote (folders, links, attributes) is on it then too.
static void sync_layer(void) {
  int fd = rooted_open(unpacking.root, unpacking.base, O_RDONLY | O_DIRECTORY);
  if (fd < 0 || syncfs(fd) != 0) fail(unpacking.base);
  close(fd);
}

static void parse_owner(const char *text) {
  if (sscanf(text, "%u:%u", &unpacking.uid, &unpacking.gid) != 2) failf("arguments", "%s is no UID:GID", text);
  unpacking.has_owner = true;
}

int command_untar(int argc, char **argv) {
  struct archive_root where = {0};
  int at = 0;
  while (at < argc && strncmp(argv[at], "--", 2) == 0) {
    if (archive_root_option(&where, argc, argv, &at)) continue;
    const char *option = argv[at++];
    if (strcmp(option, "--layer") == 0) unpacking.layer = true;
    else if (strcmp(option, "--no-owner") == 0) unpacking.no_owner = true;
    else if (strcmp(option, "--no-overwrite-dir-non-dir") == 0) unpacking.keep_kinds = true;
    else if (strcmp(option, "--owner") == 0 && at < argc) parse_owner(argv[at++]);
    else failf("arguments", "untar has no option %s", option);
  }
  if (at + 1 != argc) failf("arguments", "untar takes one path");
  if (anchor_rootless && has_one_id()) unpacking.no_owner = true, unpacking.has_owner = false;
  umask(0);
  unpacking.root = archive_root_enter(&where);
  unpacking.base = archive_path_absolute(argv[at]);
  int folder = rooted_open(unpacking.root, unpacking.base, O_PATH | O_DIRECTORY);
  if (folder < 0) fail(unpacking.base);
  close(folder);
  for (const struct archive_entry *entry; (entry = archive_next()) != NULL;) unpack(entry);
  archive_drain();
  make_early_links();
  forget_parent();
  remove_link_store();
  set_folder_times();
  if (unpacking.layer) sync_layer();
  printf("%llu %llu\n", done.bytes, done.devices);
  return 0;
}
