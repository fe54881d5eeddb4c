// What `run` and `exec` have in common before their process exists.
#pragma once
#include "shim.h"

// Reads the specification, goes on from a sealed copy of the binary, and makes the calling process a shim: failures are told on fd 3,
// it is in a session of its own, in the anchor's user namespace when there is one, and in the container's folder.
void start_shim(struct shim *shim, struct specification *specification, char **argv);
// Lets go of what belongs to the process now.
void start_release(int child_stdio[3]);
