// The connections that control a shim: how they come, what is done for their frames, how they are parted with.
#pragma once
#include <poll.h>

#include "shim.h"

// Takes a connection that waits at the listener, and tells it what others have been told.
void shim_control_accept(struct shim *shim);
// Flushes and reads what `set` says is ready; it stands in the order of the connections.
void shim_control_serve(struct shim *shim, const struct pollfd *set);
// Parts with those that are closed, whether found so when read or when something was to be sent.
void shim_control_sweep(struct shim *shim);
// The frame that says which process it is.
void shim_tell_process(struct shim *shim, struct connection *connection);
// Lets the process execute once it is ready and a connection has said that it may.
void shim_let_go(struct shim *shim);
