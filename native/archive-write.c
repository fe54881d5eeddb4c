// Only what a header cannot hold becomes a pax record, so that plain files cost one block and any tar reads them.
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "archive-header.h"
#include "archive-write.h"

enum { BLOCK = 512, BUFFER = 256 * 1024, XATTR_NAMES = 64 * 1024, XATTR_VALUE = 64 * 1024 };

static char buffer[BUFFER];
static size_t buffered;

static void flush(void) {
  for (size_t done = 0; done < buffered;) {
    ssize_t written = write(STDOUT_FILENO, buffer + done, buffered - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("writing the archive");
    done += (size_t)written;
  }
  buffered = 0;
}

static void put(const void *bytes, size_t size) {
  const char *at = bytes;
  while (size > 0) {
    if (buffered == BUFFER) flush();
    size_t count = BUFFER - buffered < size ? BUFFER - buffered : size;
    memcpy(buffer + buffered, at, count);
    buffered += count;
    at += count;
    size -= count;
  }
}

static void pad(uint64_t size) {
  static const char zeros[BLOCK];
  put(zeros, (size_t)((BLOCK - size % BLOCK) % BLOCK));
}

// Records of a pax header that grow as they are added.
struct records {
  char *bytes;
  size_t size;
};

// "LENGTH KEY=VALUE\n": the length counts its own digits too.
static void record(struct records *records, const char *key, const char *value, size_t value_size) {
  size_t rest = strlen(key) + value_size + 3, length = rest + 1;
  char digits[24];
  for (int count; (count = snprintf(digits, sizeof digits, "%zu", length)), rest + (size_t)count != length;)
    length = rest + (size_t)count;
  char *bytes = realloc(records->bytes, records->size + length + 1);
  if (bytes == NULL) fail("memory");
  records->bytes = bytes;
  char *at = bytes + records->size;
  at += sprintf(at, "%s %s=", digits, key);
  memcpy(at, value, value_size);
  at[value_size] = '\n';
  records->size += length;
}

static void record_number(struct records *records, const char *key, unsigned long long value) {
  char text[24];
  record(records, key, text, (size_t)snprintf(text, sizeof text, "%llu", value));
}

// A time before 1970 with a fraction counts down from the second above it.
static void record_time(struct records *records, struct timespec time) {
  char text[48];
  bool is_negative = time.tv_sec < 0 && time.tv_nsec > 0;
  long long seconds = is_negative ? -(time.tv_sec + 1) : time.tv_sec;
  long fraction = is_negative ? 1000 * 1000 * 1000 - time.tv_nsec : time.tv_nsec;
  int length = snprintf(text, sizeof text, "%s%lld.%09ld", is_negative ? "-" : "", seconds, fraction);
  record(records, "mtime", text, (size_t)length);
}

static bool is_carried(const char *name) {
  if (strncmp(name, "user.overlay.", 13) == 0) return false;
  return strncmp(name, "user.", 5) == 0 || strcmp(name, "security.capability") == 0;
}

static void record_xattrs(struct records *records, int fd) {
  static char names[XATTR_NAMES], value[XATTR_VALUE], key[300];
  ssize_t length = flistxattr(fd, names, sizeof names);
  for (char *name = names; length > 0 && name < names + length; name += strlen(name) + 1) {
    if (!is_carried(name)) continue;
    ssize_t size = fgetxattr(fd, name, value, sizeof value);
    if (size < 0) continue; // taken away meanwhile
    snprintf(key, sizeof key, "SCHILY.xattr.%.255s", name);
    record(records, key, value, (size_t)size);
  }
}

// False when the number has more digits than the field holds.
static bool octal(char *field, size_t size, uint64_t value) {
  for (size_t i = size - 1; i-- > 0; value >>= 3) field[i] = (char)('0' + (value & 7));
  return value == 0;
}

static void seal(struct tar_header *header) {
  memcpy(header->magic, "ustar", 6);
  memcpy(header->version, "00", 2);
  memset(header->checksum, ' ', sizeof header->checksum);
  unsigned sum = 0;
  for (size_t i = 0; i < sizeof *header; i++) sum += ((const unsigned char *)header)[i];
  snprintf(header->checksum, sizeof header->checksum, "%06o", sum);
  put(header, sizeof *header);
}

static void put_records(struct records *records) {
  if (records->size == 0) return;
  struct tar_header header = {.name = "PaxHeaders/entry", .type = 'x'};
  octal(header.mode, sizeof header.mode, 0644);
  octal(header.uid, sizeof header.uid, 0);
  octal(header.gid, sizeof header.gid, 0);
  octal(header.mtime, sizeof header.mtime, 0);
  octal(header.size, sizeof header.size, records->size);
  seal(&header);
  put(records->bytes, records->size);
  pad(records->size);
  free(records->bytes);
}

static char type_of(const struct archive_header *header) {
  if (header->is_hard_link) return '1';
  switch (header->status->st_mode & S_IFMT) {
  case S_IFLNK: return '2';
  case S_IFCHR: return '3';
  case S_IFBLK: return '4';
  case S_IFDIR: return '5';
  case S_IFIFO: return '6';
  default: return '0';
  }
}

static void put_text(struct records *records, const char *key, char *field, size_t size, const char *value) {
  size_t length = strlen(value);
  if (length > size) record(records, key, value, length);
  memcpy(field, value, length > size ? size : length);
}

void archive_write_header(const struct archive_header *entry) {
  const struct stat *status = entry->status;
  struct tar_header header = {.type = type_of(entry)};
  struct records records = {0};
  uint64_t size = header.type == '0' ? (uint64_t)status->st_size : 0;
  put_text(&records, "path", header.name, sizeof header.name, entry->path);
  if (entry->link != NULL) put_text(&records, "linkpath", header.link, sizeof header.link, entry->link);
  octal(header.mode, sizeof header.mode, status->st_mode & 07777);
  if (!octal(header.uid, sizeof header.uid, status->st_uid)) record_number(&records, "uid", status->st_uid);
  if (!octal(header.gid, sizeof header.gid, status->st_gid)) record_number(&records, "gid", status->st_gid);
  if (!octal(header.size, sizeof header.size, size)) record_number(&records, "size", size);
  bool is_plain_time = status->st_mtim.tv_nsec == 0 && status->st_mtim.tv_sec >= 0;
  bool fits = octal(header.mtime, sizeof header.mtime, is_plain_time || status->st_mtim.tv_sec >= 0 ? (uint64_t)status->st_mtim.tv_sec : 0);
  if (!is_plain_time || !fits) record_time(&records, status->st_mtim);
  if (header.type == '3' || header.type == '4') {
    octal(header.major, sizeof header.major, major(status->st_rdev));
    octal(header.minor, sizeof header.minor, minor(status->st_rdev));
  }
  if (entry->xattrs >= 0 && header.type != '1') record_xattrs(&records, entry->xattrs);
  put_records(&records);
  seal(&header);
}

void archive_write_contents(int fd, const char *path, uint64_t size) {
  for (uint64_t left = size; left > 0;) {
    if (buffered == BUFFER) flush();
    size_t room = BUFFER - buffered;
    ssize_t count = read(fd, buffer + buffered, left < room ? (size_t)left : room);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path);
    if (count == 0) failf(path, "became shorter while it was read");
    buffered += (size_t)count;
    left -= (uint64_t)count;
  }
  pad(size);
}

void archive_write_end(void) {
  static const char zeros[2 * BLOCK];
  put(zeros, sizeof zeros);
  flush();
}
