// The process beside a container: carries its published ports, answers its DNS, and holds nothing else.
#include "net-side.h"
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

void side_serve(struct side *side) {
  signal(SIGPIPE, SIG_IGN); // splice(2) has no other way to be told
  raise_descriptor_limit();
  loop_open();
  for (size_t i = 0; i < side->port_count; i++) {
    start_port(&side->ports[i], side->ports[i].listener);
    start_port(&side->ports[i], side->ports[i].listener6);
  }
  if (side->resolver[0] >= 0) resolver_start(side);
  loop_run();
}
