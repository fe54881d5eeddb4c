// A program at the other end of an uplink is tried before it is relied on: with connections to the host itself.
#define _GNU_SOURCE
#include "net-egress.h"
#include "uplink.h"
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
  PATIENCE = 10000, // milliseconds for the interface to be there
  ANSWER = 3000,    // and for an answer
};

static void await_interface(void) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
  struct sockaddr_nl links = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_LINK};
  static char notice[32768];
  if (fd < 0 || bind(fd, (struct sockaddr *)&links, sizeof links) < 0) fail("watching interfaces");
  while (if_nametoindex(uplink_interface) == 0) {
    struct pollfd told = {.fd = fd, .events = POLLIN};
    if (poll(&told, 1, PATIENCE) == 0) failf("interface", "it has made none");
    (void)!recv(fd, notice, sizeof notice, MSG_DONTWAIT);
  }
  close(fd);
}

// 0, or an errno.
static int connect_to(const struct sockaddr_in *address) {
  const int mark = UPLINK_MARK;
  int error = 0, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  socklen_t length = sizeof error;
  if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof mark) < 0) fail("socket");
  struct pollfd connected = {.fd = fd, .events = POLLOUT};
  if (connect(fd, (const struct sockaddr *)address, sizeof *address) < 0 && errno != EINPROGRESS)
    error = errno;
  else if (poll(&connected, 1, ANSWER) == 0)
    error = ETIMEDOUT;
  else
    getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
  close(fd);
  return error;
}

int uplink_try(const void *what) {
  const struct uplink_trial *trial = what;
  await_interface();
  uplink_interface_settle(inet_addr(UPLINK_OWN), inet_addr(UPLINK_GATEWAY));
  errno = connect_to(&trial->listening);
  if (errno != 0) fail("a connection to this machine");
  if (!trial->wants_refusal) return -1;
  errno = connect_to(&trial->closed);
  if (errno != ECONNREFUSED) failf("a closed port", "this version does not refuse connections, but lets them hang");
  return -1;
}

static int bind_socket(in_addr_t address, struct sockaddr_in *bound) {
  *bound = (struct sockaddr_in){.sin_family = AF_INET, .sin_addr.s_addr = address};
  socklen_t length = sizeof *bound;
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd < 0 || bind(fd, (struct sockaddr *)bound, length) < 0 || getsockname(fd, (struct sockaddr *)bound, &length) < 0)
    fail("socket of the host's");
  return fd;
}

bool uplink_trial_prepare(const struct uplink *uplink, struct uplink_trial *trial, int sockets[2]) {
  if (uplink->own_count == 0) return false;
  sockets[0] = bind_socket(uplink->own[0], &trial->listening);
  sockets[1] = bind_socket(uplink->own[0], &trial->closed); // nobody else can listen there meanwhile
  if (listen(sockets[0], 1) < 0) fail("listen");
  return true;
}
