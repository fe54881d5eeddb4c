// One loop over a handful of descriptors. The process's output is read only while every attached connection has room for it: that is
// how a slow reader slows the process down, as a pipe would. Once the process has ended nobody can be slowed down, and all is taken.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "channel.h"
#include "shim-control.h"
#include "shim-exit.h"
#include "shim-input.h"
#include "shim-side.h"
#include "shim.h"
#include "side.h"

enum { READ_SIZE = 32 * 1024, DRAIN_MILLISECONDS = 1000, FIXED = 7, SOME_CONNECTIONS = 16 };

void shim_take_signals(struct shim *shim) {
  sigset_t taken;
  sigemptyset(&taken);
  sigaddset(&taken, SIGCHLD);
  sigaddset(&taken, SIGTERM);
  sigprocmask(SIG_SETMASK, &taken, NULL);
  signal(SIGPIPE, SIG_IGN);
  signal(SIGHUP, SIG_IGN);
  signal(SIGINT, SIG_IGN);
  shim->signals = signalfd(-1, &taken, SFD_CLOEXEC | SFD_NONBLOCK);
  if (shim->signals < 0) fail("signalfd");
}

static void open_pipe(int *child, int *own, bool child_reads) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) < 0) fail("pipe");
  *child = ends[child_reads ? 0 : 1];
  *own = ends[child_reads ? 1 : 0];
  if (fcntl(*own, F_SETFL, O_NONBLOCK) < 0) fail("pipe");
}

void shim_open_stdio(struct shim *shim, int child[3]) {
  if (shim->specification->tty) return;
  if (shim->specification->stdin_mode == STDIN_NULL) {
    child[0] = open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (child[0] < 0) fail("/dev/null");
  } else {
    open_pipe(&child[0], &shim->input, true);
  }
  open_pipe(&child[1], &shim->output[0], false);
  open_pipe(&child[2], &shim->output[1], false);
}

static void tell_all(struct shim *shim, char type, const char *text) {
  for (struct connection *c = shim->connections; c != NULL; c = c->next) connection_send(c, type, text, strlen(text));
}

void shim_warn(struct shim *shim, const char *what, int error) {
  char text[128];
  snprintf(text, sizeof text, "%s: %s", what, strerror(error));
  tell_all(shim, 'N', text);
}

static void keep_terminal(struct shim *shim, int master) {
  shim->output[0] = master;
  shim->terminal = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  shim->input = fcntl(master, F_DUPFD_CLOEXEC, 0);
  if (shim->terminal < 0 || shim->input < 0) fail("terminal");
  shim->has_had_terminal = true;
  shim_input_flush(shim);
}

static void take_message(struct shim *shim) {
  struct message message;
  if (!channel_receive(shim->channel, &message)) {
    close(shim->channel);
    shim->channel = -1;
    if (!shim->is_ready || !shim->may_go) return; // its death is about to be told
    shim->has_started = true;
    tell_all(shim, 'S', "");
    return;
  }
  switch (message.type) {
  case CHANNEL_FAILED: shim_abandon(shim, (unsigned char)message.text[0], message.text + 1);
  case CHANNEL_WARNING: tell_all(shim, 'N', message.text); break;
  case CHANNEL_TERMINAL: keep_terminal(shim, message.fd); break;
  case CHANNEL_READY:
    shim->is_ready = true;
    for (struct connection *c = shim->connections; c != NULL; c = c->next) shim_tell_process(shim, c);
    shim_let_go(shim);
    break;
  }
}

void shim_explain_failure(struct shim *shim) {
  shim->process = 0;
  take_message(shim);
  shim_abandon(shim, 128, "the process ended before it could be started");
}

// `number`: of the log's file before it was written.
static void check_log(struct shim *shim, long number, bool is_written) {
  if (shim->log.number != number) tell_all(shim, 'B', "");
  bool is_told = shim->log_has_failed;
  shim->log_has_failed = !is_written;
  if (is_written || is_told) return;
  shim_warn(shim, "the log cannot be written", shim->log.error);
}

static void end_output(struct shim *shim, int stream) {
  close(shim->output[stream]);
  shim->output[stream] = -1;
  long number = shim->log.number;
  check_log(shim, number, log_end(&shim->log, stream));
}

static void take_output(struct shim *shim, int stream) {
  static char bytes[READ_SIZE];
  ssize_t count = read(shim->output[stream], bytes, sizeof bytes);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) { // EIO: the terminal's last slave is closed
    end_output(shim, stream);
    return;
  }
  long number = shim->log.number;
  check_log(shim, number, log_write(&shim->log, stream, bytes, (size_t)count));
  for (struct connection *c = shim->connections; c != NULL; c = c->next)
    if (c->wants[stream]) connection_send(c, stream == 0 ? 'O' : 'E', bytes, (size_t)count);
}

static void note_exit(struct shim *shim, int status) {
  shim->has_exited = true;
  shim->status = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  if (shim->terminal >= 0) close(shim->terminal); // now the output can end
  shim->terminal = -1;
}

static void take_signals(struct shim *shim) {
  struct signalfd_siginfo info;
  while (read(shim->signals, &info, sizeof info) == sizeof info)
    if (info.ssi_signo == SIGTERM && !shim->has_exited) kill(shim->process, SIGTERM);
  int status;
  for (pid_t pid; (pid = waitpid(-1, &status, WNOHANG)) > 0;) {
    if (pid == shim->process) note_exit(shim, status);
    if (pid != shim->side) continue;
    shim->side = 0;
    shim->side_is_missing = side_stays(shim->specification);
    if (shim->side_is_missing) tell_all(shim, 'N', "the process that carries ports and names has died; another takes over");
  }
}

static bool has_room(const struct shim *shim, int stream) {
  if (shim->has_exited) return true;
  for (const struct connection *c = shim->connections; c != NULL; c = c->next)
    if (c->wants[stream] && connection_pending(c) >= CONNECTION_BUFFER_LIMIT) return false;
  return true;
}

// Poll sets: the fixed ones first, then one per connection in the order of the list.
static size_t prepare(const struct shim *shim, struct pollfd *set) {
  set[0] = (struct pollfd){.fd = shim->signals, .events = POLLIN};
  set[1] = (struct pollfd){.fd = shim->channel, .events = POLLIN};
  set[2] = (struct pollfd){.fd = shim->listener, .events = POLLIN};
  for (int stream = 0; stream < 2; stream++)
    set[3 + stream] = (struct pollfd){.fd = has_room(shim, stream) ? shim->output[stream] : -1, .events = POLLIN};
  set[5] = (struct pollfd){.fd = shim_input_is_pending(shim) ? shim->input : -1, .events = POLLOUT};
  set[6] = (struct pollfd){.fd = shim->oom.fd, .events = shim->oom.events};
  size_t count = FIXED;
  for (const struct connection *c = shim->connections; c != NULL; c = c->next) {
    short events = shim_input_has_room(shim) ? POLLIN : 0;
    if (connection_pending(c) > 0) events |= POLLOUT;
    set[count++] = (struct pollfd){.fd = c->fd, .events = events};
  }
  return count;
}

static void serve_once(struct shim *shim, int timeout) {
  static struct pollfd some[FIXED + SOME_CONNECTIONS];
  shim_control_sweep(shim);
  size_t wanted = FIXED;
  for (const struct connection *c = shim->connections; c != NULL; c = c->next) wanted++;
  struct pollfd *set = wanted <= sizeof some / sizeof *some ? some : calloc(wanted, sizeof *set);
  if (set == NULL) fail("memory");
  size_t count = prepare(shim, set);
  if (poll(set, count, timeout) < 0 && errno != EINTR) fail("poll");
  // Connections first: they stand in the set in the order they had then, and what follows may add some.
  shim_control_serve(shim, set + FIXED);
  if (set[5].revents != 0) shim_input_flush(shim);
  for (int stream = 0; stream < 2; stream++)
    if (set[3 + stream].revents != 0 && shim->output[stream] >= 0) take_output(shim, stream);
  if (set[1].revents != 0) take_message(shim);
  if (set[6].revents != 0 && oom_watch_take(&shim->oom)) tell_all(shim, 'M', "");
  if (set[2].revents != 0) shim_control_accept(shim);
  if (set[0].revents != 0) take_signals(shim);
  if (set != some) free(set);
}

static bool has_output(const struct shim *shim) {
  return shim->output[0] >= 0 || shim->output[1] >= 0;
}

int shim_serve(struct shim *shim) {
  while (!shim->has_exited) {
    serve_once(shim, shim_side_due(shim));
    shim_side_renew(shim);
  }
  // What a failed start said, or that the exec did succeed, may still lie in the channel.
  while (shim->channel >= 0) take_message(shim);
  if (!shim->has_started) shim_abandon(shim, 128, "the process ended before it could be started");
  // A process elsewhere that holds the other ends of the pipes must not keep the exit from being told.
  long deadline = shim_clock() + DRAIN_MILLISECONDS;
  for (long left; has_output(shim) && (left = deadline - shim_clock()) > 0;) serve_once(shim, (int)left);
  for (int stream = 0; stream < 2; stream++)
    if (shim->output[stream] >= 0) end_output(shim, stream);
  shim_conclude(shim);
  return 0;
}
