// The process in the host's network namespace that carries what containers send out of their networks.
#include "net-egress.h"
#include "net-icmp.h"
#include "net-side.h"
#include <signal.h>
#include <sys/resource.h>

static bool choose_way(int client, bool (*way)(const struct sockaddr_storage *, struct way_out *), struct way_out *chosen) {
  struct sockaddr_storage destination;
  socklen_t length = sizeof destination;
  // The socket is transparent: its own address is the one the container has called.
  return getsockname(client, (struct sockaddr *)&destination, &length) == 0 && way(&destination, chosen);
}

static bool choose_outside(int client, struct way_out *way) { return choose_way(client, way_to_outside, way); }

static bool choose_host(int client, struct way_out *way) { return choose_way(client, way_to_host, way); }

static void raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

static void carry(const struct egress_listener *listener, int channel, int echoes) {
  switch (listener->kind) {
  case EGRESS_CONNECTIONS: tcp_proxy_start_choosing(listener->fd, listener->gateway ? choose_host : choose_outside); break;
  case EGRESS_DATAGRAMS: egress_carry_datagrams(listener, channel); break;
  case EGRESS_ECHOES:
    icmp_open(listener->family, listener->fd);
    if (echoes >= 0) egress_carry_echoes(listener, echoes);
    break;
  }
}

void egress_carry(const struct egress *egress, const int echoes[2]) {
  signal(SIGPIPE, SIG_IGN); // splice(2) has no other way to be told
  raise_descriptor_limit();
  loop_open();
  for (size_t i = 0; i < egress->count; i++) {
    const struct egress_listener *listener = &egress->listeners[i];
    carry(listener, egress->carrier, echoes[listener->family == AF_INET6]);
  }
  loop_run();
}
