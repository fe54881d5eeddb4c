// The process in the host's network namespace that carries what containers send out of their networks.
#include "net-egress.h"
#include "net-side.h"
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

static struct watch keeper;

static bool choose_way(int client, bool (*way)(const struct sockaddr_storage *, struct way_out *), struct way_out *chosen) {
  struct sockaddr_storage destination;
  socklen_t length = sizeof destination;
  // The socket is transparent: its own address is the one the container has called.
  return getsockname(client, (struct sockaddr *)&destination, &length) == 0 && way(&destination, chosen);
}

static bool choose_outside(int client, struct way_out *way) { return choose_way(client, way_to_outside, way); }

static bool choose_host(int client, struct way_out *way) { return choose_way(client, way_to_host, way); }

// It says nothing but answers, which are read where they are asked for; so it has ended, and the namespace with it.
static void keeper_gone(struct watch *watch, uint32_t events) {
  (void)watch;
  if (events & (EPOLLHUP | EPOLLERR | EPOLLRDHUP)) _exit(0);
}

static void raise_descriptor_limit(void) {
  struct rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) < 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

void egress_carry(int channel) {
  struct egress_listener listener;
  signal(SIGPIPE, SIG_IGN); // splice(2) has no other way to be told
  raise_descriptor_limit();
  loop_open();
  while (egress_receive(channel, &listener)) {
    if (listener.datagrams)
      egress_carry_datagrams(&listener, channel);
    else
      tcp_proxy_start_choosing(listener.fd, listener.gateway ? choose_host : choose_outside);
  }
  keeper = (struct watch){keeper_gone, channel};
  if (!watch_start(&keeper, EPOLLRDHUP)) fail("watch the keeper of the engine's namespaces");
  loop_run();
}
