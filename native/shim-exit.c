#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"
#include "shim-exit.h"
#include "shim-side.h"

enum { FAREWELL_MILLISECONDS = 10000 };

static void end_child(pid_t *pid) {
  if (*pid <= 0) return;
  kill(*pid, SIGKILL);
  while (waitpid(*pid, NULL, 0) < 0 && errno == EINTR) continue;
  *pid = 0;
}

// In the host's pid namespace what the process leaves behind becomes the shim's: killed until there is none.
static void end_descendants(void) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
  for (;;) {
    FILE *file = fopen(path, "re");
    int pid, count = 0;
    while (file != NULL && fscanf(file, "%d", &pid) == 1) count += kill(pid, SIGKILL) == 0;
    if (file != NULL) fclose(file);
    if (count == 0) return;
    while (waitpid(-1, NULL, 0) < 0 && errno == EINTR) continue;
  }
}

void shim_undo(struct shim *shim, bool *had_oom) {
  const struct specification *s = shim->specification;
  end_child(&shim->process);
  end_child(&shim->side);
  shim_side_close_ports(shim);
  if (s->target != 0) return;
  if (!shim->ends_with_process_tree) end_descendants();
  *had_oom = cgroup_had_oom(&s->cgroups);
  cgroup_remove(&s->cgroups);
}

static void keep_exit(const char *name, const char *text) {
  char temporary[4096];
  snprintf(temporary, sizeof temporary, "%s.new", name);
  int fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  if (fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text) || fdatasync(fd) < 0) fail(temporary);
  close(fd);
  if (rename(temporary, name) < 0) fail(name);
}

static void stop_listening(struct shim *shim) {
  if (shim->listener < 0) return;
  close(shim->listener);
  unlink(shim->specification->ctl);
  shim->listener = -1;
}

long shim_clock(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool await(int fd, short events, long deadline) {
  long left = deadline - shim_clock();
  struct pollfd waiting = {.fd = fd, .events = events};
  return left > 0 && poll(&waiting, 1, (int)left) > 0;
}

// Closed with something unread in it, or written to after it was closed, a socket fails at the other end before all has been read there:
// what still comes is thrown away until the other side has closed, too.
static void await_end(int fd, long deadline) {
  static char discarded[4096];
  while (await(fd, POLLIN, deadline)) {
    ssize_t count = recv(fd, discarded, sizeof discarded, MSG_DONTWAIT);
    if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) return;
  }
}

// Whoever does not read what is left for ten seconds does without.
static void say_farewell(struct shim *shim) {
  long deadline = shim_clock() + FAREWELL_MILLISECONDS;
  for (struct connection *c = shim->connections; c != NULL; c = c->next) {
    while (c->fd >= 0 && connection_pending(c) > 0 && await(c->fd, POLLOUT, deadline)) connection_flush(c);
    if (c->fd >= 0) shutdown(c->fd, SHUT_WR);
  }
  for (struct connection *c = shim->connections; c != NULL; c = c->next) {
    if (c->fd >= 0) await_end(c->fd, deadline);
    connection_close(c);
  }
}

void shim_conclude(struct shim *shim) {
  struct timespec now;
  char text[64];
  bool had_oom = false;
  clock_gettime(CLOCK_REALTIME, &now);
  shim->process = 0; // reaped
  shim_undo(shim, &had_oom);
  snprintf(text, sizeof text, "%d %d %lld.%09ld", shim->status, had_oom, (long long)now.tv_sec, now.tv_nsec);
  if (shim->specification->exit != NULL) keep_exit(shim->specification->exit, text);
  stop_listening(shim);
  for (struct connection *c = shim->connections; c != NULL; c = c->next) connection_send(c, 'X', text, strlen(text));
  say_farewell(shim);
}

void shim_abandon(struct shim *shim, int code, const char *text) {
  bool had_oom;
  char coded[4200];
  shim_undo(shim, &had_oom);
  stop_listening(shim);
  snprintf(coded, sizeof coded, "%d %s", code, text);
  for (struct connection *c = shim->connections; c != NULL; c = c->next) connection_send(c, 'F', coded, strlen(coded));
  say_farewell(shim);
  _exit(1);
}
