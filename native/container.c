#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "cgroup.h"
#include "channel.h"
#include "container.h"
#include "mounts.h"
#include "namespaces.h"
#include "process.h"
#include "sysctl.h"
#include "terminal.h"

static void name_host(const struct specification *s) {
  if (s->hostname != NULL && sethostname(s->hostname, strlen(s->hostname)) < 0) fail("sethostname");
  if (s->domainname != NULL && setdomainname(s->domainname, strlen(s->domainname)) < 0) fail("setdomainname");
}

// Interfaces come from the side process, which is in the namespace that the other ends are in. It gets the resolver's sockets in
// return: they belong to this network namespace, whoever reads them. What can be done meanwhile is done first.
static void configure_network(const struct container_start *start) {
  const struct specification *s = start->specification;
  const uint16_t resolver = s->resolver_port;
  struct message message;
  if (resolver != 0) resolver_rules(resolver);
  if (start->side_channel >= 0 && !channel_receive(start->side_channel, &message)) _exit(1); // it has said why
  if (namespace_is(s, NS_NET, "private")) endpoints_configure(s->endpoints, s->endpoint_count);
  if (resolver == 0) return;
  int sockets[2];
  resolver_listen(resolver, sockets);
  for (int i = 0; i < 2; i++) {
    channel_send(start->side_channel, CHANNEL_SOCKET, NULL, sockets[i]);
    close(sockets[i]);
  }
}

static void join_cgroups(const struct specification *s) {
  cgroup_apply(&s->cgroup_sets);
  cgroup_guard(&s->cgroups, s->device_rules, s->device_rule_count);
  cgroup_join(&s->cgroups);
  // Only now: the namespace's root is the group its maker is in.
  if (namespace_is(s, NS_CGROUP, "private") && unshare(CLONE_NEWCGROUP) < 0) fail("unshare");
}

void container_main(const struct container_start *start) {
  struct specification *s = start->specification;
  channel_reports_failures(start->channel);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) fail("prctl");
  // Root of the host (or of the anchor's user namespace), in new namespaces that show the host's files.
  join_cgroups(s);
  namespaces_join(s);
  struct process process = {
      .specification = s,
      .channel = start->channel,
      .stdio = {start->stdio[0], start->stdio[1], start->stdio[2]},
      .terminal = -1,
      .is_first = true,
  };
  process_prepare(&process);
  int root = mounts_perform(s);
  configure_network(start);
  for (size_t i = 0; i + 1 < s->sysctls.count; i += 2) sysctl_set(s->sysctls.items[i], s->sysctls.items[i + 1]);
  name_host(s);
  if (s->tty) {
    process.terminal = terminal_open(s, root, start->channel);
    mount_file_over(root, process.terminal, "/dev/console");
  }
  // From here on only the container's own files can be reached by name.
  mounts_enter(root, s->readonly_rootfs);
  process_run(&process, root);
}
