// What a shim does when its process has ended, or is not to be.
#pragma once
#include "shim.h"

// Everything the container leaves is undone: processes, groups. Fills in whether memory had run out.
void shim_undo(struct shim *shim, bool *had_oom);
// The exit is kept and told to all; waits for the connections to take it.
void shim_conclude(struct shim *shim);
