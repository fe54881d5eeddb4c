#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "oom-watch.h"

static int open_in(const char *directory, const char *file, int flags) {
  char path[PATH_MAX];
  snprintf(path, sizeof path, "%s/%s", directory, file);
  return open(path, flags | O_CLOEXEC);
}

static unsigned long kills(int fd) {
  char text[1024];
  ssize_t length = pread(fd, text, sizeof text - 1, 0);
  if (length <= 0) return 0;
  text[length] = '\0';
  const char *count = strstr(text, "\noom_kill "); // not the first line
  return count == NULL ? 0 : strtoul(count + 10, NULL, 10);
}

// Version 1 tells an eventfd whenever it looks for a process to kill.
static int register_eventfd(const char *directory, int control) {
  char text[32];
  int events = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  int registration = open_in(directory, "cgroup.event_control", O_WRONLY);
  int length = snprintf(text, sizeof text, "%d %d", events, control);
  bool is_registered = events >= 0 && registration >= 0 && write(registration, text, (size_t)length) == length;
  if (registration >= 0) close(registration);
  if (is_registered) return events;
  if (events >= 0) close(events);
  return -1;
}

struct oom_watch oom_watch_open(const struct list *directories) {
  for (size_t i = 0; i < directories->count; i++) {
    int fd = open_in(directories->items[i], "memory.events", O_RDONLY);
    if (fd >= 0) return (struct oom_watch){.fd = fd, .events = POLLPRI, .counts = true, .seen = kills(fd)};
    int control = open_in(directories->items[i], "memory.oom_control", O_RDONLY);
    if (control < 0) continue;
    fd = register_eventfd(directories->items[i], control);
    close(control);
    return (struct oom_watch){.fd = fd, .events = POLLIN};
  }
  return (struct oom_watch){.fd = -1};
}

bool oom_watch_take(struct oom_watch *watch) {
  uint64_t times;
  if (!watch->counts) return read(watch->fd, &times, sizeof times) == sizeof times;
  unsigned long before = watch->seen;
  watch->seen = kills(watch->fd);
  return watch->seen > before;
}
