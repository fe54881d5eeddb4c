// Whoever has entered a network namespace cannot come back, unless he is root of the one he came from: children enter it.
#define _GNU_SOURCE
#include "channel.h"
#include "uplink.h"
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { DONE = 'D' };

__attribute__((noreturn)) static void work_inside(const struct uplink *uplink, inside_work work, const void *what, int channel) {
  prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  channel_reports_failures(channel);
  if (setns(uplink->engine, CLONE_NEWNET) < 0) fail("entering the engine's network");
  channel_send(channel, DONE, NULL, work(what));
  _exit(0);
}

static bool await(int channel, int other) {
  struct pollfd either[] = {{.fd = channel, .events = POLLIN}, {.fd = other, .events = POLLIN}};
  while (poll(either, 2, -1) < 0) continue;
  return either[0].revents != 0;
}

static bool judge(int channel, int *result, char why[UPLINK_REASON]) {
  static struct message message;
  if (!channel_receive(channel, &message)) {
    snprintf(why, UPLINK_REASON, "a process in the engine's network has died");
    return false;
  }
  *result = message.fd;
  // The first byte of a failure is its code.
  if (message.type == CHANNEL_FAILED) snprintf(why, UPLINK_REASON, "%.*s", UPLINK_REASON - 1, message.text + 1);
  return message.type == DONE;
}

bool inside(const struct uplink *uplink, inside_work work, const void *what, int other, int *result, char why[UPLINK_REASON]) {
  int channel[2];
  *why = 0;
  *result = -1;
  channel_pair(channel);
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) work_inside(uplink, work, what, channel[1]);
  close(channel[1]);
  bool done = await(channel[0], other) && judge(channel[0], result, why);
  kill(child, SIGKILL);
  waitpid(child, NULL, 0);
  close(channel[0]);
  return done;
}
