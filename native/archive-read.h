// Reading a tar archive from standard input: ustar, pax and GNU headers become one entry each.
#pragma once
#include <sys/stat.h>

#include "archive-sparse.h"
#include "slipway.h"

struct archive_xattr {
  char *name;
  char *value;
  size_t size;
};

struct archive_entry {
  char type; // '0' file, '1' hard link, '2' symbolic link, '3' character and '4' block device, '5' folder, '6' fifo
  char *path;
  char *link; // hard and symbolic links
  mode_t mode;
  uid_t uid;
  gid_t gid;
  uint64_t size; // of a file, its holes included
  struct timespec mtime;
  unsigned major, minor;
  struct archive_xattr *xattrs;
  size_t xattr_count;
  bool is_sparse;
  struct archive_extent *extents; // of a sparse file: where its contents go, in order
  size_t extent_count;
};

// The next entry, or NULL at the archive's end. Valid until the next call; what was not read of its contents is skipped. Fails
// with the place when the archive is damaged.
const struct archive_entry *archive_next(void);
// Contents of the entry at hand, up to `size` bytes; 0 at their end. Of a sparse file its pieces, one behind the other.
size_t archive_contents(const char **bytes, size_t size);
// Reads standard input to its end, so that whoever writes it (and counts what was written) is done too.
void archive_drain(void);
