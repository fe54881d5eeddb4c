#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "archive-path.h"
#include "rooted.h"
#include "unpacking.h"

// The next `size` bytes of the entry, or fewer when it has no more.
static uint64_t write_contents(int fd, const struct archive_entry *entry, uint64_t size) {
  const char *bytes;
  uint64_t written = 0;
  for (size_t count; written < size && (count = archive_contents(&bytes, size - written)) > 0; written += count) {
    for (size_t at = 0; at < count;) {
      ssize_t result = write(fd, bytes + at, count - at);
      if (result < 0 && errno == EINTR) continue;
      if (result < 0) fail(entry->path);
      at += (size_t)result;
    }
  }
  return written;
}

// Holes stay holes: a file that says it is huge takes no more than what came.
static uint64_t write_pieces(int fd, const struct archive_entry *entry) {
  uint64_t written = 0;
  for (size_t i = 0; i < entry->extent_count; i++) {
    const struct archive_extent *extent = &entry->extents[i];
    if (lseek(fd, (off_t)extent->offset, SEEK_SET) < 0) fail(entry->path);
    written += write_contents(fd, entry, extent->length);
  }
  if (ftruncate(fd, (off_t)entry->size) < 0) fail(entry->path);
  return written;
}

void make_file(const struct unpacking *unpacking, struct unpacked *done, int folder, const char *name, const struct archive_entry *entry) {
  int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
  // A file that something is mounted on cannot be replaced, but it can be written.
  if (fd < 0 && errno == EEXIST) fd = openat(folder, name, O_WRONLY | O_TRUNC | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) fail(entry->path);
  done->bytes += entry->is_sparse ? write_pieces(fd, entry) : write_contents(fd, entry, entry->size);
  dress(unpacking, fd, entry);
  struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, entry->mtime};
  if (futimens(fd, times) < 0) fail(entry->path);
  if (close(fd) < 0) fail(entry->path);
}

void make_folder(const struct unpacking *unpacking, int folder, const char *name, const struct archive_entry *entry) {
  if (mkdirat(folder, name, 0700) < 0 && errno != EEXIST) fail(entry->path);
  int fd = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) fail(entry->path);
  dress(unpacking, fd, entry);
  close(fd);
}

void make_symbolic_link(const struct unpacking *unpacking, int folder, const char *name, const struct archive_entry *entry) {
  if (symlinkat(entry->link, folder, name) < 0) fail(entry->path);
  dress_name(unpacking, folder, name, entry);
}

void make_node(const struct unpacking *unpacking, struct unpacked *done, int folder, const char *name, const struct archive_entry *entry) {
  mode_t kind = entry->type == '3' ? S_IFCHR : entry->type == '4' ? S_IFBLK : S_IFIFO;
  if (mknodat(folder, name, kind | 0600, makedev(entry->major, entry->minor)) < 0) {
    if (errno != EPERM || !anchor_rootless || kind == S_IFIFO) fail(entry->path);
    if (!unpacking->layer) failf(entry->path, "a device, which no user namespace may make: %s", strerror(errno));
    // Containers get their devices from the engine, over whatever an image has in /dev.
    done->devices++;
    return;
  }
  dress_name(unpacking, folder, name, entry);
}

bool make_hard_link(const struct unpacking *unpacking, int folder, const char *name, const char *shown, const char *link) {
  char *target = archive_path_join(unpacking->base, link);
  if (target == NULL || strcmp(target, unpacking->base) == 0) failf(shown, "a hard link to %s, outside of the folder", link);
  char *slash = strrchr(target, '/');
  *slash = '\0';
  int target_folder = rooted_open(unpacking->root, slash == target ? "/" : target, O_PATH | O_DIRECTORY);
  bool is_made = target_folder >= 0 && linkat(target_folder, slash + 1, folder, name, 0) == 0;
  if (!is_made && errno != ENOENT) failf(shown, "a hard link to %s: %s", link, strerror(errno));
  if (target_folder >= 0) close(target_folder);
  free(target);
  return is_made;
}
