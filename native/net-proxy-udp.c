// Published UDP ports: each client gets a socket of its own to the container, so that answers find their way back, until nothing
// has come or gone for a while. Answers leave from the very address the client wrote to.
#define _GNU_SOURCE
#include "net-side.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
  IDLE = 90 * 1000,     // milliseconds
  CLIENTS = 1024,       // per port; beyond it the one idle for longest goes
  BUCKETS = 1024,
  DATAGRAMS = 64,       // taken from one socket in one turn
  DATAGRAM_SIZE = 65536,
};

// The address of this host that a datagram came to, as it has to be given back to sendmsg.
struct local_address {
  char control[CMSG_SPACE(sizeof(struct in6_pktinfo))];
  size_t length;
};

struct udp_port {
  struct watch watch;
  struct sockaddr_storage target;
  struct udp_client *buckets[BUCKETS];
  struct age_list clients;
  size_t count;
};

struct udp_client {
  struct watch watch;
  struct aged aged;
  struct udp_port *port;
  struct udp_client *next;
  struct sockaddr_storage address;
  struct local_address local;
};

static char datagram[DATAGRAM_SIZE];

static size_t bucket_of(const struct sockaddr_storage *address) {
  const unsigned char *bytes = (const unsigned char *)address;
  uint32_t hash = 2166136261u;
  for (socklen_t i = 0; i < address_length(address); i++) hash = (hash ^ bytes[i]) * 16777619u;
  return hash % BUCKETS;
}

static bool same_address(const struct sockaddr_storage *a, const struct sockaddr_storage *b) {
  return a->ss_family == b->ss_family && memcmp(a, b, address_length(a)) == 0;
}

static void forget(struct udp_client *client) {
  struct udp_client **link = &client->port->buckets[bucket_of(&client->address)];
  while (*link != client) link = &(*link)->next;
  *link = client->next;
  client->port->count--;
  age_end(&client->port->clients, &client->aged);
  watch_end(&client->watch);
  loop_bury(client);
}

static void client_expired(struct aged *member) { forget(CONTAINER_OF(member, struct udp_client, aged)); }

static void send_back(const struct udp_client *client, size_t length) {
  struct iovec part = {datagram, length};
  struct msghdr message = {.msg_name = (void *)&client->address,
                           .msg_namelen = address_length(&client->address),
                           .msg_iov = &part,
                           .msg_iovlen = 1,
                           .msg_control = client->local.length ? (void *)client->local.control : NULL,
                           .msg_controllen = client->local.length};
  // A datagram that cannot be sent is lost, as datagrams may be.
  (void)!sendmsg(client->port->watch.fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void answer_ready(struct watch *watch, uint32_t events) {
  (void)events;
  struct udp_client *client = CONTAINER_OF(watch, struct udp_client, watch);
  for (int i = 0; i < DATAGRAMS; i++) {
    ssize_t length = recv(watch->fd, datagram, sizeof datagram, MSG_DONTWAIT);
    if (length < 0 && errno == EAGAIN) break;
    if (length < 0) continue; // the container refused an earlier datagram
    send_back(client, (size_t)length);
  }
  age_start(&client->port->clients, &client->aged);
}

static struct udp_client *find_client(struct udp_port *port, const struct sockaddr_storage *address) {
  struct udp_client *client = port->buckets[bucket_of(address)];
  while (client && !same_address(&client->address, address)) client = client->next;
  return client;
}

static struct udp_client *add_client(struct udp_port *port, const struct sockaddr_storage *address) {
  if (port->count >= CLIENTS) forget(CONTAINER_OF(port->clients.oldest, struct udp_client, aged));
  struct udp_client *client = calloc(1, sizeof *client);
  int fd = client ? socket(port->target.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0) : -1;
  if (fd < 0) {
    free(client);
    return NULL;
  }
  client->watch = (struct watch){answer_ready, fd};
  if (connect(fd, (struct sockaddr *)&port->target, address_length(&port->target)) < 0 ||
      !watch_start(&client->watch, EPOLLIN)) {
    close(fd);
    free(client);
    return NULL;
  }
  client->port = port;
  client->address = *address;
  struct udp_client **bucket = &port->buckets[bucket_of(address)];
  client->next = *bucket;
  *bucket = client;
  port->count++;
  return client;
}

// Turns "came to this address" into "send from this address". The interface is left to the routing table.
static void keep_local_address(struct local_address *local, const struct msghdr *received) {
  local->length = 0;
  for (struct cmsghdr *part = CMSG_FIRSTHDR(received); part; part = CMSG_NXTHDR((struct msghdr *)received, part)) {
    struct msghdr out = {.msg_control = local->control, .msg_controllen = sizeof local->control};
    struct cmsghdr *copy = CMSG_FIRSTHDR(&out);
    copy->cmsg_level = part->cmsg_level;
    copy->cmsg_type = part->cmsg_type;
    if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
      struct in_pktinfo info;
      memcpy(&info, CMSG_DATA(part), sizeof info);
      info = (struct in_pktinfo){.ipi_spec_dst = info.ipi_spec_dst};
      copy->cmsg_len = CMSG_LEN(sizeof info);
      memcpy(CMSG_DATA(copy), &info, sizeof info);
      local->length = CMSG_SPACE(sizeof info);
    } else if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO) {
      struct in6_pktinfo info;
      memcpy(&info, CMSG_DATA(part), sizeof info);
      copy->cmsg_len = CMSG_LEN(sizeof info); // link-local addresses need their interface
      memcpy(CMSG_DATA(copy), &info, sizeof info);
      local->length = CMSG_SPACE(sizeof info);
    }
  }
}

// Clients of a former address begin anew. False: what comes is lost.
static bool follow_container(struct udp_port *port) {
  struct sockaddr_storage target = port->target;
  const bool leads = side_port_target(&target);
  if (leads && same_address(&target, &port->target)) return true;
  while (port->clients.oldest) forget(CONTAINER_OF(port->clients.oldest, struct udp_client, aged));
  port->target = target;
  return leads;
}

static void port_ready(struct watch *watch, uint32_t events) {
  (void)events;
  struct udp_port *port = CONTAINER_OF(watch, struct udp_port, watch);
  const bool leads = follow_container(port);
  for (int i = 0; i < DATAGRAMS; i++) {
    struct sockaddr_storage address = {0};
    char control[256];
    struct iovec part = {datagram, sizeof datagram};
    struct msghdr message = {.msg_name = &address, .msg_namelen = sizeof address, .msg_iov = &part, .msg_iovlen = 1,
                             .msg_control = control, .msg_controllen = sizeof control};
    ssize_t length = recvmsg(watch->fd, &message, MSG_DONTWAIT);
    if (length < 0 && errno == EAGAIN) return;
    if (length < 0 || !leads) continue;
    struct udp_client *client = find_client(port, &address);
    if (!client) client = add_client(port, &address);
    if (!client) continue;
    keep_local_address(&client->local, &message);
    age_start(&port->clients, &client->aged);
    (void)!send(client->watch.fd, datagram, (size_t)length, MSG_DONTWAIT | MSG_NOSIGNAL);
  }
}

void udp_proxy_start(int fd, const struct sockaddr_storage *target) {
  struct udp_port *port = calloc(1, sizeof *port);
  if (!port) fail("UDP port");
  port->watch = (struct watch){port_ready, fd};
  port->target = *target;
  port->clients = (struct age_list){.lifetime = IDLE, .expired = client_expired};
  age_list_register(&port->clients);
  int on = 1;
  // The one that is not of the socket's family is refused, and not needed.
  setsockopt(fd, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
  setsockopt(fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, &on, sizeof on);
  fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
  if (!watch_start(&port->watch, EPOLLIN)) fail("watch a published port");
}
