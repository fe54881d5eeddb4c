// `lock FD`: takes the lock of an open file that the caller has handed down. It belongs to the open file and not to this process: it stays
// when this process ends, and goes when the caller does, however that ends.
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>

#include "slipway.h"

int command_lock(int argc, char **argv) {
  if (argc != 1) failf("arguments", "lock takes one file descriptor");
  if (flock(atoi(argv[0]), LOCK_EX | LOCK_NB) == 0) puts("taken");
  else if (errno == EWOULDBLOCK) puts("held");
  else fail("lock");
  return 0;
}
