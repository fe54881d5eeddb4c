// File systems that show the kernel's state: what is in them has no size before it is read.
#pragma once
#include "slipway.h"

// Whether a file or folder is on one.
bool kernel_view_has(int fd);
// What the file has to say now, as a file in memory, and its size. Fails for what says more than a few megabytes.
int kernel_view_read(int fd, const char *path, off_t *size);
