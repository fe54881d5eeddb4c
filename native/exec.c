// `exec`: one more process in a running container. The child is made by this process, its shim, so that its exit status comes here; it
// enters the container itself.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "cgroup-membership.h"
#include "cgroup.h"
#include "channel.h"
#include "process.h"
#include "start.h"
#include "terminal.h"

static const struct {
  const char *name;
  int flag;
} kinds[] = {
    {"net", CLONE_NEWNET}, {"ipc", CLONE_NEWIPC},       {"uts", CLONE_NEWUTS},
    {"mnt", CLONE_NEWNS},  {"cgroup", CLONE_NEWCGROUP}, {"pid", CLONE_NEWPID},
};

// Flags of the namespaces in which the target is not where this process is. Entering those it shares with the host would need privileges
// that a user namespace does not give.
static int differing_namespaces(pid_t target) {
  int flags = 0;
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    char path[64], own[64];
    struct stat there, here;
    snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)target, kinds[i].name);
    snprintf(own, sizeof own, "/proc/self/ns/%s", kinds[i].name);
    if (stat(own, &here) < 0) continue; // a kind this kernel does not have
    if (stat(path, &there) < 0) failf("exec", "the container is not running");
    if (there.st_ino != here.st_ino || there.st_dev != here.st_dev) flags |= kinds[i].flag;
  }
  return flags;
}

// Privileges: the host's root, or that of the anchor's user namespace, until process_run gives them up.
__attribute__((noreturn)) static void enter_and_run(struct process *process, int target, int namespaces) {
  const struct specification *s = process->specification;
  channel_reports_failures(process->channel);
  if (s->cgroups.count > 0) cgroup_join(&s->cgroups);
  else if (!cgroup_follow(s->target)) failf("exec", "the container is not running");
  process_prepare(process);
  if (namespaces != 0 && setns(target, namespaces) < 0) fail("entering the container");
  int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root < 0) fail("/");
  if (s->tty) process->terminal = terminal_open(s, root, process->channel);
  process_run(process, root);
}

static struct specification specification;
static struct shim shim;

static int exec(void) {
  struct specification *s = &specification;
  if (s->target <= 0) failf("specification", "no target");
  // The descriptor stays the target's, whatever becomes of its number.
  int target = (int)syscall(SYS_pidfd_open, s->target, 0);
  if (target < 0) failf("exec", "the container is not running");
  int namespaces = differing_namespaces(s->target);
  if (namespaces & CLONE_NEWPID && setns(target, CLONE_NEWPID) < 0) fail("entering the container");

  int channel[2];
  struct process process = {.specification = s, .stdio = {-1, -1, -1}, .terminal = -1};
  channel_pair(channel);
  shim_open_stdio(&shim, process.stdio);
  process.channel = channel[1];
  shim.channel = channel[0];
  shim.process = cgroup_clone(&s->cgroups, 0, SIGCHLD);
  if (shim.process < 0 && errno == ENOMEM) failf("exec", "the container is not running"); // its pid namespace is dead
  if (shim.process < 0) fail("fork");
  if (shim.process == 0) enter_and_run(&process, target, namespaces & ~CLONE_NEWPID);
  start_release(process.stdio);
  close(channel[1]);
  close(target);
  return shim_serve(&shim);
}

int command_exec(int argc, char **argv) {
  (void)argc;
  start_shim(&shim, &specification, argv);
  return exec();
}

int exec_for(int connection, const struct request *request) {
  start_shim_for(&shim, &specification, connection, request);
  return exec();
}
