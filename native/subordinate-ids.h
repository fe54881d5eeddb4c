// The ids that /etc/subuid and /etc/subgid grant to a user.
#pragma once
#include "slipway.h"

struct id_range {
  unsigned long first, count;
};

// First range granted to the user in `file`, by name or number; count 0 when there is none.
struct id_range subordinate_range(const char *file, uid_t uid);
// Path of a program, looked for where set-user-id programs are; NULL when it is missing.
const char *find_mapper(const char *name);
