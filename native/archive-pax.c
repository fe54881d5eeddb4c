// Records "LENGTH KEY=VALUE\n", where LENGTH counts the whole record.
#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "archive-pax.h"
#include "archive-stream.h"

// More than any file system keeps for one file; it bounds the memory that an archive can make us take.
enum { MOST_XATTR_BYTES = 1024 * 1024 };
// Either side of 1970, and far from where adding to it would overflow.
static const long long furthest_second = 1LL << 60;

static void damaged_header(void) {
  stream_damaged("a damaged pax header");
}

void pax_clear(struct pax_extension *extension) {
  free(extension->path);
  free(extension->link);
  for (size_t i = 0; i < extension->xattr_count; i++) {
    free(extension->xattrs[i].name);
    free(extension->xattrs[i].value);
  }
  free(extension->xattrs);
  sparse_clear(&extension->sparse);
  *extension = (struct pax_extension){0};
}

// Seconds with a fraction of any length, also before 1970.
static struct timespec time_value(const char *value) {
  char *end;
  struct timespec time = {.tv_sec = strtoll(value, &end, 10)};
  bool is_far = time.tv_sec > furthest_second || time.tv_sec < -furthest_second;
  if (end == value || is_far) stream_damaged("a time that is none in a pax header");
  if (*end == '.') {
    long unit = 100 * 1000 * 1000;
    for (end++; *end >= '0' && *end <= '9'; end++, unit /= 10) time.tv_nsec += (*end - '0') * unit;
  }
  if (*end != '\0') stream_damaged("a time that is none in a pax header");
  if (value[0] == '-' && time.tv_nsec > 0) {
    time.tv_sec--;
    time.tv_nsec = 1000 * 1000 * 1000 - time.tv_nsec;
  }
  return time;
}

static struct archive_xattr *add_xattr(struct pax_extension *extension, const char *name, size_t size) {
  extension->xattr_bytes += sizeof(struct archive_xattr) + strlen(name) + size;
  if (extension->xattr_bytes > MOST_XATTR_BYTES) stream_damaged("attributes too long to be true");
  struct archive_xattr *xattrs = realloc(extension->xattrs, (extension->xattr_count + 1) * sizeof *xattrs);
  if (xattrs == NULL) fail("memory");
  extension->xattrs = xattrs;
  struct archive_xattr *xattr = &xattrs[extension->xattr_count++];
  *xattr = (struct archive_xattr){.name = strdup(name), .value = malloc(size + 1)};
  if (xattr->name == NULL || xattr->value == NULL) fail("memory");
  return xattr;
}

static void plain_xattr(struct pax_extension *extension, const char *name, const char *value, size_t size) {
  struct archive_xattr *xattr = add_xattr(extension, name, size);
  memcpy(xattr->value, value, size);
  xattr->size = size;
}

static int hex_digit(char digit) {
  static const char digits[] = "0123456789abcdef";
  const char *found = digit == '\0' ? NULL : strchr(digits, digit | 0x20);
  return found == NULL ? -1 : (int)(found - digits);
}

static int base64_digit(char digit) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const char *found = digit == '\0' ? NULL : strchr(digits, digit);
  return found == NULL ? -1 : (int)(found - digits);
}

// As libarchive writes them: the name with %XX for what is no plain text, the value in base 64.
static void encoded_xattr(struct pax_extension *extension, char *name, const char *value, size_t size) {
  char *to = name;
  for (const char *from = name; *from != '\0'; to++) {
    int high = from[0] == '%' ? hex_digit(from[1]) : -1, low = high < 0 ? -1 : hex_digit(from[2]);
    *to = low < 0 ? *from : (char)(high << 4 | low);
    from += low < 0 ? 1 : 3;
  }
  *to = '\0';
  struct archive_xattr *xattr = add_xattr(extension, name, size);
  unsigned bits = 0, value_bits = 0;
  for (size_t i = 0; i < size && value[i] != '='; i++) {
    int digit = base64_digit(value[i]);
    if (digit < 0) damaged_header();
    bits = (bits << 6 | (unsigned)digit) & 0xffff;
    value_bits += 6;
    if (value_bits < 8) continue;
    value_bits -= 8;
    xattr->value[xattr->size++] = (char)(bits >> value_bits);
  }
}

static void set_text(char **target, const char *value, size_t size) {
  if (strlen(value) != size) stream_damaged("a name with a NUL byte in it");
  free(*target);
  *target = strdup(value);
  if (*target == NULL) fail("memory");
}

static void set_number(bool *has, uint64_t *target, const char *value) {
  *target = header_decimal(value);
  *has = true;
}

static void add_record(struct pax_extension *extension, char *key, const char *value, size_t size) {
  static const char schily[] = "SCHILY.xattr.", libarchive[] = "LIBARCHIVE.xattr.", sparse[] = "GNU.sparse.";
  if (strncmp(key, schily, sizeof schily - 1) == 0) plain_xattr(extension, key + sizeof schily - 1, value, size);
  else if (strncmp(key, libarchive, sizeof libarchive - 1) == 0) encoded_xattr(extension, key + sizeof libarchive - 1, value, size);
  else if (strcmp(key, "path") == 0 || strcmp(key, "GNU.sparse.name") == 0) {
    // The name of a sparse file's entry is made up for readers that would unpack the pieces.
    if (key[0] == 'p' && extension->sparse.is_sparse && extension->path != NULL) return;
    set_text(&extension->path, value, size);
    if (key[0] == 'G') extension->sparse.is_sparse = true;
  } else if (strncmp(key, sparse, sizeof sparse - 1) == 0) sparse_record(&extension->sparse, key + sizeof sparse - 1, value);
  else if (strcmp(key, "linkpath") == 0) set_text(&extension->link, value, size);
  else if (strcmp(key, "size") == 0) set_number(&extension->has_size, &extension->size, value);
  else if (strcmp(key, "uid") == 0) set_number(&extension->has_uid, &extension->uid, value);
  else if (strcmp(key, "gid") == 0) set_number(&extension->has_gid, &extension->gid, value);
  else if (strcmp(key, "mtime") == 0) {
    extension->mtime = time_value(value);
    extension->has_mtime = true;
  }
}

void pax_read(struct pax_extension *extension, uint64_t size) {
  char *records = stream_text(size);
  for (char *at = records, *end = records + size; at < end;) {
    if (*at == '\0') break; // padding some writers leave
    char *rest;
    errno = 0;
    unsigned long long length = strtoull(at, &rest, 10);
    if (errno != 0 || *rest != ' ' || length > (size_t)(end - at) || length < (size_t)(rest - at) + 3) damaged_header();
    char *last = at + length - 1, *key = rest + 1;
    char *equals = memchr(key, '=', (size_t)(last - key));
    if (*last != '\n' || equals == NULL) damaged_header();
    *equals = *last = '\0';
    add_record(extension, key, equals + 1, (size_t)(last - equals - 1));
    at += length;
  }
  free(records);
}
