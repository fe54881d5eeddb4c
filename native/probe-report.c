#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fail.h"
#include "probe-report.h"

static int complaints = -1;

char *json_string(const char *text) {
  char *quoted = malloc(strlen(text) * 6 + 3), *out = quoted;
  if (quoted == NULL) fail("memory");
  *out++ = '"';
  for (; *text != '\0'; text++) {
    if (*text == '"' || *text == '\\') *out++ = '\\';
    if ((unsigned char)*text < 0x20) out += sprintf(out, "\\u%04x", *text);
    else *out++ = *text;
  }
  strcpy(out, "\"");
  return quoted;
}

static void append(char **text, const char *name, const char *value) {
  char *longer = NULL;
  if (asprintf(&longer, "%s\"%s\":%s,", *text == NULL ? "" : *text, name, value) < 0) fail("memory");
  free(*text);
  *text = longer;
}

void report_json(struct report *report, const char *name, const char *text) {
  append(&report->members, name, text);
}

void report_text(struct report *report, const char *name, const char *value) {
  char *quoted = value == NULL ? NULL : json_string(value);
  report_json(report, name, quoted == NULL ? "null" : quoted);
  free(quoted);
}

void report_number(struct report *report, const char *name, unsigned long value) {
  char text[32];
  snprintf(text, sizeof text, "%lu", value);
  report_json(report, name, text);
}

void report_reason(struct report *report, const char *name, const char *reason) {
  char *quoted = json_string(reason);
  append(&report->reasons, name, quoted);
  free(quoted);
}

void report_flag(struct report *report, const char *name, bool value, const char *reason) {
  report_json(report, name, value ? "true" : "false");
  if (!value && reason != NULL) report_reason(report, name, reason);
}

static void complain(int code, const char *text) {
  (void)code;
  if (write(complaints, text, strlen(text)) < 0) _exit(2);
  _exit(1);
}

struct attempt attempt_start(void (*attempt)(void)) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) fail("pipe");
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    complaints = ends[1];
    fail_through(complain);
    attempt();
    _exit(0);
  }
  close(ends[1]);
  return (struct attempt){child, ends[0]};
}

void attempt_report(struct report *report, const char *name, const struct attempt *attempt) {
  char text[1024];
  ssize_t length = read(attempt->complaints, text, sizeof text - 1);
  close(attempt->complaints);
  int status;
  while (waitpid(attempt->child, &status, 0) < 0 && errno == EINTR) continue;
  text[length < 0 ? 0 : length] = '\0';
  report_flag(report, name, WIFEXITED(status) && WEXITSTATUS(status) == 0, length > 0 ? text : "the attempt ended without a word");
}

void report_attempt(struct report *report, const char *name, void (*attempt)(void)) {
  const struct attempt started = attempt_start(attempt);
  attempt_report(report, name, &started);
}

void report_print(const struct report *report) {
  size_t length = report->reasons == NULL ? 0 : strlen(report->reasons) - 1; // without the last comma
  printf("{%s\"reasons\":{%.*s}}\n", report->members, (int)length, length == 0 ? "" : report->reasons);
}
