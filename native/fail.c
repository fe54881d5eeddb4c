// The one way to give up. The binary undoes nothing by hand: namespaces and mounts end with their processes, and what outlives
// those (cgroups, sockets) is undone by the shim, to which its children report.
#define _GNU_SOURCE
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fail.h"

static void (*reporter)(int code, const char *text);

void fail_through(void (*report)(int code, const char *text)) {
  reporter = report;
}

const char *reason(int error) {
  static char text[128];
  snprintf(text, sizeof text, "%s", strerror(error));
  text[0] = (char)tolower((unsigned char)text[0]);
  return text;
}

__attribute__((noreturn)) static void give_up(int code, const char *text) {
  if (reporter != NULL) reporter(code, text);
  fprintf(stderr, "slipway-native: %s\n", text);
  exit(1);
}

void fail(const char *step) {
  int error = errno;
  failf(step, "%s", reporter != NULL ? reason(error) : strerror(error));
}

void failf(const char *step, const char *format, ...) {
  char text[4096];
  va_list arguments;
  va_start(arguments, format);
  int length = snprintf(text, sizeof text, "%s: ", step);
  if (length > 0 && (size_t)length < sizeof text)
    vsnprintf(text + length, sizeof text - (size_t)length, format, arguments);
  va_end(arguments);
  give_up(CODE_SETUP, text);
}

void fail_code(int code, const char *format, ...) {
  char text[4096];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  give_up(code, text);
}
