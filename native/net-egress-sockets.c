// Sockets in the engine's network namespace for a process that is not in it. They are transparent: they answer from whatever address a
// container has written to, which takes a privilege that the carrier does not have.
#define _GNU_SOURCE
#include "net-egress.h"
#include "net-side.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/in6.h>
#include <string.h>
#include <unistd.h>

enum { BACKLOG = 4096 };

struct request {
  uint64_t number; // no two requests of all carriers share one; the answer begins with it
  struct sockaddr_storage local, remote;
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

// Echo requests for the world outside come here, and from here answers go to containers. The kernel would answer them, too, as if this
// machine were the one asked: the mark tells the two apart.
static int echo_listener(int family) {
  bool v6 = family == AF_INET6;
  int on = 1, mark = EGRESS_ANSWER_MARK, fd = socket(family, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP);
  if (fd < 0) return -1;
  struct sock_filter marked[] = {
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_MARK)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, EGRESS_MARK, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
      BPF_STMT(BPF_RET | BPF_K, 0),
  };
  const struct sock_fprog only_marked = {sizeof marked / sizeof *marked, marked};
  int level = v6 ? IPPROTO_IPV6 : IPPROTO_IP;
  bool ready = setsockopt(fd, level, v6 ? IPV6_TRANSPARENT : IP_TRANSPARENT, &on, sizeof on) == 0 &&
               setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof mark) == 0 &&
               setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &only_marked, sizeof only_marked) == 0 &&
               (!v6 || (setsockopt(fd, level, IPV6_RECVPKTINFO, &on, sizeof on) == 0 &&
                        setsockopt(fd, level, IPV6_RECVHOPLIMIT, &on, sizeof on) == 0));
  if (ready) return fd;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

static bool add_listener(struct egress *egress, struct egress_listener listener) {
  bool echoes = listener.kind == EGRESS_ECHOES;
  struct sockaddr_storage address;
  address_parse(listener.family == AF_INET6 ? "::" : "0.0.0.0", listener.gateway ? EGRESS_GATEWAY_PORT : EGRESS_OUTSIDE_PORT,
                &address);
  listener.fd = echoes ? echo_listener(listener.family)
                       : transparent_socket(&address, listener.kind == EGRESS_DATAGRAMS ? SOCK_DGRAM : SOCK_STREAM);
  if (listener.fd < 0) return errno == EAFNOSUPPORT; // no IPv6 here
  if (listener.kind == EGRESS_CONNECTIONS && listen(listener.fd, BACKLOG) < 0) return false;
  egress->listeners[egress->count++] = listener;
  return true;
}

bool egress_listen(struct egress *egress) {
  static const int families[] = {AF_INET, AF_INET6};
  egress->count = 0;
  for (int i = 0; i < 2; i++) {
    for (int kind = EGRESS_CONNECTIONS; kind <= EGRESS_ECHOES; kind++) {
      struct egress_listener listener = {.family = families[i], .kind = (enum egress_kind)kind};
      if (!add_listener(egress, listener)) return false;
      listener.gateway = true;
      // The kernel itself answers echo requests to gateways.
      if (kind != EGRESS_ECHOES && !add_listener(egress, listener)) return false;
    }
  }
  return true;
}

void egress_keep(const struct egress *egress) {
  struct request request;
  int none;
  while (receive_message(egress->keeper, &request, sizeof request, &none)) {
    int fd = transparent_socket(&request.local, SOCK_DGRAM);
    bool connected = fd >= 0 && connect(fd, (struct sockaddr *)&request.remote, address_length(&request.remote)) == 0;
    send_message(egress->keeper, &request.number, sizeof request.number, connected ? fd : -1);
    if (fd >= 0) close(fd);
  }
}

int egress_answering_socket(int channel, const struct sockaddr_storage *local, const struct sockaddr_storage *remote) {
  static uint64_t count;
  const struct request request = {(uint64_t)getpid() << 32 | ++count, *local, *remote};
  uint64_t number = 0;
  int fd = -1;
  send_message(channel, &request, sizeof request, -1);
  // A carrier that was killed may have left an answer behind.
  while (number != request.number) {
    if (fd >= 0) close(fd);
    if (!receive_message(channel, &number, sizeof number, &fd)) _exit(1);
  }
  return fd;
}
