#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "descriptors.h"
#include "slipway.h"

static int by_number(const void *one, const void *other) { return *(const int *)one - *(const int *)other; }

void descriptors_keep_only(int *kept, size_t count) {
  qsort(kept, count, sizeof *kept, by_number);
  unsigned next = 3;
  for (size_t i = 0; i < count; i++) {
    if (kept[i] < 3) continue;
    if ((unsigned)kept[i] > next) close_range(next, (unsigned)kept[i] - 1, 0);
    next = (unsigned)kept[i] + 1;
  }
  close_range(next, ~0U, 0);
}

void descriptors_leave_standard(void) {
  int null = open("/dev/null", O_RDWR | O_CLOEXEC);
  if (null < 0) fail("/dev/null");
  for (int fd = 0; fd < 3; fd++)
    if (dup2(null, fd) < 0) fail("/dev/null");
  close(null);
}
