// Sockets in the engine's network namespace for a process that is not in it. They are transparent: they answer from whatever address a
// container has written to, which takes a privilege that the carrier does not have.
#define _GNU_SOURCE
#include "net-egress.h"
#include "net-side.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/in6.h>
#include <string.h>
#include <unistd.h>

enum { BACKLOG = 4096 };

struct request {
  struct sockaddr_storage local, remote;
};

// What comes with a listening socket; the last message has none.
struct notice {
  bool last, datagrams, gateway;
};

static void send_message(int channel, const void *bytes, size_t length, int fd) {
  char control[CMSG_SPACE(sizeof(int))] = {0};
  struct iovec part = {(void *)bytes, length};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
  if (fd >= 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    struct cmsghdr *item = CMSG_FIRSTHDR(&message);
    *item = (struct cmsghdr){.cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS, .cmsg_len = CMSG_LEN(sizeof fd)};
    memcpy(CMSG_DATA(item), &fd, sizeof fd);
  }
  while (sendmsg(channel, &message, MSG_NOSIGNAL) < 0 && errno == EINTR) continue;
}

// The bytes of the next message, and its descriptor or -1. False: the other side has gone.
static bool receive_message(int channel, void *bytes, size_t length, int *fd) {
  char control[CMSG_SPACE(sizeof(int))];
  struct iovec part = {bytes, length};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  ssize_t count;
  while ((count = recvmsg(channel, &message, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) continue;
  *fd = -1;
  for (struct cmsghdr *item = CMSG_FIRSTHDR(&message); item; item = CMSG_NXTHDR(&message, item))
    if (item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_RIGHTS) memcpy(fd, CMSG_DATA(item), sizeof *fd);
  return count == (ssize_t)length;
}

// -1 with errno.
static int transparent_socket(const struct sockaddr_storage *local, int type) {
  bool v6 = local->ss_family == AF_INET6;
  int on = 1, fd = socket(local->ss_family, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  if (v6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  int level = v6 ? IPPROTO_IPV6 : IPPROTO_IP, transparent = v6 ? IPV6_TRANSPARENT : IP_TRANSPARENT;
  int destination = v6 ? IPV6_RECVORIGDSTADDR : IP_RECVORIGDSTADDR;
  bool ready = setsockopt(fd, level, transparent, &on, sizeof on) == 0 &&
               setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0 &&
               (type != SOCK_DGRAM || setsockopt(fd, level, destination, &on, sizeof on) == 0) &&
               bind(fd, (const struct sockaddr *)local, address_length(local)) == 0;
  if (ready) return fd;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

static void hand_over(int channel, const char *any, bool datagrams, bool gateway) {
  struct sockaddr_storage address;
  address_parse(any, gateway ? EGRESS_GATEWAY_PORT : EGRESS_OUTSIDE_PORT, &address);
  int fd = transparent_socket(&address, datagrams ? SOCK_DGRAM : SOCK_STREAM);
  if (fd < 0 && errno == EAFNOSUPPORT) return; // no IPv6 here
  if (fd < 0 || (!datagrams && listen(fd, BACKLOG) < 0)) fail("transparent socket");
  const struct notice notice = {.datagrams = datagrams, .gateway = gateway};
  send_message(channel, &notice, sizeof notice, fd);
  close(fd);
}

void egress_hand_over(int channel) {
  static const char *const any[] = {"0.0.0.0", "::"};
  for (int family = 0; family < 2; family++)
    for (int kind = 0; kind < 4; kind++) hand_over(channel, any[family], kind & 1, kind & 2);
  const struct notice last = {.last = true};
  send_message(channel, &last, sizeof last, -1);
}

void egress_keep(int channel) {
  struct request request;
  int none;
  while (receive_message(channel, &request, sizeof request, &none)) {
    int fd = transparent_socket(&request.local, SOCK_DGRAM);
    bool connected = fd >= 0 && connect(fd, (struct sockaddr *)&request.remote, address_length(&request.remote)) == 0;
    send_message(channel, &connected, sizeof connected, connected ? fd : -1);
    if (fd >= 0) close(fd);
  }
}

bool egress_receive(int channel, struct egress_listener *listener) {
  struct notice notice;
  if (!receive_message(channel, &notice, sizeof notice, &listener->fd)) _exit(0); // the keeper has gone
  listener->datagrams = notice.datagrams;
  listener->gateway = notice.gateway;
  return !notice.last;
}

int egress_answering_socket(int channel, const struct sockaddr_storage *local, const struct sockaddr_storage *remote) {
  const struct request request = {*local, *remote};
  bool connected;
  int fd;
  send_message(channel, &request, sizeof request, -1);
  if (!receive_message(channel, &connected, sizeof connected, &fd)) _exit(0);
  return fd;
}
