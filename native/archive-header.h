// The block that every entry of a tar archive begins with, and what its fields say.
#pragma once
#include <time.h>

#include "slipway.h"

struct tar_header {
  char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], checksum[8], type, link[100], magic[6], version[2];
  char user[32], group[32], major[8], minor[8], prefix[155], padding[12];
};
_Static_assert(sizeof(struct tar_header) == 512, "a tar header is one block");

bool header_is_zero(const struct tar_header *header);
// By either way of counting: some old programs took bytes for signed.
bool header_checksum_fits(const struct tar_header *header);
// Octal digits, or GNU's base 256. Fails when it is neither, negative or more than 64 bits.
uint64_t header_number(const char *field, size_t size);
// A decimal number, which is how pax headers write them. Fails for anything else.
uint64_t header_decimal(const char *value);
// Seconds since 1970; may be negative.
time_t header_time(const struct tar_header *header);
// A field's text, which has no NUL behind it when it is full; to be freed.
char *header_text(const char *field, size_t size);
// The name with the prefix that ustar has for long ones; to be freed.
char *header_path(const struct tar_header *header);
