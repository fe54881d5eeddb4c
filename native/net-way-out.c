// Decides where a container's connections may go. Containers are not to reach what listens on this machine's loopback only.
#define _GNU_SOURCE
#include "net-egress.h"
#include "net-side.h"
#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <unistd.h>

// An address of the loopback network that nothing is bound to by itself, unlike 127.0.0.1: only what listens on all addresses answers
// there, and what trusts 127.0.0.1 does not trust it.
static const char stand_in[] = "127.77.83.87";
// Reserved for documentation: never asked for anything, only looked up in the routing table.
static const char somewhere[] = "198.51.100.1", somewhere6[] = "2001:db8::1";

static bool is_v4_reachable(uint32_t address) {
  uint32_t number = ntohl(address);
  return number >> 24 != 0 && number >> 24 != 127 && number >> 28 != 0xe && number != 0xffffffff;
}

// An IPv4 address in IPv6's clothes: "::ffff:127.0.0.1" is 127.0.0.1 to the kernel.
static bool is_v6_reachable(const struct in6_addr *address) {
  if (IN6_IS_ADDR_V4MAPPED(address) || IN6_IS_ADDR_V4COMPAT(address)) return false;
  return !IN6_IS_ADDR_UNSPECIFIED(address) && !IN6_IS_ADDR_LOOPBACK(address) && !IN6_IS_ADDR_MULTICAST(address) &&
         !IN6_IS_ADDR_LINKLOCAL(address);
}

static bool is_reachable(const struct sockaddr_storage *address) {
  if (address->ss_family == AF_INET) return is_v4_reachable(((const struct sockaddr_in *)address)->sin_addr.s_addr);
  return address->ss_family == AF_INET6 && is_v6_reachable(&((const struct sockaddr_in6 *)address)->sin6_addr);
}

bool way_to_outside(const struct sockaddr_storage *destination, struct way_out *way) {
  *way = (struct way_out){.target = *destination};
  return is_reachable(destination);
}

static int port_of(const struct sockaddr_storage *address) {
  return ntohs(address->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)address)->sin6_port
                                              : ((const struct sockaddr_in *)address)->sin_port);
}

static void set_port(struct sockaddr_storage *address, int port) {
  if (address->ss_family == AF_INET6)
    ((struct sockaddr_in6 *)address)->sin6_port = htons((uint16_t)port);
  else
    ((struct sockaddr_in *)address)->sin_port = htons((uint16_t)port);
}

// The address this machine speaks to the world from. Connecting a datagram socket sends nothing. False: it has none.
static bool own_address(const char *peer, struct sockaddr_storage *own) {
  struct sockaddr_storage to;
  socklen_t length = sizeof *own;
  if (!address_parse(peer, 53, &to)) return false;
  int fd = socket(to.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return false;
  bool known = connect(fd, (struct sockaddr *)&to, address_length(&to)) == 0 &&
               getsockname(fd, (struct sockaddr *)own, &length) == 0 && is_reachable(own);
  close(fd);
  return known;
}

bool way_to_host(const struct sockaddr_storage *destination, struct way_out *way) {
  int port = port_of(destination);
  *way = (struct way_out){0};
  bool v6 = destination->ss_family == AF_INET6;
  if ((v6 && own_address(somewhere6, &way->target)) || own_address(somewhere, &way->target)) {
    set_port(&way->target, port);
    return true;
  }
  return address_parse(stand_in, port, &way->target) && address_parse(stand_in, 0, &way->source);
}

int way_socket(const struct way_out *way, int type) {
  int fd = socket(way->target.ss_family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0 || way->source.ss_family == AF_UNSPEC) return fd;
  int on = 1;
  // Else each bind would take a port away from all connections, whatever they lead to.
  setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  if (bind(fd, (const struct sockaddr *)&way->source, address_length(&way->source)) == 0) return fd;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}
