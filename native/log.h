// The container's log: one line per record, as docs/native.md has it.
#pragma once
#include "slipway.h"

enum { LOG_TEXT_LIMIT = 16 * 1024 };

struct log {
  int fd; // -1: no log is kept
  const char *name;
  off_t size, size_limit; // begun anew once it has reached the limit; 0: never
  int files;              // kept, the one that is written to included
  long number;            // of the file that is written to: its name, once the next is begun
  unsigned long long lost; // records that the file did not take, and that it does not say of yet
  int error;               // why
  struct log_partial {
    char *text; // a line whose end has not come yet
    size_t length;
  } partial[2];
};

// Opens for appending, after what a crash may have torn was cut off. `name` NULL: no log. The older of `files`
// are called NAME.NUMBER, counted up; somebody may replace them by NAME.NUMBER.gz.
void log_open(struct log *log, const char *name, long long size_limit, int files);
// stream 0: stdout, 1: stderr. False when the file could not take it: then it holds whole records all the same, and a record that tells
// how many are missing comes before the next.
bool log_write(struct log *log, int stream, const char *bytes, size_t length);
// The stream has ended: what is left of it is written without an end of line.
bool log_end(struct log *log, int stream);
// The file that is written to and how long it is, as `NUMBER INODE SIZE`; the last two are 0 without a log.
void log_place(const struct log *log, char text[96]);
