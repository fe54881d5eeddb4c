// Pseudo terminals inside a container.
#pragma once
#include "specification.h"

// Opens a new one in the devpts of `root`, gives it the size asked for, and sends its master to the shim. Returns the slave.
int terminal_open(const struct specification *specification, int root, int channel);
