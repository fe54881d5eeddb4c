#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "capabilities.h"
#include "channel.h"
#include "confine.h"
#include "descriptors.h"
#include "fail.h"
#include "side.h"

enum { NOBODY = 65534 };

bool side_is_needed(const struct specification *s) {
  return s->endpoint_count > 0 || s->port_count > 0 || s->resolver_port != 0;
}

static int receive_socket(int channel) {
  struct message message;
  if (!channel_receive(channel, &message)) _exit(1); // the container's process has failed, and has said why
  if (message.type != CHANNEL_SOCKET || message.fd < 0) failf("resolver", "no socket came");
  return message.fd;
}

// Closes everything else: above all the engine's connection and the container's pipes, whose ends others wait for.
static void keep_only(const struct side *side) {
  size_t count = 0;
  int *kept = calloc(side->port_count * 2 + 5, sizeof *kept);
  if (!kept) fail("memory");
  for (size_t i = 0; i < side->port_count; i++) {
    kept[count++] = side->ports[i].listener;
    kept[count++] = side->ports[i].listener6;
  }
  kept[count++] = side->resolver[0];
  kept[count++] = side->resolver[1];
  kept[count++] = side->upstream_sockets.datagrams;
  kept[count++] = side->upstream_sockets.stream;
  kept[count++] = side->upstream_sockets.stream6;
  descriptors_keep_only(kept, count);
  free(kept);
}

// Nobody, who may read the names tables and nothing else. A user namespace of one id has no nobody: there it stays the user itself.
static void give_up_privileges(const struct specification *s) {
  confine_to_reading(&s->names);
  bool has_nobody = setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0;
  capabilities_bound(0);
  if (has_nobody) capabilities_become(NOBODY, s->names.count > 0);
  else capabilities_drop();
}

bool side_stays(const struct specification *s) {
  return s->port_count > 0 || s->resolver_port != 0;
}

// Caller: in the engine's network namespace.
__attribute__((noreturn)) static void serve(const struct specification *s, struct upstream_sockets upstream_sockets, const int resolver[2]) {
  struct side side = {
      .ports = s->ports,
      .port_count = s->port_count,
      .resolver = {resolver[0], resolver[1]},
      .upstream_sockets = upstream_sockets,
      .names = s->names,
      .upstreams = s->upstreams,
  };
  descriptors_leave_standard(); // before the file system is closed to it
  give_up_privileges(s);
  // It must not outlive the shim by an instant: the ports would stay taken. Set last, because a change of ids takes it back.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) fail("prctl");
  keep_only(&side);
  side_serve(&side);
}

void side_main(const struct side_plan *plan) {
  const struct specification *s = plan->specification;
  int resolver[2] = {-1, -1};
  channel_reports_failures(plan->shim_channel);
  prctl(PR_SET_NAME, "slipway-side");
  enter_network_namespace(s->anchor);
  if (s->endpoint_count > 0) endpoints_create(s->endpoints, s->endpoint_count, plan->container);
  channel_send(plan->container_channel, CHANNEL_NETWORK, NULL, -1);
  if (!side_stays(s)) _exit(0);
  if (s->resolver_port != 0)
    for (int i = 0; i < 2; i++) resolver[i] = receive_socket(plan->container_channel);
  serve(s, plan->upstream_sockets, resolver);
}

pid_t side_start_again(const struct specification *s, pid_t container) {
  int resolver[2] = {-1, -1};
  pid_t pid = fork();
  if (pid != 0) return pid;
  fail_through(NULL); // nobody waits to hear of it: stderr is the engine's log
  prctl(PR_SET_NAME, "slipway-side");
  struct upstream_sockets upstream = s->resolver_port != 0 ? upstream_open() : (struct upstream_sockets){-1, -1, -1};
  if (s->resolver_port != 0) {
    enter_network_namespace(container);
    resolver_listen(s->resolver_port, resolver);
  }
  enter_network_namespace(s->anchor);
  serve(s, upstream, resolver);
}
