// Device nodes inside a root file system.
#pragma once
#include "slipway.h"

// `fields`: path, c or b, major, minor, mode. In a user namespace no node can be made: the host's is mounted instead, and one that
// the host does not have is a warning.
void device_make(int root, char **fields, bool rootless);
