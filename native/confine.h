// Restricting what files a process can reach at all, by Landlock, where the kernel has it.
#pragma once
#include "slipway.h"

// From now on only files in the folders that hold `paths` can be read, and none written. A kernel without Landlock changes nothing.
void confine_to_reading(const struct list *paths);
