// Headers that describe the next entry (pax, GNU's long names) are gathered until the entry itself comes. The archive is not trusted:
// nothing is as long as it says until it has been read.
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "archive-header.h"
#include "archive-pax.h"
#include "archive-read.h"
#include "archive-stream.h"

static uint64_t contents_left; // of the entry at hand
static size_t padding_left;

static struct archive_entry entry;
static struct pax_extension global, local;

static void entry_clear(void) {
  free(entry.path);
  free(entry.link);
  entry = (struct archive_entry){0};
}

static char *first(const char *a, const char *b) {
  const char *chosen = a != NULL ? a : b;
  return chosen == NULL ? NULL : header_text(chosen, strlen(chosen));
}

// Linux takes the largest number for "leave it as it is", which would make the file ours.
static uint32_t id(uint64_t value) {
  if (value >= UINT32_MAX) stream_damaged("an owner that cannot be");
  return (uint32_t)value;
}

static void read_owner(const struct tar_header *header) {
  entry.uid = id(local.has_uid    ? local.uid
                 : global.has_uid ? global.uid
                                  : header_number(header->uid, sizeof header->uid));
  entry.gid = id(local.has_gid    ? local.gid
                 : global.has_gid ? global.gid
                                  : header_number(header->gid, sizeof header->gid));
}

static void read_entry(const struct tar_header *header, uint64_t stored) {
  char *long_path = first(local.path, global.path), *long_link = first(local.link, global.link);
  entry.path = long_path != NULL ? long_path : header_path(header);
  entry.link = long_link != NULL ? long_link : header_text(header->link, sizeof header->link);
  entry.type = header->type == '\0' || header->type == '7' || header->type == 'S' ? '0' : header->type;
  size_t length = strlen(entry.path);
  // Before ustar a folder was a file with a slash at its end.
  if (entry.type == '0' && length > 0 && entry.path[length - 1] == '/') entry.type = '5';
  entry.mode = (mode_t)header_number(header->mode, sizeof header->mode) & 07777;
  read_owner(header);
  entry.mtime = local.has_mtime    ? local.mtime
                : global.has_mtime ? global.mtime
                                   : (struct timespec){.tv_sec = header_time(header)};
  if (entry.type == '3' || entry.type == '4') {
    entry.major = (unsigned)header_number(header->major, sizeof header->major);
    entry.minor = (unsigned)header_number(header->minor, sizeof header->minor);
  }
  entry.xattrs = local.xattrs;
  entry.xattr_count = local.xattr_count;
  entry.size = entry.type == '0' ? stored : 0;
  contents_left = stored;
  padding_left = stream_padding(stored);
}

static void read_map(struct sparse_map *map) {
  if (map->is_in_contents) contents_left -= sparse_contents(map, contents_left);
  sparse_check(map, contents_left);
  entry.is_sparse = true;
  entry.extents = map->extents;
  entry.extent_count = map->count;
  entry.size = map->size;
}

// True for a header that only says something of the next entry, which is taken in.
static bool describes_next(const struct tar_header *header, uint64_t size) {
  switch (header->type) {
  case 'x':
  case 'X': pax_read(&local, size); return true;
  case 'g': pax_read(&global, size); return true;
  case 'L':
    free(local.path);
    local.path = stream_text(size);
    return true;
  case 'K':
    free(local.link);
    local.link = stream_text(size);
    return true;
  case 'V': // a volume's label
    stream_skip(size);
    stream_skip(stream_padding(size));
    return true;
  default: return false;
  }
}

static uint64_t checked_size(uint64_t size) {
  if (size > INT64_MAX) stream_damaged("a size too large to be true");
  return size;
}

const struct archive_entry *archive_next(void) {
  stream_skip(contents_left + padding_left);
  contents_left = padding_left = 0;
  entry_clear();
  pax_clear(&local);
  struct tar_header header;
  while (stream_take_all((char *)&header, sizeof header)) {
    if (header_is_zero(&header)) return NULL;
    if (!header_checksum_fits(&header)) stream_damaged("a header with a wrong checksum");
    uint64_t size = checked_size(header_number(header.size, sizeof header.size));
    if (describes_next(&header, size)) continue;
    if (local.has_size) size = checked_size(local.size);
    // Links and folders have no contents, whatever some writers put into their size.
    if (header.type >= '1' && header.type <= '6') size = 0;
    if (header.type == 'S') sparse_header(&local.sparse, &header);
    read_entry(&header, size);
    if (local.sparse.is_sparse && entry.type == '0') read_map(&local.sparse);
    return &entry;
  }
  return NULL;
}

size_t archive_contents(const char **bytes, size_t size) {
  if (contents_left == 0) return 0;
  if (size > contents_left) size = (size_t)contents_left;
  size_t count = stream_take(bytes, size);
  if (count == 0) stream_damaged("the archive ends in the middle of an entry");
  contents_left -= count;
  return count;
}

void archive_drain(void) {
  stream_drain();
}
