#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"
#include "shim-exit.h"
#include "shim-side.h"

enum { FAREWELL_MILLISECONDS = 10000, EXIT_SIZE = 64 };

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

static const char *reserved_name(const struct shim *shim) {
  static char name[4096];
  snprintf(name, sizeof name, "%s.reserved", shim->specification->exit);
  return name;
}

void shim_reserve_exit(struct shim *shim) {
  if (shim->specification->exit == NULL) return;
  const char *name = reserved_name(shim);
  char blank[EXIT_SIZE];
  memset(blank, ' ', sizeof blank);
  int fd = open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  shim->has_reserved_exit = fd >= 0;
  if (fd < 0 || write(fd, blank, sizeof blank) != sizeof blank) fail(name);
  close(fd);
}

// Written over what was reserved, which a full disk does not prevent. What is left of that is blank, and cut off.
static bool keep_exit(const struct shim *shim, const char *text) {
  const char *name = reserved_name(shim);
  int fd = open(name, O_WRONLY | O_CREAT | O_CLOEXEC, 0640);
  ssize_t length = (ssize_t)strlen(text);
  bool is_kept = fd >= 0 && write(fd, text, (size_t)length) == length && ftruncate(fd, length) == 0 && fdatasync(fd) == 0;
  if (fd >= 0) close(fd);
  return is_kept && rename(name, shim->specification->exit) == 0;
}

static void stop_listening(struct shim *shim) {
  if (shim->listener < 0) return;
  // Another shim may have taken the name meanwhile: while this listener is open, no other socket has its inode.
  const char *name = shim->specification->ctl;
  struct stat status;
  if (lstat(name, &status) == 0 && status.st_ino == shim->listener_inode) unlink(name);
  close(shim->listener);
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
  // Whoever listens is told all the same.
  if (shim->specification->exit != NULL && !keep_exit(shim, text)) shim_warn(shim, "the exit status cannot be kept", errno);
  stop_listening(shim);
  for (struct connection *c = shim->connections; c != NULL; c = c->next) connection_send(c, 'X', text, strlen(text));
  say_farewell(shim);
}

void shim_abandon(struct shim *shim, int code, const char *text) {
  bool had_oom;
  char coded[4200];
  shim_undo(shim, &had_oom);
  if (shim->has_reserved_exit) unlink(reserved_name(shim));
  stop_listening(shim);
  snprintf(coded, sizeof coded, "%d %s", code, text);
  for (struct connection *c = shim->connections; c != NULL; c = c->next) connection_send(c, 'F', coded, strlen(coded));
  say_farewell(shim);
  _exit(1);
}
