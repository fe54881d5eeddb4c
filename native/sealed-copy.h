// Keeping the binary out of reach of containers.
#pragma once
#include "slipway.h"

// Whether this process runs from a sealed copy.
bool sealed_copy_is_running(void);
// Executes the same command line once more, from a sealed copy: the anchor's when it is a copy of this very binary, else a new one. With
// the text in standard input's place; NULL: standard input as it is.
__attribute__((noreturn)) void sealed_copy_execute(char **argv, pid_t anchor, const char *input, size_t length);
