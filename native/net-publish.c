// Binds published ports.
#include "net-side.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BACKLOG = 4096, PORT_ATTEMPTS = 32, BURST = 4 * 1024 * 1024 };

static bool is_udp(const struct publish *port) { return strcmp(port->protocol, "udp") == 0; }

// Clients that write at the same time fill the usual buffer with a few hundred small datagrams before any is read. Without privilege
// net.core.rmem_max limits it.
static void make_room(int fd) {
  int size = BURST;
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size) < 0) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
}

// A bound (and for TCP listening) socket, or -1 with errno.
static int bind_socket(const struct sockaddr_storage *address, bool udp) {
  int fd = socket(address->ss_family, (udp ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return -1;
  int on = 1;
  if (address->ss_family == AF_INET6) setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof on);
  // For TCP this allows only ports that are left over from closed connections; for UDP it would allow two owners.
  if (!udp) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  else make_room(fd);
  if (bind(fd, (const struct sockaddr *)address, address_length(address)) == 0 && (udp || listen(fd, BACKLOG) == 0)) return fd;
  int error = errno;
  close(fd);
  errno = error;
  return -1;
}

static int port_of(int fd) {
  struct sockaddr_storage address;
  socklen_t length = sizeof address;
  if (getsockname(fd, (struct sockaddr *)&address, &length) < 0) fail("getsockname");
  return ntohs(address.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&address)->sin6_port
                                             : ((struct sockaddr_in *)&address)->sin_port);
}

__attribute__((noreturn)) static void refuse(const char *address, int port, int error) {
  char step[128];
  const char *form = strchr(address, ':') ? "Bind for [%s]:%d failed" : "Bind for %s:%d failed";
  snprintf(step, sizeof step, form, address, port);
  if (error == EADDRINUSE) failf(step, "port is already allocated");
  if (error == EACCES)
    failf(step, "permission denied: ports below the value of the sysctl net.ipv4.ip_unprivileged_port_start are root's; "
                "publish on a higher port, or lower that value");
  failf(step, "%s", strerror(error));
}

static bool without_ipv6(int error) { return error == EAFNOSUPPORT || error == EADDRNOTAVAIL; }

static struct sockaddr_storage parse(const char *text, int port) {
  struct sockaddr_storage address;
  if (!address_parse(text, port, &address)) failf("publish", "%s: not an IP address", text);
  return address;
}

static void listen_on_one(struct publish *port) {
  struct sockaddr_storage address = parse(port->host_address, port->host_port);
  port->listener = bind_socket(&address, is_udp(port));
  if (port->listener < 0) refuse(port->host_address, port->host_port, errno);
  port->host_port = port_of(port->listener);
}

// Both families with one number. A free number of the first may be taken in the second; then another is tried.
static void listen_on_all(struct publish *port) {
  bool any = port->host_port == 0, udp = is_udp(port);
  for (int attempt = 0;; attempt++) {
    struct sockaddr_storage address = parse("0.0.0.0", port->host_port);
    port->listener = bind_socket(&address, udp);
    if (port->listener < 0) refuse("0.0.0.0", port->host_port, errno);
    int number = port_of(port->listener);
    struct sockaddr_storage address6 = parse("::", number);
    port->listener6 = bind_socket(&address6, udp);
    if (port->listener6 >= 0 || without_ipv6(errno)) {
      port->host_port = number;
      return;
    }
    int error = errno;
    if (!any || error != EADDRINUSE || attempt == PORT_ATTEMPTS) refuse("::", number, error);
    close(port->listener);
  }
}

void publish_listen(struct publish *ports, size_t count) {
  for (size_t i = 0; i < count; i++) {
    struct publish *port = &ports[i];
    if (!is_udp(port) && strcmp(port->protocol, "tcp") != 0)
      failf("publish", "%s: only tcp and udp ports can be published", port->protocol);
    port->listener = port->listener6 = -1;
    if (port->host_address && *port->host_address)
      listen_on_one(port);
    else
      listen_on_all(port);
  }
}

char *publish_report(const struct publish *ports, size_t count) {
  char *text = NULL;
  size_t length = 0;
  FILE *stream = open_memstream(&text, &length);
  if (!stream) fail("publish report");
  for (size_t i = 0; i < count; i++) {
    const struct publish *port = &ports[i];
    const char *address = port->host_address && *port->host_address ? port->host_address : "0.0.0.0";
    fprintf(stream, "%s %s %d %d\n", port->protocol, address, port->host_port, port->container_port);
    if (port->listener6 >= 0) fprintf(stream, "%s :: %d %d\n", port->protocol, port->host_port, port->container_port);
  }
  if (fclose(stream) != 0) fail("publish report");
  return text;
}
