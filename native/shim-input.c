#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "shim-input.h"

enum { LIMIT = 64 * 1024 }; // no connection is read while more than this waits

static void close_input(struct shim *shim) {
  free(shim->pending);
  shim->pending = NULL;
  shim->pending_start = shim->pending_end = 0;
  if (shim->input >= 0) close(shim->input);
  shim->input = -1;
}

bool shim_input_is_pending(const struct shim *shim) {
  return shim->pending_end > shim->pending_start && shim->input >= 0;
}

bool shim_input_has_room(const struct shim *shim) {
  return shim->pending_end - shim->pending_start < LIMIT;
}

void shim_input_flush(struct shim *shim) {
  if (shim->input < 0) return;
  while (shim_input_is_pending(shim)) {
    ssize_t count = write(shim->input, shim->pending + shim->pending_start, shim->pending_end - shim->pending_start);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return;
    if (count < 0) { // EPIPE, EIO: nobody reads any more
      close_input(shim);
      return;
    }
    shim->pending_start += (size_t)count;
  }
  free(shim->pending);
  shim->pending = NULL;
  shim->pending_start = shim->pending_end = 0;
  if (shim->input_ends) close_input(shim);
}

void shim_input_add(struct shim *shim, const char *bytes, size_t length) {
  bool is_awaited = shim->specification->tty && !shim->has_had_terminal; // it comes from inside the container
  if ((shim->input < 0 && !is_awaited) || shim->input_ends) return;      // as if written to nobody
  size_t kept = shim->pending_end - shim->pending_start;
  if (shim->pending_start > 0) memmove(shim->pending, shim->pending + shim->pending_start, kept);
  char *larger = realloc(shim->pending, kept + length);
  if (larger == NULL) fail("memory");
  shim->pending = larger;
  shim->pending_start = 0;
  shim->pending_end = kept;
  memcpy(shim->pending + shim->pending_end, bytes, length);
  shim->pending_end += length;
  shim_input_flush(shim);
}

void shim_input_end(struct shim *shim) {
  if (shim->specification->tty) return;
  shim->input_ends = true;
  if (!shim_input_is_pending(shim)) close_input(shim);
}
