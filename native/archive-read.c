// Everything here is written for archives that somebody made to break it: each number is checked before it is used, and nothing
// is as long as the archive says until it has been read.
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive-read.h"

enum { BLOCK = 512, BUFFER = 256 * 1024, LONGEST_TEXT = 1024 * 1024 };

struct header {
  char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100], magic[6], version[2];
  char user[32], group[32], major[8], minor[8], prefix[155], padding[12];
};
_Static_assert(sizeof(struct header) == BLOCK, "a tar header is one block");

// What a pax header may say of the next entry.
struct extension {
  char *path, *link;
  bool has_size, has_uid, has_gid, has_mtime;
  uint64_t size, uid, gid;
  struct timespec mtime;
  struct archive_xattr *xattrs;
  size_t xattr_count;
};

static char buffer[BUFFER];
static size_t buffered, consumed;
static uint64_t position;      // bytes taken so far: the place in error lines
static uint64_t contents_left; // of the entry at hand
static size_t padding_left;

static struct archive_entry entry;
static struct extension global, local;

static void *allocate(size_t size) {
  void *memory = malloc(size);
  if (memory == NULL) fail("memory");
  return memory;
}

__attribute__((noreturn)) static void damaged(const char *what) {
  failf("archive", "%s at byte %llu", what, (unsigned long long)position);
}

// More bytes from standard input; false at its end.
static bool fill(void) {
  if (consumed < buffered) return true;
  for (;;) {
    ssize_t count = read(STDIN_FILENO, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("reading the archive");
    buffered = (size_t)count;
    consumed = 0;
    return count > 0;
  }
}

static size_t take(const char **bytes, size_t size) {
  if (!fill()) return 0;
  size_t available = buffered - consumed;
  if (size > available) size = available;
  *bytes = buffer + consumed;
  consumed += size;
  position += size;
  return size;
}

// False when the archive ends before the first byte.
static bool take_all(char *target, size_t size) {
  for (size_t done = 0; done < size;) {
    const char *bytes;
    size_t count = take(&bytes, size - done);
    if (count == 0 && done == 0) return false;
    if (count == 0) damaged("the archive ends in the middle of an entry");
    memcpy(target + done, bytes, count);
    done += count;
  }
  return true;
}

static void skip(uint64_t size) {
  while (size > 0) {
    const char *bytes;
    size_t count = take(&bytes, size > BUFFER ? BUFFER : (size_t)size);
    if (count == 0) damaged("the archive ends in the middle of an entry");
    size -= count;
  }
}

static size_t padding_of(uint64_t size) {
  return (size_t)((BLOCK - size % BLOCK) % BLOCK);
}

// GNU's base 256, two's complement below a first bit that is always set.
static int64_t signed_number(const char *field, size_t size) {
  const unsigned char *bytes = (const unsigned char *)field;
  bool is_negative = bytes[0] & 0x40;
  uint64_t value = is_negative ? UINT64_MAX : 0;
  for (size_t i = 0; i < size; i++) {
    unsigned char byte = i > 0 ? bytes[i] : is_negative ? bytes[i] | 0x80 : bytes[i] & 0x3f;
    if ((value >> 55) != (is_negative ? UINT64_MAX >> 55 : 0)) damaged("a number too large in a header");
    value = value << 8 | byte;
  }
  return (int64_t)value;
}

// Octal digits, or base 256 when the first bit is set.
static uint64_t number(const char *field, size_t size) {
  const unsigned char *bytes = (const unsigned char *)field;
  uint64_t value = 0;
  if (bytes[0] & 0x80) {
    int64_t wide = signed_number(field, size);
    if (wide < 0) damaged("a negative number in a header");
    return (uint64_t)wide;
  }
  size_t i = 0;
  while (i < size && field[i] == ' ') i++;
  for (; i < size && field[i] >= '0' && field[i] <= '7'; i++) value = value << 3 | (uint64_t)(field[i] - '0');
  if (i < size && field[i] != ' ' && field[i] != '\0') damaged("a header that is not one");
  return value;
}

static time_t header_time(const struct header *header) {
  bool is_wide = (unsigned char)header->mtime[0] & 0x80;
  return is_wide ? signed_number(header->mtime, sizeof header->mtime) : (time_t)number(header->mtime, sizeof header->mtime);
}

static bool checksum_fits(const struct header *header) {
  const unsigned char *bytes = (const unsigned char *)header;
  size_t start = offsetof(struct header, checksum), end = start + sizeof header->checksum;
  int64_t sum = 0, signed_sum = 0;
  for (size_t i = 0; i < BLOCK; i++) {
    unsigned char byte = i >= start && i < end ? ' ' : bytes[i];
    sum += byte;
    signed_sum += (signed char)byte; // what some old programs wrote
  }
  int64_t stored = (int64_t)number(header->checksum, sizeof header->checksum);
  return stored == sum || stored == signed_sum;
}

static bool is_zero(const struct header *header) {
  const char *bytes = (const char *)header;
  return bytes[0] == '\0' && memcmp(bytes, bytes + 1, BLOCK - 1) == 0;
}

static char *text(const char *field, size_t size) {
  size_t length = strnlen(field, size);
  char *copy = allocate(length + 1);
  memcpy(copy, field, length);
  copy[length] = '\0';
  return copy;
}

// The contents of an entry that describes the next one.
static char *text_contents(uint64_t size) {
  if (size > LONGEST_TEXT) damaged("a name or attribute too long to be true");
  char *contents = allocate((size_t)size + 1);
  if (size > 0 && !take_all(contents, (size_t)size)) damaged("the archive ends in the middle of an entry");
  contents[size] = '\0';
  skip(padding_of(size));
  return contents;
}

static void extension_clear(struct extension *extension) {
  free(extension->path);
  free(extension->link);
  for (size_t i = 0; i < extension->xattr_count; i++) {
    free(extension->xattrs[i].name);
    free(extension->xattrs[i].value);
  }
  free(extension->xattrs);
  *extension = (struct extension){0};
}

static uint64_t decimal(const char *value) {
  char *end;
  errno = 0;
  unsigned long long result = strtoull(value, &end, 10);
  if (errno != 0 || end == value || *end != '\0' || value[0] == '-') damaged("a number that is none in a pax header");
  return result;
}

// Seconds with a fraction of any length, also before 1970.
static struct timespec time_value(const char *value) {
  char *end;
  struct timespec time = {.tv_sec = strtoll(value, &end, 10)};
  if (end == value) damaged("a time that is none in a pax header");
  if (*end == '.') {
    long unit = 100 * 1000 * 1000;
    for (end++; *end >= '0' && *end <= '9'; end++, unit /= 10) time.tv_nsec += (*end - '0') * unit;
  }
  if (*end != '\0') damaged("a time that is none in a pax header");
  if (value[0] == '-' && time.tv_nsec > 0) {
    time.tv_sec--;
    time.tv_nsec = 1000 * 1000 * 1000 - time.tv_nsec;
  }
  return time;
}

static void add_xattr(struct extension *extension, const char *name, const char *value, size_t size) {
  struct archive_xattr *xattrs = realloc(extension->xattrs, (extension->xattr_count + 1) * sizeof *xattrs);
  if (xattrs == NULL) fail("memory");
  extension->xattrs = xattrs;
  struct archive_xattr *xattr = &xattrs[extension->xattr_count++];
  xattr->name = text(name, strlen(name));
  xattr->value = allocate(size + 1);
  memcpy(xattr->value, value, size);
  xattr->size = size;
}

static void pax_record(struct extension *extension, const char *key, char *value, size_t size) {
  bool is_text = strlen(value) == size;
  if (strncmp(key, "SCHILY.xattr.", 13) == 0) {
    add_xattr(extension, key + 13, value, size);
  } else if (strncmp(key, "GNU.sparse.", 11) == 0) {
    damaged("a sparse file, which is not supported,");
  } else if (strcmp(key, "path") == 0 || strcmp(key, "linkpath") == 0) {
    if (!is_text) damaged("a name with a NUL byte in it");
    char **target = key[0] == 'p' ? &extension->path : &extension->link;
    free(*target);
    *target = text(value, size);
  } else if (strcmp(key, "size") == 0) {
    extension->size = decimal(value);
    extension->has_size = true;
  } else if (strcmp(key, "uid") == 0) {
    extension->uid = decimal(value);
    extension->has_uid = true;
  } else if (strcmp(key, "gid") == 0) {
    extension->gid = decimal(value);
    extension->has_gid = true;
  } else if (strcmp(key, "mtime") == 0) {
    extension->mtime = time_value(value);
    extension->has_mtime = true;
  }
}

// Records "LENGTH KEY=VALUE\n", where LENGTH counts the whole record.
static void pax_header(struct extension *extension, uint64_t size) {
  char *records = text_contents(size);
  for (char *at = records, *end = records + size; at < end;) {
    if (*at == '\0') break; // padding some writers leave
    char *rest;
    errno = 0;
    unsigned long long length = strtoull(at, &rest, 10);
    if (errno != 0 || *rest != ' ' || length > (size_t)(end - at) || length < (size_t)(rest - at) + 3)
      damaged("a damaged pax header");
    char *last = at + length - 1, *key = rest + 1;
    char *equals = memchr(key, '=', (size_t)(last - key));
    if (*last != '\n' || equals == NULL) damaged("a damaged pax header");
    *equals = *last = '\0';
    pax_record(extension, key, equals + 1, (size_t)(last - equals - 1));
    at += length;
  }
  free(records);
}

static void entry_clear(void) {
  free(entry.path);
  free(entry.link);
  entry = (struct archive_entry){0};
}

static char *header_path(const struct header *header) {
  bool has_prefix = memcmp(header->magic, "ustar\0", 6) == 0 && header->prefix[0] != '\0';
  if (!has_prefix) return text(header->name, sizeof header->name);
  char *prefix = text(header->prefix, sizeof header->prefix), *name = text(header->name, sizeof header->name);
  size_t size = strlen(prefix) + strlen(name) + 2;
  char *path = allocate(size);
  memcpy(path, prefix, strlen(prefix));
  path[strlen(prefix)] = '/';
  memcpy(path + strlen(prefix) + 1, name, strlen(name) + 1);
  free(prefix);
  free(name);
  return path;
}

static char *first(char *a, char *b) {
  const char *chosen = a != NULL ? a : b;
  return chosen == NULL ? NULL : text(chosen, strlen(chosen));
}

static void read_entry(const struct header *header, uint64_t size) {
  char *long_path = first(local.path, global.path), *long_link = first(local.link, global.link);
  entry.path = long_path != NULL ? long_path : header_path(header);
  entry.link = long_link != NULL ? long_link : text(header->link, sizeof header->link);
  entry.type = header->type == '\0' || header->type == '7' ? '0' : header->type;
  size_t length = strlen(entry.path);
  // Before ustar a folder was a file with a slash at its end.
  if (entry.type == '0' && length > 0 && entry.path[length - 1] == '/') entry.type = '5';
  entry.mode = (mode_t)number(header->mode, sizeof header->mode) & 07777;
  entry.uid = (uid_t)(local.has_uid ? local.uid : number(header->uid, sizeof header->uid));
  entry.gid = (gid_t)(local.has_gid ? local.gid : number(header->gid, sizeof header->gid));
  entry.mtime = local.has_mtime    ? local.mtime
                : global.has_mtime ? global.mtime
                                   : (struct timespec){.tv_sec = header_time(header)};
  if (entry.type == '3' || entry.type == '4') {
    entry.major = (unsigned)number(header->major, sizeof header->major);
    entry.minor = (unsigned)number(header->minor, sizeof header->minor);
  }
  entry.size = entry.type == '0' ? size : 0;
  entry.xattrs = local.xattrs;
  entry.xattr_count = local.xattr_count;
  contents_left = size;
  padding_left = padding_of(size);
}

const struct archive_entry *archive_next(void) {
  skip(contents_left + padding_left);
  contents_left = padding_left = 0;
  entry_clear();
  extension_clear(&local);
  struct header header;
  while (take_all((char *)&header, sizeof header)) {
    if (is_zero(&header)) return NULL;
    if (!checksum_fits(&header)) damaged("a header with a wrong checksum");
    uint64_t size = number(header.size, sizeof header.size);
    if (size > INT64_MAX) damaged("a size too large to be true");
    switch (header.type) {
    case 'x':
    case 'X':
      pax_header(&local, size);
      continue;
    case 'g':
      pax_header(&global, size);
      continue;
    case 'L':
      free(local.path);
      local.path = text_contents(size);
      continue;
    case 'K':
      free(local.link);
      local.link = text_contents(size);
      continue;
    case 'V': // a volume's label
      skip(size + padding_of(size));
      continue;
    case 'S':
      damaged("a sparse file, which is not supported,");
    }
    // Links and folders have no contents, whatever some writers put into their size.
    bool has_contents = header.type == '0' || header.type == '\0' || header.type == '7';
    if (local.has_size) size = local.size;
    if (size > INT64_MAX) damaged("a size too large to be true");
    if (!has_contents && header.type >= '1' && header.type <= '6') size = 0;
    read_entry(&header, size);
    return &entry;
  }
  if (position == 0) damaged("the archive is empty");
  return NULL;
}

size_t archive_contents(const char **bytes, size_t size) {
  if (contents_left == 0) return 0;
  if (size > contents_left) size = (size_t)contents_left;
  size_t count = take(bytes, size);
  if (count == 0) damaged("the archive ends in the middle of an entry");
  contents_left -= count;
  return count;
}

void archive_drain(void) {
  consumed = buffered;
  while (fill()) consumed = buffered;
}
