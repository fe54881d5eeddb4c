// Walking a tree by descriptors: the same care wherever a whole folder is read.
#pragma once
#include <sys/stat.h>

#include "slipway.h"

// Names in a folder, sorted, without "." and "..".
struct list tree_names(int folder, const char *shown);
void tree_names_free(struct list *names);

// Files that have more than one name, by device and inode. Gives the path under which one was seen before, or NULL after keeping
// a copy of this one.
const char *tree_seen_before(const struct stat *status, const char *path);

// Overlay's marks in a writable layer: a whiteout hides a name of the layers below, an opaque folder all that they have in it.
bool tree_is_whiteout(const struct stat *status);
bool tree_is_opaque(int folder);
