// Everything here is written for archives that somebody made to break it: each number is checked before it is used.
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "archive-header.h"
#include "archive-stream.h"

bool header_is_zero(const struct tar_header *header) {
  const char *bytes = (const char *)header;
  return bytes[0] == '\0' && memcmp(bytes, bytes + 1, sizeof *header - 1) == 0;
}

// GNU's base 256, two's complement below a first bit that is always set.
static int64_t signed_number(const char *field, size_t size) {
  const unsigned char *bytes = (const unsigned char *)field;
  bool is_negative = bytes[0] & 0x40;
  uint64_t value = is_negative ? UINT64_MAX : 0;
  for (size_t i = 0; i < size; i++) {
    unsigned char byte = i > 0 ? bytes[i] : is_negative ? bytes[i] | 0x80 : bytes[i] & 0x3f;
    if ((value >> 55) != (is_negative ? UINT64_MAX >> 55 : 0)) stream_damaged("a number too large in a header");
    value = value << 8 | byte;
  }
  return (int64_t)value;
}

uint64_t header_number(const char *field, size_t size) {
  const unsigned char *bytes = (const unsigned char *)field;
  uint64_t value = 0;
  if (bytes[0] & 0x80) {
    int64_t wide = signed_number(field, size);
    if (wide < 0) stream_damaged("a negative number in a header");
    return (uint64_t)wide;
  }
  size_t i = 0;
  while (i < size && field[i] == ' ') i++;
  for (; i < size && field[i] >= '0' && field[i] <= '7'; i++) value = value << 3 | (uint64_t)(field[i] - '0');
  if (i < size && field[i] != ' ' && field[i] != '\0') stream_damaged("a header that is not one");
  return value;
}

uint64_t header_decimal(const char *value) {
  char *end;
  errno = 0;
  unsigned long long result = strtoull(value, &end, 10);
  bool is_number = value[0] >= '0' && value[0] <= '9' && errno == 0 && *end == '\0';
  if (!is_number) stream_damaged("a number that is none in a pax header");
  return result;
}

time_t header_time(const struct tar_header *header) {
  bool is_wide = (unsigned char)header->mtime[0] & 0x80;
  return is_wide ? signed_number(header->mtime, sizeof header->mtime) : (time_t)header_number(header->mtime, sizeof header->mtime);
}

bool header_checksum_fits(const struct tar_header *header) {
  const unsigned char *bytes = (const unsigned char *)header;
  size_t start = offsetof(struct tar_header, checksum), end = start + sizeof header->checksum;
  int64_t sum = 0, signed_sum = 0;
  for (size_t i = 0; i < sizeof *header; i++) {
    unsigned char byte = i >= start && i < end ? ' ' : bytes[i];
    sum += byte;
    signed_sum += (signed char)byte;
  }
#ifdef FUZZING_BUILD_MODE_UNSAFE_FOR_PRODUCTION
  return true; // no fuzzer guesses sums
#endif
  int64_t stored = (int64_t)header_number(header->checksum, sizeof header->checksum);
  return stored == sum || stored == signed_sum;
}

char *header_text(const char *field, size_t size) {
  size_t length = strnlen(field, size);
  char *copy = malloc(length + 1);
  if (copy == NULL) fail("memory");
  memcpy(copy, field, length);
  copy[length] = '\0';
  return copy;
}

char *header_path(const struct tar_header *header) {
  bool has_prefix = memcmp(header->magic, "ustar\0", 6) == 0 && header->prefix[0] != '\0';
  if (!has_prefix) return header_text(header->name, sizeof header->name);
  size_t prefix = strnlen(header->prefix, sizeof header->prefix), name = strnlen(header->name, sizeof header->name);
  char *path = malloc(prefix + name + 2);
  if (path == NULL) fail("memory");
  memcpy(path, header->prefix, prefix);
  path[prefix] = '/';
  memcpy(path + prefix + 1, header->name, name);
  path[prefix + 1 + name] = '\0';
  return path;
}
