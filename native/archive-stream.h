// The bytes of a tar archive on standard input, and how far they have been read.
#pragma once
#include "slipway.h"

enum { TAR_BLOCK = 512 };

// Ends the call: "archive: WHAT at byte PLACE".
__attribute__((noreturn)) void stream_damaged(const char *what);
// Up to `size` bytes, valid until the next call; 0 at the end of the stream.
size_t stream_take(const char **bytes, size_t size);
// False when the archive ends before the first byte; fails when it ends before the last.
bool stream_take_all(char *target, size_t size);
void stream_skip(uint64_t size);
// What fills up the last block of `size` bytes.
size_t stream_padding(uint64_t size);
// The contents of an entry that describes the next one, with a NUL behind them and without their padding; to be freed. Fails when they
// are longer than any name or attribute can be.
char *stream_text(uint64_t size);
// Reads to the end, so that whoever writes (and counts what was written) is done too.
void stream_drain(void);
