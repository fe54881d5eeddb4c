// Where the pieces of a file with holes go, in the four ways in which GNU tar has written that down.
#pragma once
#include "archive-header.h"

// So many bytes of the contents go there.
struct archive_extent {
  uint64_t offset, length;
};

struct sparse_map {
  bool is_sparse;
  bool is_in_contents; // version 1.0: the map is what the contents begin with
  bool has_offset;     // version 0.0: an offset whose length is yet to come
  uint64_t offset;
  uint64_t size; // of the file with its holes
  struct archive_extent *extents;
  size_t count;
};

// One record of a pax header, its key without "GNU.sparse.". Records that say nothing of the map are ignored.
void sparse_record(struct sparse_map *map, const char *key, const char *value);
// The map of an entry of type 'S': in its header, and in blocks behind it that are taken from the stream.
void sparse_header(struct sparse_map *map, const struct tar_header *header);
// Takes a map from the beginning of `stored` bytes of contents; gives how many bytes that took.
uint64_t sparse_contents(struct sparse_map *map, uint64_t stored);
// Fails unless the pieces are in order, inside the file and together `stored` bytes.
void sparse_check(const struct sparse_map *map, uint64_t stored);
void sparse_clear(struct sparse_map *map);
