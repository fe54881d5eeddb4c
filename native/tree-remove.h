// Removal of whole trees.
#pragma once
#include "slipway.h"

// Removes `name` in the folder `parent` is open on, with all below; follows no link, enters no mount. Missing is fine. `shown` is
// what it is called in errors.
void tree_remove(int parent, const char *name, const char *shown);
