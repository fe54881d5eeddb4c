// `drained FD`: returns once the other side of a unix stream socket that the caller has handed down has read all that was sent to it, or is
// gone, which empties the queue as well. No event tells of either, so the length of the queue is looked at again and again. It ends with
// its caller: until then it keeps the connection open.
#define _GNU_SOURCE
#include <linux/sockios.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <time.h>

#include "slipway.h"

#define FIRST_PAUSE (50 * 1000L)         // nanoseconds: a client that waits for its answer reads at once
#define LONGEST_PAUSE (20 * 1000 * 1000L) // and one that does not is not worth more than fifty looks per second

int command_drained(int argc, char **argv) {
  if (argc != 1) failf("arguments", "drained takes one file descriptor");
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) fail("prctl");
  int socket = atoi(argv[0]);
  for (struct timespec pause = {0, FIRST_PAUSE};;) {
    int unread;
    if (ioctl(socket, SIOCOUTQ, &unread) < 0) fail("the socket's queue");
    if (unread == 0) return 0;
    nanosleep(&pause, NULL);
    if (pause.tv_nsec < LONGEST_PAUSE) pause.tv_nsec *= 2;
  }
}
