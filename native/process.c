#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "capabilities.h"
#include "channel.h"
#include "command.h"
#include "fail.h"
#include "init.h"
#include "process.h"
#include "rooted.h"

static void set_oom_score(int score) {
  char text[16];
  int length = snprintf(text, sizeof text, "%d", score);
  int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, text, (size_t)length) < 0) channel_warn("oom_score_adj cannot be set to %d: %s", score, strerror(errno));
  if (fd >= 0) close(fd);
}

void process_prepare(struct process *process) {
  const struct specification *s = process->specification;
  if (s->has_oom_score_adj) set_oom_score(s->oom_score_adj);
  if (s->seccomp != NULL) seccomp_read(s->seccomp, &process->seccomp);
  if (s->apparmor == NULL) return;
  process->proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (process->proc < 0) fail("/proc");
}

// Through the host's /proc: the container's may be anything that its image or its mounts have put there.
static void tell_apparmor(const struct process *process, const char *attribute, const char *command) {
  char path[64], text[4096];
  int length = snprintf(text, sizeof text, "%s %s", command, process->specification->apparmor);
  snprintf(path, sizeof path, "self/attr/apparmor/%s", attribute);
  int fd = openat(process->proc, path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) { // before Linux 5.8
    snprintf(path, sizeof path, "self/attr/%s", attribute);
    fd = openat(process->proc, path, O_WRONLY | O_CLOEXEC);
  }
  if (length < 0 || (size_t)length >= sizeof text || fd < 0 || write(fd, text, (size_t)length) < 0)
    failf("unable to apply apparmor profile", "apparmor failed to apply profile %s: %s", process->specification->apparmor, reason(errno));
  close(fd);
}

// From the exec to come. A small init executes nothing: it is only asked here whether it may change its profile later.
static void confine_by_profile(const struct process *process) {
  if (process->specification->init) {
    tell_apparmor(process, "current", "permprofile");
  } else {
    tell_apparmor(process, "exec", "exec");
    close(process->proc);
  }
}

// As an init that is executed would be: under the profile, which then decides what the command is executed under.
static void become_init(const struct process *process) {
  if (process->specification->apparmor != NULL) {
    tell_apparmor(process, "current", "changeprofile");
    close(process->proc);
  }
  init_supervise(process->terminal >= 0);
}

static void set_limit(const struct resource_limit *limit) {
  struct rlimit wanted = {(rlim_t)limit->soft, (rlim_t)limit->hard}, now;
  if (prlimit(0, (enum __rlimit_resource)limit->resource, &wanted, NULL) == 0) return;
  if (errno != EPERM || getrlimit((enum __rlimit_resource)limit->resource, &now) < 0) fail("setting a resource limit");
  // Raising the hard limit is not ours to do: what is left of the wish is done.
  if (wanted.rlim_max > now.rlim_max) wanted.rlim_max = now.rlim_max;
  if (wanted.rlim_cur > wanted.rlim_max) wanted.rlim_cur = wanted.rlim_max;
  if (setrlimit((enum __rlimit_resource)limit->resource, &wanted) < 0) fail("setting a resource limit");
  channel_warn("resource limit %d cannot be raised above %llu", limit->resource, (unsigned long long)now.rlim_max);
}

// The pipes belong to whoever runs, so that /dev/stdout can be opened once more by name.
static void own_stdio(const struct process *process) {
  struct stat status;
  for (int fd = 0; fd < 3; fd++) {
    if (fstat(fd, &status) < 0) fail("stdio");
    if (S_ISFIFO(status.st_mode) && fchown(fd, process->identity.uid, process->identity.gid) < 0) fail("owning stdio");
  }
  if (process->terminal >= 0 && fchown(0, process->identity.uid, (gid_t)-1) < 0) fail("owning the terminal");
}

static void connect_stdio(const struct process *process) {
  if (setsid() < 0) fail("setsid");
  if (process->terminal >= 0 && ioctl(process->terminal, TIOCSCTTY, 0) < 0) fail("taking the terminal");
  for (int fd = 0; fd < 3; fd++)
    if (dup2(process->terminal >= 0 ? process->terminal : process->stdio[fd], fd) < 0) fail("stdio");
  own_stdio(process);
}

// Looked up with links of /proc refused: a working directory such as /proc/self/fd/8 would lead out (CVE-2024-21626).
static bool enter_working_directory(const struct process *process, int root) {
  const char *path = process->specification->cwd != NULL ? process->specification->cwd : "/";
  int fd = rooted_open(root, path, O_PATH | O_DIRECTORY);
  if (fd < 0 && errno == ENOENT && process->is_first) fd = rooted_directory(root, path);
  if (fd < 0 || fchdir(fd) < 0) return false;
  close(fd);
  return true;
}

static void give_up_privileges(struct process *process) {
  const struct specification *s = process->specification;
  // Other processes of the container may see this one from here on, and must not get at its memory or descriptors.
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0) fail("prctl");
  if (s->apparmor != NULL) confine_by_profile(process);
  capabilities_bound(s->capabilities);
  // Loading a filter needs a privilege or a promise; where the promise was not asked for, it is loaded while the privilege is there.
  bool has_filter = process->seccomp.len > 0;
  if (has_filter && !s->no_new_privileges) seccomp_load(&process->seccomp);
  identity_assume(&process->identity);
  capabilities_reduce(s->capabilities);
  if (s->no_new_privileges && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) fail("no_new_privs");
  if (has_filter && s->no_new_privileges) seccomp_load(&process->seccomp);
}

static void wait_for_go(const struct process *process) {
  struct message message;
  channel_send(process->channel, CHANNEL_READY, NULL, -1);
  if (!channel_receive(process->channel, &message) || message.type != CHANNEL_GO) _exit(1);
}

static void reset_signals(void) {
  sigset_t none;
  sigemptyset(&none);
  for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

void process_run(struct process *process, int root) {
  struct specification *s = process->specification;
  identity_resolve(&process->identity, s, root);
  command_set_home(&s->env, process->identity.home);
  connect_stdio(process);
  umask(s->umask);
  for (size_t i = 0; i < s->limit_count; i++) set_limit(&s->limits[i]);
  bool is_there = enter_working_directory(process, root);
  give_up_privileges(process);
  // A folder that only the user may enter (on a file system that does not obey root).
  if (!is_there && !enter_working_directory(process, root))
    fail_code(CODE_CANNOT_RUN, "chdir to cwd (\"%s\") set in config.json failed: %s", s->cwd, reason(errno));
  // After the change of ids, which would take it back.
  if (process->is_first && prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) fail("prctl");
  wait_for_go(process);
  if (s->init) become_init(process);
  reset_signals();
  if (close_range(3, ~0U, CLOSE_RANGE_CLOEXEC) < 0) fail("closing descriptors");
  command_execute(s->args.items, s->env.items);
}
