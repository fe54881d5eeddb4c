// The answer of `probe`: one JSON object, with the reasons for every "no" at its end.
#pragma once
#include "slipway.h"

struct report {
  char *members; // what has been reported, each with a comma after it
  char *reasons;
};

void report_text(struct report *report, const char *name, const char *value); // NULL: null
void report_number(struct report *report, const char *name, unsigned long value);
void report_flag(struct report *report, const char *name, bool value, const char *reason);
// `text` is JSON already.
void report_json(struct report *report, const char *name, const char *text);
void report_reason(struct report *report, const char *name, const char *reason);
// Runs `attempt` in a child; it has succeeded unless it fails. Why is kept as the reason.
void report_attempt(struct report *report, const char *name, void (*attempt)(void));
// The same in two steps, for one that takes the kernel a while: other attempts may go on meanwhile.
struct attempt {
  pid_t child;
  int complaints;
};
struct attempt attempt_start(void (*attempt)(void));
void attempt_report(struct report *report, const char *name, const struct attempt *attempt);
void report_print(const struct report *report);
// Text as a JSON string; the caller frees it.
char *json_string(const char *text);
