// Entering namespaces: of the anchor, of another container, of the host.
#pragma once
#include "specification.h"

// The namespaces to be made for a container, as flags of clone3. Without CLONE_NEWCGROUP, which is unshared after the groups are joined.
uint64_t namespaces_to_make(const struct specification *specification);
// Enters those that are given by path, all but the pid namespace. Caller: the container's first process.
void namespaces_join(const struct specification *specification);
// Makes children of the caller be born in the pid namespace at `path`.
void namespace_for_children(const char *path);
