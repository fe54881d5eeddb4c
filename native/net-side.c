// The process beside a container: carries its published ports, answers its DNS, and holds nothing else.
#include "net-side.h"
#include "net-names.h"
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

// Each proxied connection takes two descriptors; the soft limit is often 1024.
static void raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

static void start_port(const struct publish *port, int socket) {
  struct sockaddr_storage target;
  if (socket < 0) return;
  if (!address_parse(port->container_address, port->container_port, &target))
    failf("publish", "%s: not an IP address", port->container_address);
  if (strcmp(port->protocol, "udp") == 0)
    udp_proxy_start(socket, &target);
  else
    tcp_proxy_start(socket, &target);
}

bool side_port_target(struct sockaddr_storage *target) {
  struct names_address address;
  enum names_ports ports = names_ports(&address);
  if (ports != PORTS_SAID) return ports == PORTS_UNSAID;
  // Both families have the port at the same place.
  const in_port_t port = ((const struct sockaddr_in *)target)->sin_port;
  *target = (struct sockaddr_storage){.ss_family = address.v6 ? AF_INET6 : AF_INET};
  ((struct sockaddr_in *)target)->sin_port = port;
  if (address.v6) memcpy(&((struct sockaddr_in6 *)target)->sin6_addr, address.bytes, sizeof(struct in6_addr));
  else memcpy(&((struct sockaddr_in *)target)->sin_addr, address.bytes, sizeof(struct in_addr));
  return true;
}

void side_serve(struct side *side) {
  signal(SIGPIPE, SIG_IGN); // splice(2) has no other way to be told
  raise_descriptor_limit();
  loop_open();
  names_open(&side->names);
  for (size_t i = 0; i < side->port_count; i++) {
    start_port(&side->ports[i], side->ports[i].listener);
    start_port(&side->ports[i], side->ports[i].listener6);
  }
  if (side->resolver[0] >= 0) resolver_start(side);
  loop_run();
}
