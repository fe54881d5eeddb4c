// `run`: one container. This process stays outside of it as its shim; what it starts are the container's first process, in namespaces of
// its own, and, where there is a network to carry, the side process in the engine's network namespace.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "channel.h"
#include "container.h"
#include "namespaces.h"
#include "side.h"
#include "start.h"

// What has to be had in the host's network namespace.
static struct upstream_sockets open_host_sockets(struct shim *shim, struct specification *s) {
  if (s->port_count > 0) {
    publish_listen(s->ports, s->port_count);
    shim->ports = publish_report(s->ports, s->port_count);
    connection_send(shim->first, 'P', shim->ports, strlen(shim->ports));
  }
  return s->resolver_port != 0 ? upstream_open() : (struct upstream_sockets){-1, -1, -1};
}

static pid_t clone_into(const struct container_start *start, uint64_t more, int exit_signal) {
  const struct specification *s = start->specification;
  pid_t pid = cgroup_clone(&s->cgroups, namespaces_to_make(s) | more, exit_signal);
  if (pid < 0) fail("making the container's namespaces");
  if (pid == 0) container_main(start);
  return pid;
}

// Into another container's pid namespace children go by way of a child: once a process has turned its own children there, it may not
// turn them back, and the side process is to see pids as this one does. The new process is a child of this one all the same.
static pid_t start_in_pid_namespace(const struct container_start *start) {
  int ends[2], status;
  pid_t pid = 0;
  if (pipe2(ends, O_CLOEXEC) < 0) fail("pipe");
  pid_t between = fork();
  if (between < 0) fail("fork");
  if (between == 0) {
    channel_reports_failures(start->channel);
    namespace_for_children(start->specification->ns[NS_PID]);
    pid = clone_into(start, CLONE_PARENT, 0); // the signal is that of the caller's own end
    _exit(write(ends[1], &pid, sizeof pid) == sizeof pid ? 0 : 1);
  }
  close(ends[1]);
  bool is_told = read(ends[0], &pid, sizeof pid) == sizeof pid;
  close(ends[0]);
  while (waitpid(between, &status, 0) < 0 && errno == EINTR) continue;
  return is_told ? pid : -1; // else it has told why in the channel
}

static pid_t start_container(const struct container_start *start) {
  return start->specification->ns[NS_PID][0] == '/' ? start_in_pid_namespace(start) : clone_into(start, 0, SIGCHLD);
}

static pid_t start_side(const struct side_plan *plan) {
  pid_t pid = fork();
  if (pid < 0) fail("fork");
  if (pid == 0) side_main(plan);
  return pid;
}

static struct specification specification;
static struct shim shim;

static int run(void) {
  struct specification *s = &specification;
  if (!namespace_is(s, NS_MNT, "private")) failf("specification", "the mount namespace can only be private");
  if (prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0) fail("prctl");
  shim.ends_with_process_tree = namespace_is(s, NS_PID, "private");
  const struct upstream_sockets upstream = open_host_sockets(&shim, s);
  cgroup_create(&s->cgroups);
  shim.oom = oom_watch_open(&s->cgroups);

  int channel[2], beside[2] = {-1, -1}, stdio[3] = {-1, -1, -1};
  channel_pair(channel);
  if (side_is_needed(s)) channel_pair(beside);
  shim_open_stdio(&shim, stdio);
  const struct container_start start = {s, channel[1], beside[1], {stdio[0], stdio[1], stdio[2]}};
  shim.channel = channel[0];
  shim.process = start_container(&start);
  if (shim.process < 0) shim_explain_failure(&shim);
  start_release(stdio);
  if (side_is_needed(s)) {
    const struct side_plan plan = {s, upstream, shim.process, beside[0], channel[1]};
    shim.side = start_side(&plan);
    close(beside[0]);
    close(beside[1]);
  }
  close(channel[1]);
  const int upstream_fds[] = {upstream.datagrams, upstream.stream, upstream.stream6};
  for (size_t i = 0; i < 3; i++)
    if (upstream_fds[i] >= 0) close(upstream_fds[i]);
  return shim_serve(&shim);
}

int command_run(int argc, char **argv) {
  (void)argc;
  start_shim(&shim, &specification, argv);
  return run();
}

int run_for(int connection, const struct request *request) {
  start_shim_for(&shim, &specification, connection, request);
  return run();
}
