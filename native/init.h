// The small init that `init` puts before the command.
#pragma once
#include <stdbool.h>

// Forks. Returns in the child, which is to become the command; the parent stays as process 1, passes signals on to the child, reaps
// whatever ends, and ends as the child does.
void init_supervise(bool has_terminal);
