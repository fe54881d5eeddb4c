// How a failure reaches whoever started the process: stderr by default, a channel or a control connection where one is set.
#pragma once
#include "slipway.h"

// Statuses of a start that failed, as Docker counts them.
enum { CODE_CANNOT_RUN = 126, CODE_NOT_FOUND = 127, CODE_SETUP = 128 };

// From now on failures go to `report`, which must not return.
void fail_through(void (*report)(int code, const char *text));
// As failf, with a status other than CODE_SETUP and no step before the text.
__attribute__((noreturn, format(printf, 2, 3))) void fail_code(int code, const char *format, ...);
// strerror with a small first letter, as Docker's clients look for it. Valid until the next call.
const char *reason(int error);
