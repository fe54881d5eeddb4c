// The container's log: one line per record, as docs/native.md has it.
#pragma once
#include "slipway.h"

enum { LOG_TEXT_LIMIT = 16 * 1024 };

struct log {
  int fd; // -1: no log is kept
  struct log_partial {
    char *text; // a line whose end has not come yet
    size_t length;
  } partial[2];
};

// Opens for appending, after what a crash may have torn was cut off. `name` NULL: no log.
void log_open(struct log *log, const char *name);
// stream 0: stdout, 1: stderr. False when the file could not take it.
bool log_write(struct log *log, int stream, const char *bytes, size_t length);
// The stream has ended: what is left of it is written without an end of line.
bool log_end(struct log *log, int stream);
