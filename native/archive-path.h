// Names of an archive's entries as paths inside the root.
#pragma once
#include "slipway.h"

// `path` from the root, with no slashes at its end: "/" or "/a/b". The caller's to free.
char *archive_path_absolute(const char *path);
// `name` below `base` (as above) with "." and ".." worked out; `base` itself for a name that comes to nothing. NULL when it leads
// out of `base`. The caller's to free.
char *archive_path_join(const char *base, const char *name);
// `path` from the root with "." and ".." worked out; above the root is the root. The caller's to free.
char *archive_path_clean(const char *path);
// The last name of a path as archive_path_absolute gives it; "/" for the root.
const char *archive_path_name(const char *path);
