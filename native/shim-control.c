#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "channel.h"
#include "shim-control.h"
#include "shim-input.h"

void shim_listen(struct shim *shim) {
  const char *name = shim->specification->ctl;
  shim->listener = -1;
  if (name == NULL) return;
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (strlen(name) >= sizeof address.sun_path) failf("control socket", "%s: name too long", name);
  strcpy(address.sun_path, name); // relative to the container's folder, however deep that is
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) fail("control socket");
  if (unlink(name) < 0 && errno != ENOENT) fail(name);
  mode_t mask = umask(0177);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, SOMAXCONN) < 0) fail(name);
  umask(mask);
  struct stat status;
  if (lstat(name, &status) < 0) fail(name);
  shim->listener_inode = status.st_ino;
  shim->listener = fd;
}

void shim_let_go(struct shim *shim) {
  if (shim->may_go && shim->is_ready) channel_send(shim->channel, CHANNEL_GO, NULL, -1);
}

void shim_tell_process(struct shim *shim, struct connection *connection) {
  char pid[16];
  snprintf(pid, sizeof pid, "%d", (int)shim->process);
  connection_send(connection, 'R', pid, strlen(pid));
}

static void greet(struct shim *shim, int fd) {
  struct connection *connection = connection_add(&shim->connections, fd);
  if (shim->ports != NULL) connection_send(connection, 'P', shim->ports, strlen(shim->ports));
  if (shim->is_ready) shim_tell_process(shim, connection);
  if (shim->has_started) connection_send(connection, 'S', NULL, 0);
}

void shim_control_accept(struct shim *shim) {
  int fd = accept4(shim->listener, NULL, NULL, SOCK_CLOEXEC);
  if (fd >= 0) greet(shim, fd);
}

// What went before is in the log up to the place that is told, and the beginnings of lines, which follow; all that comes later is sent.
static void tell_log_place(struct shim *shim, struct connection *connection) {
  char text[96];
  log_place(&shim->log, text);
  connection_send(connection, 'L', text, strlen(text));
  for (int stream = 0; stream < 2; stream++) {
    const struct log_partial *begun = &shim->log.partial[stream];
    if (connection->wants[stream] && begun->length > 0) connection_send(connection, stream == 0 ? 'O' : 'E', begun->text, begun->length);
  }
}

static void take_frame(void *context, struct connection *from, char type, const unsigned char *payload, size_t length) {
  struct shim *shim = context;
  switch (type) {
  case 'G':
    if (shim->may_go) break;
    shim->may_go = true;
    shim_let_go(shim);
    break;
  case 'A':
    if (length < 1) break;
    from->wants[0] = payload[0] & 1;
    from->wants[1] = payload[0] & 2;
    if (payload[0] & 4) tell_log_place(shim, from);
    break;
  case 'C': shim_input_end(shim); break;
  case 'W':
    if (length == 4 && shim->terminal >= 0) {
      struct winsize size = {.ws_row = (unsigned short)(payload[0] << 8 | payload[1]),
                             .ws_col = (unsigned short)(payload[2] << 8 | payload[3])};
      ioctl(shim->output[0], TIOCSWINSZ, &size); // a terminal that is closing has no size
    }
    break;
  case 'K':
    // The shim is the parent and reaps in this loop: the number is the process's own until then.
    if (length == 4 && !shim->has_exited) kill(shim->process, payload[2] << 8 | payload[3]);
    break;
  }
}

static void take_input(void *context, struct connection *from, const char *bytes, size_t length) {
  (void)from;
  shim_input_add(context, bytes, length);
}

void shim_control_serve(struct shim *shim, const struct pollfd *set) {
  const struct connection_handler handler = {take_frame, take_input, shim};
  for (struct connection *c = shim->connections; c != NULL; c = c->next, set++) {
    if (set->fd != c->fd || set->revents == 0) continue;
    if (set->revents & POLLOUT) connection_flush(c);
    if (c->fd >= 0 && set->revents & (POLLIN | POLLHUP | POLLERR)) connection_read(c, &handler);
  }
}

void shim_control_sweep(struct shim *shim) {
  for (struct connection *c = shim->connections; c != NULL; c = c->next) {
    if (c->fd >= 0) continue;
    if (c->has_fed && shim->specification->stdin_mode == STDIN_ONCE) shim_input_end(shim);
    if (c == shim->first && !shim->may_go) shim_abandon(shim, 128, "nobody waits for it any more");
    if (c == shim->first) shim->first = NULL;
  }
  connection_sweep(&shim->connections);
}
