#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "unpacking.h"

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

static uid_t owner(const struct unpacking *unpacking, const struct archive_entry *entry) {
  return unpacking->has_owner ? unpacking->uid : unpacking->no_owner ? 0 : entry->uid;
}

static gid_t owner_group(const struct unpacking *unpacking, const struct archive_entry *entry) {
  return unpacking->has_owner ? unpacking->gid : unpacking->no_owner ? 0 : entry->gid;
}

static void fail_owner(const struct archive_entry *entry) {
  if (errno == EINVAL) failf(entry->path, "owner %u:%u is not among the ids of this user namespace", entry->uid, entry->gid);
  fail(entry->path);
}

// Owner first, because changing it takes set-id bits and capabilities away.
void dress(const struct unpacking *unpacking, int fd, const struct archive_entry *entry) {
  if (fchown(fd, owner(unpacking, entry), owner_group(unpacking, entry)) < 0) fail_owner(entry);
  if (fchmod(fd, entry->mode) < 0) fail(entry->path);
  set_xattrs(fd, entry);
}

void dress_name(const struct unpacking *unpacking, int folder, const char *name, const struct archive_entry *entry) {
  struct timespec times[2] = {{.tv_nsec = UTIME_OMIT}, entry->mtime};
  if (fchownat(folder, name, owner(unpacking, entry), owner_group(unpacking, entry), AT_SYMLINK_NOFOLLOW) < 0) fail_owner(entry);
  if (entry->type != '2' && fchmodat(folder, name, entry->mode, 0) < 0) fail(entry->path);
  if (utimensat(folder, name, times, AT_SYMLINK_NOFOLLOW) < 0) fail(entry->path);
}

void set_opaque(int folder, const char *shown) {
  const char *mark = anchor_rootless ? "user.overlay.opaque" : "trusted.overlay.opaque";
  int fd = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0 || fsetxattr(fd, mark, "y", 1, 0) < 0) failf(shown, "%s: %s", mark, strerror(errno));
  close(fd);
}
