// TCP connections, of published ports and of containers that go out: each accepted connection is joined to one of its own to where it
// leads by splice(2), so that the bytes never pass through this process. A pipe is held only while bytes are in it: an idle connection
// costs two descriptors.
#define _GNU_SOURCE
#include "net-connecting.h"
#include "net-egress.h"
#include "net-pipe.h"
#include "net-side.h"
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
  TURN = 1024 * 1024,  // bytes one direction may move before the others have their turn
  ACCEPTS = 64,        // connections taken from one listener in one turn
  PAUSE = 100,         // milliseconds without accepting when descriptors have run out
};

struct listener {
  struct watch watch;
  struct way_out way;  // of all connections, unless each has its own:
  way_chooser choose;
  bool leads_nowhere;  // just now
  struct listener *next;
};

// One direction of a connection.
struct half {
  struct pipe pipe; // out is -1 where none is held
  size_t held;      // bytes in the pipe
  bool ended;       // the source has said everything
  bool done;        // and the destination has been told
};

struct connection {
  struct watch client, server;
  struct half request, response; // client to server, server to client
  struct connection *next;       // in the backlog
  struct connecting connecting;
  bool connected, queued, dead;
  bool broken; // by one side, also when it had nothing more to say: the other is told when it has been given all there was
};

enum outcome { WAIT, MORE, BROKEN };

static struct listener *listeners;
static struct connection *backlog_first, **backlog_end = &backlog_first;
static struct aged pausing;

static enum outcome fill(struct half *half, int from) {
  if (!pipe_take(&half->pipe)) return BROKEN;
  ssize_t count = splice(from, NULL, half->pipe.in, NULL, PIPE_SIZE, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
  if (count > 0) {
    half->held = (size_t)count;
    return MORE;
  }
  int error = count < 0 ? errno : 0;
  pipe_give_back(&half->pipe);
  if (error == EINTR) return MORE;
  if (error == EAGAIN) return WAIT;
  half->ended = true;
  return error ? BROKEN : MORE;
}

static enum outcome drain(struct half *half, int to) {
  while (half->held > 0) {
    ssize_t count = splice(half->pipe.out, NULL, to, NULL, half->held, SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
    if (count > 0) {
      half->held -= (size_t)count;
      continue;
    }
    if (count < 0 && errno == EINTR) continue;
    return count < 0 && errno == EAGAIN ? WAIT : BROKEN;
  }
  pipe_give_back(&half->pipe);
  return MORE;
}

// Moves bytes until one side has to be waited for or the turn is over.
static enum outcome pump(struct half *half, int from, int to) {
  size_t moved = 0;
  while (!half->done) {
    if (half->held == 0 && !half->ended) {
      enum outcome filled = fill(half, from);
      if (filled != MORE) return filled;
      moved += half->held;
    }
    enum outcome drained = drain(half, to);
    if (drained != MORE) return drained;
    if (half->ended) {
      shutdown(to, SHUT_WR);
      half->done = true;
    }
    if (moved >= TURN) return MORE;
  }
  return WAIT;
}

static void resume_accepting(struct aged *member) {
  (void)member;
  for (struct listener *listener = listeners; listener; listener = listener->next) watch_change(&listener->watch, EPOLLIN);
}

static struct age_list pauses = {.lifetime = PAUSE, .expired = resume_accepting};

// Without descriptors a listener that stays readable would keep this process busy for nothing.
static void pause_accepting(void) {
  for (struct listener *listener = listeners; listener; listener = listener->next) watch_change(&listener->watch, 0);
  age_start(&pauses, &pausing);
}

// Makes close(2) send a reset, which tells the other side that this was no orderly end.
static void reset_on_close(int fd) {
  struct linger linger = {.l_onoff = 1};
  if (fd >= 0) setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger);
}

static void end(struct connection *connection, bool orderly) {
  if (!orderly) {
    reset_on_close(connection->client.fd);
    reset_on_close(connection->server.fd);
  }
  connecting_end(&connection->connecting);
  watch_end(&connection->client);
  watch_end(&connection->server);
  pipe_close(&connection->request.pipe);
  pipe_close(&connection->response.pipe);
  connection->dead = true;
  if (!connection->queued) loop_bury(connection);
}

static void queue(struct connection *connection) {
  if (connection->queued) return;
  connection->queued = true;
  connection->next = NULL;
  *backlog_end = connection;
  backlog_end = &connection->next;
}

static void go_on(struct connection *connection) {
  int client = connection->client.fd, server = connection->server.fd;
  enum outcome request = pump(&connection->request, client, server);
  enum outcome response = request == BROKEN ? BROKEN : pump(&connection->response, server, client);
  if (response == BROKEN)
    end(connection, false);
  else if (connection->request.done && connection->response.done)
    end(connection, true);
  else if (request == MORE || response == MORE)
    queue(connection);
  else if (connection->broken && connection->request.held == 0 && connection->response.held == 0)
    end(connection, false);
}

// Gives each connection that was waiting for its turn one more.
static bool work_backlog(void) {
  struct connection *connection = backlog_first;
  backlog_first = NULL;
  backlog_end = &backlog_first;
  while (connection) {
    struct connection *next = connection->next;
    connection->queued = false;
    if (connection->dead)
      loop_bury(connection);
    else
      go_on(connection);
    connection = next;
  }
  return backlog_first != NULL;
}

static void client_ready(struct watch *watch, uint32_t events) {
  struct connection *connection = CONTAINER_OF(watch, struct connection, client);
  if (events & EPOLLERR) connection->broken = true;
  if (connection->connected)
    go_on(connection);
  else if (events & (EPOLLERR | EPOLLHUP))
    end(connection, false);
}

static void server_ready(struct watch *watch, uint32_t events) {
  struct connection *connection = CONTAINER_OF(watch, struct connection, server);
  if (!connection->connected) {
    int error = 0;
    socklen_t length = sizeof error;
    if (!(events & (EPOLLOUT | EPOLLERR | EPOLLHUP))) return;
    if (getsockopt(watch->fd, SOL_SOCKET, SO_ERROR, &error, &length) < 0 || error) {
      end(connection, false);
      return;
    }
    connection->connected = true;
    connecting_end(&connection->connecting);
  } else if (events & EPOLLERR) {
    connection->broken = true;
  }
  go_on(connection);
}

static void set_options(int fd) {
  int on = 1;
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  // A peer that vanished without a word must not hold descriptors for ever.
  setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

static void give_up(struct connecting *connecting) { end(CONTAINER_OF(connecting, struct connection, connecting), false); }

static void refuse(int client, int server) {
  reset_on_close(client);
  close(client);
  if (server >= 0) close(server);
}

// Joins a client to where it leads by a socket that is not connected yet.
static void join(int client, int server, const struct sockaddr_storage *target) {
  set_options(client);
  set_options(server);
  struct connection *connection = calloc(1, sizeof *connection);
  bool begun = connect(server, (const struct sockaddr *)target, address_length(target)) == 0 || errno == EINPROGRESS;
  if (!connection || !begun) {
    refuse(client, server);
    free(connection);
    return;
  }
  connection->client = (struct watch){client_ready, client};
  connection->server = (struct watch){server_ready, server};
  connection->connecting.give_up = give_up;
  connecting_begin(&connection->connecting);
  connection->request.pipe = connection->response.pipe = (struct pipe){-1, -1};
  // Edge-triggered for all there is, once: no further system call is needed to change what is waited for.
  uint32_t events = EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET;
  if (!watch_start(&connection->client, events) || !watch_start(&connection->server, events)) end(connection, false);
}

static bool is_exhausted(int error) { return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM; }

// The descriptor that a client will need is set aside before the client is accepted: when descriptors run out, clients wait in the
// listener's queue instead of being turned away. False: no more now.
static bool accept_one(const struct listener *listener) {
  int server = way_socket(&listener->way, SOCK_STREAM);
  int client = server < 0 ? -1 : accept4(listener->watch.fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
  if (client < 0) {
    int error = errno;
    if (server >= 0) close(server);
    if (is_exhausted(error) && connecting_make_room()) return true;
    if (is_exhausted(error)) pause_accepting();
    return error == ECONNABORTED || error == EINTR;
  }
  struct way_out way = listener->way;
  if (listener->choose) {
    close(server);
    server = listener->choose(client, &way) ? way_socket(&way, SOCK_STREAM) : -1;
  }
  if (server < 0 || listener->leads_nowhere)
    refuse(client, server);
  else
    join(client, server, &way.target);
  return true;
}

static void listener_ready(struct watch *watch, uint32_t events) {
  (void)events;
  struct listener *listener = CONTAINER_OF(watch, struct listener, watch);
  if (!listener->choose) listener->leads_nowhere = !side_port_target(&listener->way.target);
  for (int i = 0; i < ACCEPTS; i++)
    if (!accept_one(listener)) return;
}

static void listen_on(int fd, struct way_out way, way_chooser choose) {
  if (!listeners) {
    age_list_register(&pauses);
    connecting_open();
    loop_set_backlog(work_backlog);
    pipe_set_aside();
  }
  struct listener *listener = calloc(1, sizeof *listener);
  if (!listener) fail("listener");
  *listener = (struct listener){.watch = {listener_ready, fd}, .way = way, .choose = choose, .next = listeners};
  listeners = listener;
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  if (!watch_start(&listener->watch, EPOLLIN)) fail("watch a published port");
}

void tcp_proxy_start(int fd, const struct sockaddr_storage *target) {
  listen_on(fd, (struct way_out){.target = *target}, NULL);
}

void tcp_proxy_start_choosing(int fd, way_chooser choose) {
  // The family matters to nobody: a socket of it only holds the place.
  listen_on(fd, (struct way_out){.target.ss_family = AF_INET}, choose);
}
