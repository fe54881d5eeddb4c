// A program of the machine's that carries packets of an interface of its own making on over its own sockets: pasta or slirp4netns. It ends with
// this process, whatever becomes of that: it is in a pid namespace, whose first process the kernel kills with this one. Only TCP goes by
// it: the other way tells containers what routers say against datagrams and echo requests.
#define _GNU_SOURCE
#include "capabilities.h"
#include "descriptors.h"
#include "fail.h"
#include "uplink.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { A_WHILE = 10 }; // seconds

struct program {
  pid_t first; // of the pid namespace
  int ended;   // can be read when it has
  int says;    // what the program writes
  int alive;   // open for as long as this process lives
  char last[UPLINK_REASON]; // line of that
};

// A process in the engine's network namespace that may do nothing: also a program that has given up its own rights may then open
// that namespace by it. The path is returned.
static const char *place_holder(int engine) {
  static char path[64];
  char pid[16] = {0};
  int ready[2];
  if (pipe2(ready, O_CLOEXEC) < 0) fail("pipe");
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    // This process's number in the host's pid namespace, where /proc is of.
    if (readlink("/proc/self", pid, sizeof pid - 1) < 0) fail("/proc/self");
    if (setns(engine, CLONE_NEWNET) < 0) fail("entering the engine's network");
    capabilities_drop();
    if (write(ready[1], pid, sizeof pid) != sizeof pid) _exit(1);
    for (;;) pause();
  }
  close(ready[1]);
  if (read(ready[0], pid, sizeof pid) != sizeof pid) _exit(1);
  close(ready[0]);
  snprintf(path, sizeof path, "/proc/%s/ns/net", pid);
  return path;
}

__attribute__((noreturn)) static void execute(const struct uplink_way *way, const char *namespace) {
  const char *pasta[] = {way->name, "--foreground", "--ipv4-only", "--address", UPLINK_OWN, "--netmask", "24", "--gateway",
                         UPLINK_GATEWAY, "--ns-ifname", uplink_interface, "--tcp-ports", "none", "--udp-ports", "none",
                         "--tcp-ns", "none", "--udp-ns", "none", "--no-udp", "--no-icmp", "--no-map-gw", "--no-dhcp",
                         "--no-dhcpv6", "--no-ndp", "--no-ra", "--netns-only", "--netns", namespace, NULL};
  const char *slirp[] = {way->name, "--cidr=169.254.77.0/24", "--disable-host-loopback", "--disable-dns", "--enable-sandbox",
                         "--enable-seccomp", "--netns-type=path", namespace, uplink_interface, NULL};
  execv(way->program, (char **)(strcmp(way->name, "pasta") == 0 ? pasta : slirp));
  fail(way->program);
}

// `alive` is at its end when the one who keeps the uplink has gone.
__attribute__((noreturn)) static void be_first(const struct uplink *uplink, const struct uplink_way *way, int says, int alive) {
  struct pollfd keeper = {.fd = alive, .events = POLLIN};
  fail_through(NULL);
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 || poll(&keeper, 1, 0) != 0) _exit(1);
  if (dup2(says, 1) < 0 || dup2(says, 2) < 0) _exit(1);
  int kept = uplink->engine;
  descriptors_keep_only(&kept, 1);
  const char *namespace = place_holder(uplink->engine);
  pid_t program = fork();
  if (program < 0) fail("fork");
  if (program == 0) execute(way, namespace);
  waitpid(program, NULL, 0);
  _exit(0);
}

static void start(const struct uplink *uplink, const struct uplink_way *way, struct program *program) {
  int says[2], alive[2];
  *program = (struct program){0};
  if (pipe2(says, O_CLOEXEC | O_NONBLOCK) < 0 || pipe2(alive, O_CLOEXEC) < 0) fail("pipe");
  program->first = (pid_t)syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, 0, 0, 0, 0);
  if (program->first < 0) fail("pid namespace");
  if (program->first == 0) {
    close(alive[1]);
    be_first(uplink, way, says[1], alive[0]);
  }
  close(says[1]);
  close(alive[0]);
  program->alive = alive[1];
  program->says = says[0];
  program->ended = (int)syscall(SYS_pidfd_open, program->first, 0);
  if (program->ended < 0) fail("pidfd_open");
}

// Reads what the program has written, and remembers its last line.
static void listen_to(struct program *program) {
  char text[4096];
  ssize_t length;
  while ((length = read(program->says, text, sizeof text - 1)) > 0) {
    text[length] = 0;
    for (char *rest = text, *line; (line = strsep(&rest, "\n")) != NULL;)
      if (*line) snprintf(program->last, sizeof program->last, "%s", line);
  }
}

static bool has_ended(const struct program *program) {
  struct pollfd ended = {.fd = program->ended, .events = POLLIN};
  return poll(&ended, 1, 0) != 0;
}

static bool try(struct uplink *uplink, struct program *program, char why[UPLINK_REASON]) {
  struct uplink_trial trial = {.wants_refusal = !uplink->options->insists};
  int sockets[2], none;
  if (!uplink_trial_prepare(uplink, &trial, sockets)) {
    snprintf(why, UPLINK_REASON, "the machine has no address but of its loopback to try it with");
    return false;
  }
  bool works = inside(uplink, uplink_try, &trial, program->ended, &none, why);
  close(sockets[0]);
  close(sockets[1]);
  if (*why == 0) listen_to(program);
  if (*why == 0 && !works) snprintf(why, UPLINK_REASON, "it has ended; it last said: %.200s", program->last);
  return works;
}

static void end(struct program *program) {
  kill(program->first, SIGKILL);
  waitpid(program->first, NULL, 0);
  close(program->ended);
  close(program->says);
  close(program->alive);
}

bool uplink_program(struct uplink *uplink, size_t way) {
  struct program program;
  char why[UPLINK_REASON];
  uplink->tcp_only = true;
  uplink_set(uplink, way, UPLINK_TRIED);
  start(uplink, &uplink->options->ways[way], &program);
  if (!try(uplink, &program, why)) {
    end(&program);
    uplink_refuse(uplink, way, why);
    return false;
  }
  uplink_set(uplink, way, UPLINK_OPEN);
  time_t begun = time(NULL);
  while (!has_ended(&program)) {
    struct pollfd told[] = {{.fd = program.ended, .events = POLLIN}, {.fd = program.says, .events = POLLIN}};
    uplink_wait(uplink, told, 2, -1);
    listen_to(&program);
  }
  end(&program);
  snprintf(why, sizeof why, "it has ended; it last said: %.200s", program.last);
  uplink_refuse(uplink, way, why);
  return time(NULL) - begun >= A_WHILE;
}
