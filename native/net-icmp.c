// ICMP messages (RFC 792, RFC 4443) for containers.
#define _GNU_SOURCE
#include "net-icmp.h"
#include "net-side.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/errqueue.h>
#include <linux/icmp.h>
#include <netinet/icmp6.h>
#include <stdbool.h>
#include <string.h>

enum { HOPS = 64, IPV4_HEADER = 20, IPV6_HEADER = 40, ERROR_SIZE = ICMP_START + IPV6_HEADER + ICMP_START };

static int sockets[] = {-1, -1};

unsigned char icmp_echo_type(int family) { return family == AF_INET6 ? ICMP6_ECHO_REQUEST : ICMP_ECHO; }

unsigned char icmp_answer_type(int family) { return family == AF_INET6 ? ICMP6_ECHO_REPLY : ICMP_ECHOREPLY; }

uint16_t icmp_checksum(const void *bytes, size_t length) {
  const unsigned char *at = bytes;
  uint32_t sum = 0;
  for (; length > 1; at += 2, length -= 2) sum += (uint32_t)(at[0] << 8 | at[1]);
  if (length > 0) sum += (uint32_t)at[0] << 8;
  while (sum >> 16) sum = (sum & 0xffff) + (sum >> 16);
  return htons((uint16_t)~sum);
}

void icmp_want_errors(int fd, int family) {
  int on = 1;
  bool v6 = family == AF_INET6;
  if (setsockopt(fd, v6 ? IPPROTO_IPV6 : IPPROTO_IP, v6 ? IPV6_RECVERR : IP_RECVERR, &on, sizeof on) < 0) fail("IP_RECVERR");
}

static void read_extended(const struct cmsghdr *part, struct icmp_error *error, struct sockaddr_storage *offender) {
  struct sock_extended_err extended;
  const unsigned char *bytes = CMSG_DATA(part);
  memcpy(&extended, bytes, sizeof extended);
  if (extended.ee_origin != SO_EE_ORIGIN_ICMP && extended.ee_origin != SO_EE_ORIGIN_ICMP6) return;
  *error = (struct icmp_error){extended.ee_type, extended.ee_code, extended.ee_info};
  size_t length = extended.ee_origin == SO_EE_ORIGIN_ICMP ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6);
  memcpy(offender, bytes + sizeof extended, length);
}

ssize_t icmp_receive_error(int fd, unsigned char *bytes, size_t size, struct icmp_error *error, struct sockaddr_storage *offender) {
  char control[512];
  struct iovec part = {bytes, size};
  struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
  *error = (struct icmp_error){0};
  *offender = (struct sockaddr_storage){0};
  ssize_t length = recvmsg(fd, &message, MSG_ERRQUEUE | MSG_DONTWAIT);
  if (length < 0) return -1;
  for (struct cmsghdr *item = CMSG_FIRSTHDR(&message); item; item = CMSG_NXTHDR(&message, item)) {
    bool told = (item->cmsg_level == IPPROTO_IP && item->cmsg_type == IP_RECVERR) ||
                (item->cmsg_level == IPPROTO_IPV6 && item->cmsg_type == IPV6_RECVERR);
    if (told) read_extended(item, error, offender);
  }
  return length;
}

struct icmp_error icmp_unreachable(int family, int error) {
  bool v6 = family == AF_INET6;
  unsigned char type = v6 ? ICMP6_DST_UNREACH : ICMP_DEST_UNREACH;
  if (error == ENETUNREACH) return (struct icmp_error){type, v6 ? ICMP6_DST_UNREACH_NOROUTE : ICMP_NET_UNREACH, 0};
  if (error == EHOSTUNREACH) return (struct icmp_error){type, v6 ? ICMP6_DST_UNREACH_ADDR : ICMP_HOST_UNREACH, 0};
  if (error == EACCES || error == EPERM) return (struct icmp_error){type, v6 ? ICMP6_DST_UNREACH_ADMIN : ICMP_PKT_FILTERED, 0};
  return (struct icmp_error){0};
}

static size_t quote_v4(unsigned char *bytes, const struct icmp_packet *packet) {
  uint16_t total = htons((uint16_t)(IPV4_HEADER + packet->length));
  memset(bytes, 0, IPV4_HEADER);
  bytes[0] = 0x45;
  memcpy(bytes + 2, &total, sizeof total);
  bytes[8] = HOPS;
  bytes[9] = packet->protocol ? packet->protocol : IPPROTO_ICMP;
  memcpy(bytes + 12, &((const struct sockaddr_in *)&packet->source)->sin_addr, 4);
  memcpy(bytes + 16, &((const struct sockaddr_in *)&packet->destination)->sin_addr, 4);
  uint16_t sum = icmp_checksum(bytes, IPV4_HEADER);
  memcpy(bytes + 10, &sum, sizeof sum);
  return IPV4_HEADER;
}

static size_t quote_v6(unsigned char *bytes, const struct icmp_packet *packet) {
  uint16_t length = htons(packet->length);
  memset(bytes, 0, IPV6_HEADER);
  bytes[0] = 0x60;
  memcpy(bytes + 4, &length, sizeof length);
  bytes[6] = packet->protocol ? packet->protocol : IPPROTO_ICMPV6;
  bytes[7] = HOPS;
  memcpy(bytes + 8, &((const struct sockaddr_in6 *)&packet->source)->sin6_addr, 16);
  memcpy(bytes + 24, &((const struct sockaddr_in6 *)&packet->destination)->sin6_addr, 16);
  return IPV6_HEADER;
}

// Its checksum is complete in IPv4; in IPv6 the kernel adds it, for it covers the addresses.
static size_t write_error(unsigned char *bytes, const struct icmp_packet *packet, const struct icmp_error *error) {
  bool v6 = packet->source.ss_family == AF_INET6;
  uint32_t info = htonl(error->info);
  memset(bytes, 0, ICMP_START);
  bytes[0] = error->type;
  bytes[1] = error->code;
  memcpy(bytes + 4, &info, sizeof info);
  size_t length = ICMP_START;
  length += v6 ? quote_v6(bytes + length, packet) : quote_v4(bytes + length, packet);
  memcpy(bytes + length, packet->start, ICMP_START);
  length += ICMP_START;
  uint16_t sum = v6 ? 0 : icmp_checksum(bytes, length);
  memcpy(bytes + 2, &sum, sizeof sum);
  return length;
}

void icmp_open(int family, int fd) { sockets[family == AF_INET6] = fd; }

void icmp_tell(const struct sockaddr_storage *container, const unsigned char *bytes, size_t length,
               const struct sockaddr_storage *source) {
  bool v6 = container->ss_family == AF_INET6;
  char control[CMSG_SPACE(sizeof(struct in6_pktinfo))] = {0};
  struct sockaddr_storage to = *container;
  if (v6) ((struct sockaddr_in6 *)&to)->sin6_port = 0; // a raw socket takes it for a protocol
  struct iovec part = {(void *)bytes, length};
  struct msghdr message = {.msg_name = &to, .msg_namelen = address_length(&to), .msg_iov = &part, .msg_iovlen = 1};
  if (source) {
    struct in6_pktinfo info6 = {0};
    struct in_pktinfo info = {0};
    size_t size = v6 ? sizeof info6 : sizeof info;
    if (v6) info6.ipi6_addr = ((const struct sockaddr_in6 *)source)->sin6_addr;
    else info.ipi_spec_dst = ((const struct sockaddr_in *)source)->sin_addr;
    message.msg_control = control;
    message.msg_controllen = CMSG_SPACE(size);
    struct cmsghdr *item = CMSG_FIRSTHDR(&message);
    *item = (struct cmsghdr){.cmsg_level = v6 ? IPPROTO_IPV6 : IPPROTO_IP, .cmsg_type = v6 ? IPV6_PKTINFO : IP_PKTINFO, .cmsg_len = CMSG_LEN(size)};
    memcpy(CMSG_DATA(item), v6 ? (void *)&info6 : (void *)&info, size);
  }
  // What cannot be sent is lost, as packets may be.
  (void)!sendmsg(sockets[v6], &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

void icmp_tell_error(const struct icmp_packet *packet, const struct icmp_error *error, const struct sockaddr_storage *offender) {
  unsigned char bytes[ERROR_SIZE];
  icmp_tell(&packet->source, bytes, write_error(bytes, packet, error), offender);
}
