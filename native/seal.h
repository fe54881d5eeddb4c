// What becomes read-only only when everything has been mounted.
#pragma once
#include "mount-options.h"
#include "specification.h"

// Whether a file system is mounted writable and sealed at the end: in memory there is nothing at first, and what is mounted below needs a
// place there.
bool seal_is_due(const char *type, const struct mount_options *options);
void seal_file_systems(const struct specification *specification, int root);
