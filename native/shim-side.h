// The side process, as its shim sees to it: started again when it dies, for the container needs its ports and names.
#pragma once
#include "shim.h"

// Milliseconds until it is to be started again; -1: it lives, or is not needed.
int shim_side_due(const struct shim *shim);
// Starts it again where that is due.
void shim_side_renew(struct shim *shim);
// Gives the published ports back.
void shim_side_close_ports(struct shim *shim);
