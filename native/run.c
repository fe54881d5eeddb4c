// `run`: one container. This process stays outside of it as its shim; what it starts are the container's first process, in namespaces of
// its own, and, where there is a network to carry, the side process in the engine's network namespace.
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <linux/sched.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cgroup.h"
#include "channel.h"
#include "container.h"
#include "namespaces.h"
#include "side.h"
#include "start.h"

// What has to be had in the host's network namespace.
static int open_host_sockets(struct shim *shim, struct specification *s) {
  if (s->port_count > 0) {
    publish_listen(s->ports, s->port_count);
    shim->ports = publish_report(s->ports, s->port_count);
    connection_send(shim->first, 'P', shim->ports, strlen(shim->ports));
  }
  return s->resolver ? upstream_open() : -1;
}

static pid_t clone_into(uint64_t namespaces) {
  struct clone_args arguments = {.flags = namespaces, .exit_signal = SIGCHLD};
  return (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
}

static pid_t start_container(const struct container_start *start) {
  const struct specification *s = start->specification;
  bool joins_pids = s->ns[NS_PID][0] == '/';
  if (joins_pids) namespace_for_children(s->ns[NS_PID]);
  pid_t pid = clone_into(namespaces_to_make(s));
  if (pid < 0) fail("making the container's namespaces");
  if (pid == 0) container_main(start);
  if (joins_pids) namespace_for_children("/proc/self/ns/pid"); // the side process is to see pids as this one does
  return pid;
}

static pid_t start_side(const struct side_plan *plan) {
  pid_t pid = fork();
  if (pid < 0) fail("fork");
  if (pid == 0) side_main(plan);
  return pid;
}

int command_run(int argc, char **argv) {
  (void)argc;
  static struct specification specification;
  static struct shim shim;
  struct specification *s = &specification;
  start_shim(&shim, s, argv);
  if (!namespace_is(s, NS_MNT, "private")) failf("specification", "the mount namespace can only be private");
  if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0) fail("prctl");
  shim.ends_with_process_tree = namespace_is(s, NS_PID, "private");
  int upstream_socket = open_host_sockets(&shim, s);
  cgroup_create(&s->cgroups);

  int channel[2], beside[2] = {-1, -1}, stdio[3] = {-1, -1, -1};
  channel_pair(channel);
  if (side_is_needed(s)) channel_pair(beside);
  shim_open_stdio(&shim, stdio);
  const struct container_start start = {s, channel[1], beside[1], {stdio[0], stdio[1], stdio[2]}};
  shim.channel = channel[0];
  shim.process = start_container(&start);
  start_release(stdio);
  if (side_is_needed(s)) {
    const struct side_plan plan = {s, upstream_socket, shim.process, beside[0], channel[1]};
    shim.side = start_side(&plan);
    close(beside[0]);
    close(beside[1]);
  }
  close(channel[1]);
  for (size_t i = 0; i < s->port_count; i++) { // the side process alone holds the ports
    close(s->ports[i].listener);
    close(s->ports[i].listener6);
  }
  if (upstream_socket >= 0) close(upstream_socket);
  return shim_serve(&shim);
}
