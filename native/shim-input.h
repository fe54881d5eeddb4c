// What connections send for the process's standard input, on its way there.
#pragma once
#include "shim.h"

void shim_input_add(struct shim *shim, const char *bytes, size_t length);
// No more will come: closes it when all has been taken. A terminal stays open, as there is nothing to close.
void shim_input_end(struct shim *shim);
void shim_input_flush(struct shim *shim);
bool shim_input_is_pending(const struct shim *shim);
bool shim_input_has_room(const struct shim *shim);
