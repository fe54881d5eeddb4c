// The options field of a `mount` directive, taken apart.
#pragma once
#include "slipway.h"

struct mount_options {
  unsigned long flags;       // for mount(2)
  uint64_t attributes;       // the same, for mount_setattr(2): what a bind is given on top of what its source has
  uint64_t propagation;      // MS_PRIVATE and the like; 0 when not asked for
  bool recursive_propagation;
  bool readonly_here;        // of a bind: read-only itself, but not what is mounted below it
  char *subpath;             // what of the source is mounted; NULL: all of it
  char *shared_with;         // PID:PATH, or NULL
  char *data;                // what goes to the file system; may be empty
};

// `options` is left as it is.
struct mount_options mount_options_parse(const char *options);
void mount_options_free(struct mount_options *options);
// Takes `name=…` out of the data. True when it was there.
bool mount_options_drop(char *data, const char *name);
// The value of `name=…` in data as a new string, or NULL.
char *mount_options_value(const char *data, const char *name);
