// Where mounts come from: folders of the host, parts of them, and what other containers have mounted.
#pragma once
#include "bind-mount.h"

// An O_PATH descriptor of `source`, or of what is at `subpath` below it: no link there can lead out. -1 and errno for a
// source that cannot be opened; fails with the path in words where there is no such part of it.
int source_open(const char *source, const char *subpath);
// A detached copy of what the container of a process has mounted; `shared_with` is `PID:PATH`. -1 when it has ended, or has nothing there.
int source_of_other(const char *shared_with, const struct bind_request *request);
