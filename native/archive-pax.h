// Pax headers: what they say of the next entry, or of all that follow.
#pragma once
#include "archive-read.h"
#include "archive-sparse.h"

struct pax_extension {
  char *path, *link;
  bool has_size, has_uid, has_gid, has_mtime;
  uint64_t size, uid, gid;
  struct timespec mtime;
  struct archive_xattr *xattrs;
  size_t xattr_count, xattr_bytes;
  struct sparse_map sparse;
};

// Reads a header's `size` bytes from the stream and adds what they say.
void pax_read(struct pax_extension *extension, uint64_t size);
void pax_clear(struct pax_extension *extension);
