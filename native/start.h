// What `run` and `exec` have in common before their process exists.
#pragma once
#include "request.h"
#include "shim.h"

// Reads the specification, goes on from a sealed copy of the binary, and makes the calling process a shim: failures are told on fd 3,
// it is in a session of its own, in the anchor's user namespace when there is one, and in the container's folder.
void start_shim(struct shim *shim, struct specification *specification, char **argv);
// The same for a process that the starter has forked: the specification has come in `request`, and `connection` is what fd 3 is above.
void start_shim_for(struct shim *shim, struct specification *specification, int connection, const struct request *request);
// `run` and `exec` for such a process; the status of the shim.
int run_for(int connection, const struct request *request);
int exec_for(int connection, const struct request *request);
// Lets go of what belongs to the process now.
void start_release(int child_stdio[3]);
