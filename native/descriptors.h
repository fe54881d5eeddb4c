#pragma once
#include <stddef.h>

// Closes every descriptor but 0, 1, 2 and these; those below 0 are none. Sorts them.
void descriptors_keep_only(int *kept, size_t count);
// Descriptors 0, 1 and 2 are /dev/null from now on.
void descriptors_leave_standard(void);
