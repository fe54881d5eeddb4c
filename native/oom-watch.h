// Tells when the memory of a container's control groups has run out, while the container runs.
#pragma once
#include "slipway.h"

struct oom_watch {
  int fd;       // to be polled for `events`; -1: nothing tells
  short events;
  bool counts;  // version 2: the file with the count; version 1: an eventfd
  unsigned long seen;
};

struct oom_watch oom_watch_open(const struct list *directories);
// After the descriptor had something to say: whether memory has run out since the last time.
bool oom_watch_take(struct oom_watch *watch);
