// Paths inside a root file system that its own symbolic links cannot lead out of.
#pragma once
#include "slipway.h"

// openat2 with `root` as the root of every lookup. -1 and errno on failure.
int rooted_open(int root, const char *path, int flags);
// An O_PATH descriptor of the folder or file at `path`, which is created when missing, as its parents are. Fails when it cannot be.
int rooted_directory(int root, const char *path);
int rooted_file(int root, const char *path);
// The folder (created when missing) that holds the last component, which is written to `name` (NAME_MAX + 1 bytes).
int rooted_parent(int root, const char *path, char *name);
// Makes an empty file or a symbolic link; whatever has that name already stays.
void rooted_empty_file(int root, const char *path);
void rooted_symlink(int root, const char *target, const char *path);
