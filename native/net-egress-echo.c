// Echo requests that leave (ping): each is sent on under a number of this process's own, all over one socket of the host's, and what
// comes back for that number, an answer or an error on the way, goes to the container that asked, as if nobody stood in between.
#define _GNU_SOURCE
#include "net-egress.h"
#include "net-icmp.h"
#include "net-side.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum {
  REQUESTS = 4096, // that may still be answered; then the oldest is forgotten
  PACKETS = 64,    // taken from one socket in one turn
  PACKET_SIZE = 65536,
  NOTICE_SIZE = 64, // enough of what an error is about
};

// One way for each family.
struct echo_way {
  struct watch inner, outer;
  int family;
  bool raw;            // the outer socket gives and takes whole ICMP messages of all programs; else the kernel sees to the identifier
  uint16_t identifier; // of what a raw socket sends
  uint16_t next;
  struct echo {
    struct icmp_packet packet; // as the container has sent it
    uint16_t number;
  } echoes[REQUESTS];
};

static unsigned char packet[PACKET_SIZE];
static unsigned char notice[NOTICE_SIZE];

static uint16_t get16(const unsigned char *bytes) { return (uint16_t)(bytes[0] << 8 | bytes[1]); }

static void put16(unsigned char *bytes, unsigned value) {
  bytes[0] = (unsigned char)(value >> 8);
  bytes[1] = (unsigned char)value;
}

int echo_socket(int family) {
  bool v6 = family == AF_INET6;
  int protocol = v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP, flags = SOCK_CLOEXEC | SOCK_NONBLOCK;
  int fd = socket(family, SOCK_DGRAM | flags, protocol);
  // The kernel lets only groups of net.ipv4.ping_group_range have the first kind, and only root the second.
  if (fd < 0 && errno == EACCES) fd = socket(family, SOCK_RAW | flags, protocol);
  return fd;
}

// `hops` 0: as many as usual.
static bool send_out(const struct echo_way *way, const struct sockaddr_storage *to, size_t length, int hops) {
  char control[CMSG_SPACE(sizeof hops)] = {0};
  struct iovec part = {packet, length};
  struct msghdr message = {.msg_name = (void *)to, .msg_namelen = address_length(to), .msg_iov = &part, .msg_iovlen = 1};
  if (hops > 0) {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    struct cmsghdr *item = CMSG_FIRSTHDR(&message);
    bool v6 = way->family == AF_INET6;
    *item = (struct cmsghdr){.cmsg_level = v6 ? IPPROTO_IPV6 : IPPROTO_IP, .cmsg_type = v6 ? IPV6_HOPLIMIT : IP_TTL, .cmsg_len = CMSG_LEN(sizeof hops)};
    memcpy(CMSG_DATA(item), &hops, sizeof hops);
  }
  return sendmsg(way->outer.fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL) >= 0;
}

static struct echo *find(struct echo_way *way, uint16_t number) {
  struct echo *echo = &way->echoes[number % REQUESTS];
  return echo->packet.length > 0 && echo->number == number ? echo : NULL;
}

// Puts the checksum of a whole message in `packet` in its place. In IPv6 the kernel does, for it covers the addresses.
static void seal(int family, size_t length) {
  if (family != AF_INET) return;
  put16(packet + 2, 0);
  uint16_t sum = icmp_checksum(packet, length);
  memcpy(packet + 2, &sum, sizeof sum);
}

static void take_errors(struct echo_way *way) {
  for (int i = 0; i < PACKETS; i++) {
    struct icmp_error error;
    struct sockaddr_storage offender;
    ssize_t length = icmp_receive_error(way->outer.fd, notice, sizeof notice, &error, &offender);
    if (length < 0 && errno == EAGAIN) return;
    if (length < 8 || error.type == 0 || (way->raw && get16(notice + 4) != way->identifier)) continue;
    const struct echo *echo = find(way, get16(notice + 6));
    if (echo) icmp_tell_error(&echo->packet, &error, &offender);
  }
}

// Sends what the container has asked, of `length` bytes in `packet`, on its way.
static void send_on(struct echo_way *way, const struct icmp_packet *asked, int hops) {
  struct echo *echo = &way->echoes[way->next % REQUESTS];
  *echo = (struct echo){*asked, way->next++};
  put16(packet + 4, way->identifier);
  put16(packet + 6, echo->number);
  seal(way->family, asked->length);
  if (send_out(way, &echo->packet.destination, asked->length, hops)) return;
  take_errors(way); // the kernel may have meant an earlier request
  if (send_out(way, &echo->packet.destination, asked->length, hops)) return;
  const struct icmp_error unreachable = icmp_unreachable(way->family, errno);
  if (unreachable.type > 0) icmp_tell_error(&echo->packet, &unreachable, NULL);
}

// Reads the addresses and the hop limit of a request. The offset of the ICMP message in `packet`; 0 with length 0: not one.
static size_t read_addresses(int family, struct msghdr *message, size_t length, struct icmp_packet *asked, int *hops) {
  if (family == AF_INET) {
    size_t header = (size_t)(packet[0] & 15) * 4;
    struct sockaddr_in *destination = (void *)&asked->destination;
    if (length < header + 8) return 0;
    *destination = (struct sockaddr_in){.sin_family = AF_INET};
    memcpy(&destination->sin_addr, packet + 16, 4);
    *hops = packet[8];
    return header;
  }
  struct sockaddr_in6 *destination = (void *)&asked->destination;
  for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part)) {
    if (part->cmsg_level != IPPROTO_IPV6) continue;
    struct in6_pktinfo info;
    if (part->cmsg_type == IPV6_HOPLIMIT) memcpy(hops, CMSG_DATA(part), sizeof *hops);
    if (part->cmsg_type != IPV6_PKTINFO) continue;
    memcpy(&info, CMSG_DATA(part), sizeof info);
    *destination = (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_addr = info.ipi6_addr};
  }
  return 0;
}

static void inner_ready(struct watch *watch, uint32_t events) {
  (void)events;
  struct echo_way *way = CONTAINER_OF(watch, struct echo_way, inner);
  for (int i = 0; i < PACKETS; i++) {
    char control[256];
    struct icmp_packet asked = {0};
    struct way_out out;
    int hops = 0;
    struct iovec part = {packet, sizeof packet};
    struct msghdr message = {.msg_name = &asked.source, .msg_namelen = sizeof asked.source, .msg_iov = &part, .msg_iovlen = 1,
                             .msg_control = control, .msg_controllen = sizeof control};
    ssize_t length = recvmsg(watch->fd, &message, MSG_DONTWAIT);
    if (length < 0 && errno == EAGAIN) return;
    if (length < 8) continue;
    size_t header = read_addresses(way->family, &message, (size_t)length, &asked, &hops);
    asked.length = (uint16_t)((size_t)length - header);
    memmove(packet, packet + header, asked.length);
    memcpy(asked.start, packet, sizeof asked.start);
    if (asked.start[0] != icmp_echo_type(way->family) || !way_to_outside(&asked.destination, &out)) continue;
    send_on(way, &asked, hops);
  }
}

static bool is_from(const struct sockaddr_storage *a, const struct sockaddr_storage *b) {
  if (a->ss_family == AF_INET6)
    return !memcmp(&((const struct sockaddr_in6 *)a)->sin6_addr, &((const struct sockaddr_in6 *)b)->sin6_addr, 16);
  return ((const struct sockaddr_in *)a)->sin_addr.s_addr == ((const struct sockaddr_in *)b)->sin_addr.s_addr;
}

static void outer_ready(struct watch *watch, uint32_t events) {
  struct echo_way *way = CONTAINER_OF(watch, struct echo_way, outer);
  if (events & EPOLLERR) take_errors(way);
  for (int i = 0; i < PACKETS; i++) {
    struct sockaddr_storage from = {0};
    socklen_t from_length = sizeof from;
    ssize_t length = recvfrom(watch->fd, packet, sizeof packet, MSG_DONTWAIT, (struct sockaddr *)&from, &from_length);
    if (length < 0) return;
    size_t header = way->raw && way->family == AF_INET ? (size_t)(packet[0] & 15) * 4 : 0;
    if ((size_t)length < header + 8) continue;
    size_t size = (size_t)length - header;
    memmove(packet, packet + header, size);
    if (packet[0] != icmp_answer_type(way->family) || (way->raw && get16(packet + 4) != way->identifier)) continue;
    const struct echo *echo = find(way, get16(packet + 6));
    if (!echo || !is_from(&from, &echo->packet.destination)) continue;
    memcpy(packet + 4, echo->packet.start + 4, 4); // the container's own identifier and number
    seal(way->family, size);
    icmp_tell(&echo->packet.source, packet, size, &echo->packet.destination);
  }
}

// All other messages are for others.
static void take_answers_only(int fd, int family) {
  struct icmp_filter filter = {~(UINT32_C(1) << ICMP_ECHOREPLY)};
  struct icmp6_filter filter6;
  ICMP6_FILTER_SETBLOCKALL(&filter6);
  ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter6);
  int failed = family == AF_INET6 ? setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter6, sizeof filter6)
                                  : setsockopt(fd, SOL_RAW, ICMP_FILTER, &filter, sizeof filter);
  if (failed) fail("filter of echo replies");
}

void egress_carry_echoes(const struct egress_listener *listener, int outer) {
  struct echo_way *way = calloc(1, sizeof *way);
  int type = 0;
  socklen_t size = sizeof type;
  if (!way || getsockopt(outer, SOL_SOCKET, SO_TYPE, &type, &size) < 0) fail("outgoing echo requests");
  way->inner = (struct watch){inner_ready, listener->fd};
  way->outer = (struct watch){outer_ready, outer};
  way->family = listener->family;
  way->raw = type == SOCK_RAW;
  if (getrandom(&way->identifier, sizeof way->identifier, 0) != sizeof way->identifier) fail("getrandom");
  if (way->raw) take_answers_only(outer, way->family);
  icmp_want_errors(outer, way->family);
  if (!watch_start(&way->inner, EPOLLIN) || !watch_start(&way->outer, EPOLLIN)) fail("watch echo requests");
}
