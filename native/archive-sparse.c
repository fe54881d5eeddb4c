// GNU's old format keeps the map in headers of its own, pax 0.0 and 0.1 in records, pax 1.0 in front of the contents.
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "archive-sparse.h"
#include "archive-stream.h"

// More pieces than a real file has; it bounds the memory that an archive can make us take.
enum { MOST_EXTENTS = 1024 * 1024 };
enum { IN_HEADER = 4, IN_EXTENSION = 21 };

struct old_extent {
  char offset[12], length[12];
};
// The header's tail in GNU's old format: what ustar has the prefix in.
struct old_tail {
  char ignored[386 - 345];
  struct old_extent extents[IN_HEADER];
  char is_extended, size[12];
};
struct old_extension {
  struct old_extent extents[IN_EXTENSION];
  char is_extended, ignored[7];
};
_Static_assert(sizeof(struct old_extension) == TAR_BLOCK, "an extension of a sparse header is one block");

static void add(struct sparse_map *map, uint64_t offset, uint64_t length) {
  if (map->count == MOST_EXTENTS) stream_damaged("a sparse file in too many pieces");
  if ((map->count & (map->count + 1)) == 0) {
    map->extents = realloc(map->extents, (map->count * 2 + 2) * sizeof *map->extents);
    if (map->extents == NULL) fail("memory");
  }
  map->extents[map->count++] = (struct archive_extent){offset, length};
}

// "OFFSET,LENGTH,OFFSET,LENGTH…"
static void parse_list(struct sparse_map *map, const char *value) {
  for (const char *at = value; *at != '\0';) {
    uint64_t pair[2];
    for (int i = 0; i < 2; i++) {
      char digits[24];
      size_t length = strcspn(at, ",");
      if (length >= sizeof digits) stream_damaged("a damaged map of a sparse file");
      memcpy(digits, at, length);
      digits[length] = '\0';
      pair[i] = header_decimal(digits);
      at += length;
      if (*at == ',') at++;
      else if (i == 0) stream_damaged("a damaged map of a sparse file");
    }
    add(map, pair[0], pair[1]);
  }
}

void sparse_record(struct sparse_map *map, const char *key, const char *value) {
  map->is_sparse = true;
  if (strcmp(key, "major") == 0) {
    map->is_in_contents = header_decimal(value) >= 1;
  } else if (strcmp(key, "size") == 0 || strcmp(key, "realsize") == 0) {
    map->size = header_decimal(value);
  } else if (strcmp(key, "offset") == 0) {
    map->offset = header_decimal(value);
    map->has_offset = true;
  } else if (strcmp(key, "numbytes") == 0) {
    if (!map->has_offset) stream_damaged("a damaged map of a sparse file");
    add(map, map->offset, header_decimal(value));
    map->has_offset = false;
  } else if (strcmp(key, "map") == 0) {
    map->count = 0;
    parse_list(map, value);
  }
}

// False when the list has ended.
static bool add_old(struct sparse_map *map, const struct old_extent *extents, size_t count) {
  for (size_t i = 0; i < count; i++) {
    if (extents[i].length[0] == '\0') return false;
    add(map, header_number(extents[i].offset, sizeof extents[i].offset), header_number(extents[i].length, sizeof extents[i].length));
  }
  return true;
}

void sparse_header(struct sparse_map *map, const struct tar_header *header) {
  struct old_tail tail;
  memcpy(&tail, header->prefix, sizeof tail);
  map->is_sparse = true;
  map->is_in_contents = false;
  map->count = 0;
  map->size = header_number(tail.size, sizeof tail.size);
  add_old(map, tail.extents, IN_HEADER);
  for (bool more = tail.is_extended; more;) {
    struct old_extension extension;
    if (!stream_take_all((char *)&extension, sizeof extension)) stream_damaged("the archive ends in the middle of an entry");
    // One that adds nothing would let an archive go on for ever.
    more = add_old(map, extension.extents, IN_EXTENSION) && extension.is_extended;
  }
}

// Lines of numbers, in whole blocks.
struct lines {
  char block[TAR_BLOCK];
  size_t at;
  uint64_t taken, stored;
};

static uint64_t next_line(struct lines *lines) {
  char digits[24];
  for (size_t length = 0; length < sizeof digits;) {
    if (lines->at == TAR_BLOCK) {
      if (lines->stored - lines->taken < TAR_BLOCK || !stream_take_all(lines->block, TAR_BLOCK))
        stream_damaged("a map of a sparse file that does not end");
      lines->taken += TAR_BLOCK;
      lines->at = 0;
    }
    char byte = lines->block[lines->at++];
    if (byte != '\n') {
      digits[length++] = byte;
      continue;
    }
    digits[length] = '\0';
    return header_decimal(digits);
  }
  stream_damaged("a damaged map of a sparse file");
}

uint64_t sparse_contents(struct sparse_map *map, uint64_t stored) {
  struct lines lines = {.at = TAR_BLOCK, .stored = stored};
  map->count = 0;
  for (uint64_t count = next_line(&lines); count > 0; count--) {
    uint64_t offset = next_line(&lines);
    add(map, offset, next_line(&lines));
  }
  return lines.taken;
}

void sparse_check(const struct sparse_map *map, uint64_t stored) {
  uint64_t end = 0, sum = 0;
  if (map->size > INT64_MAX) stream_damaged("a size too large to be true");
  for (size_t i = 0; i < map->count; i++) {
    const struct archive_extent *extent = &map->extents[i];
    bool is_inside = extent->offset >= end && extent->offset <= map->size && extent->length <= map->size - extent->offset;
    if (!is_inside) stream_damaged("a sparse file whose pieces overlap or leave it");
    end = extent->offset + extent->length;
    sum += extent->length;
  }
  if (sum != stored) stream_damaged("a sparse file whose pieces are not its contents");
}

void sparse_clear(struct sparse_map *map) {
  free(map->extents);
  *map = (struct sparse_map){0};
}
