// One buffer, refilled when it is empty: what is in it is handed out in place.
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "archive-stream.h"

enum { BUFFER = 256 * 1024, LONGEST_TEXT = 1024 * 1024 };

static char buffer[BUFFER];
static size_t buffered, consumed;
static uint64_t position; // bytes taken so far: the place in error lines

void stream_damaged(const char *what) {
  failf("archive", "%s at byte %llu", what, (unsigned long long)position);
}

// False at the end.
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

size_t stream_take(const char **bytes, size_t size) {
  if (!fill()) return 0;
  size_t available = buffered - consumed;
  if (size > available) size = available;
  *bytes = buffer + consumed;
  consumed += size;
  position += size;
  return size;
}

bool stream_take_all(char *target, size_t size) {
  for (size_t done = 0; done < size;) {
    const char *bytes;
    size_t count = stream_take(&bytes, size - done);
    if (count == 0 && done == 0) return false;
    if (count == 0) stream_damaged("the archive ends in the middle of an entry");
    memcpy(target + done, bytes, count);
    done += count;
  }
  return true;
}

void stream_skip(uint64_t size) {
  while (size > 0) {
    const char *bytes;
    size_t count = stream_take(&bytes, size > BUFFER ? BUFFER : (size_t)size);
    if (count == 0) stream_damaged("the archive ends in the middle of an entry");
    size -= count;
  }
}

size_t stream_padding(uint64_t size) {
  return (size_t)((TAR_BLOCK - size % TAR_BLOCK) % TAR_BLOCK);
}

char *stream_text(uint64_t size) {
  if (size > LONGEST_TEXT) stream_damaged("a name or attribute too long to be true");
  char *contents = malloc((size_t)size + 1);
  if (contents == NULL) fail("memory");
  if (size > 0 && !stream_take_all(contents, (size_t)size)) stream_damaged("the archive ends in the middle of an entry");
  contents[size] = '\0';
  stream_skip(stream_padding(size));
  return contents;
}

void stream_drain(void) {
  consumed = buffered;
  while (fill()) consumed = buffered;
}
