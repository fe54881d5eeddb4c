// The process that keeps the engine's network namespace. Its first thread is in it, and makes the sockets in it that take root; its other
// one has stayed in the host's network namespace, where it alone can start the carrier of what containers send out, again and again.
#define _GNU_SOURCE
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "anchor.h"
#include "capabilities.h"
#include "channel.h"
#include "confine.h"
#include "descriptors.h"
#include "net-egress.h"

enum {
  NOBODY = 65534,
  STACK = 64 * 1024,
  SHORT_LIFE = 1,      // seconds: a carrier that ends sooner is not started again at once
  PAUSE = 200000000,   // nanoseconds
};

static char **arguments;
static bool is_rootless;
static struct egress egress;
static int listening[2]; // a byte comes through when `egress` is complete; its end: there is nothing to carry

static void write_file(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, text, strlen(text)) < 0) fail(path);
  close(fd);
}

// Absent where the module is: then there is nothing to switch off.
static void write_if_there(const char *path, const char *text) {
  if (access(path, F_OK) == 0) write_file(path, text);
}

static void prepare_network(void) {
  link_up("lo");
  write_file("/proc/sys/net/ipv4/ip_forward", "1");
  // Packets between containers of one network are no business of a firewall.
  write_if_there("/proc/sys/net/bridge/bridge-nf-call-iptables", "0");
  write_if_there("/proc/sys/net/bridge/bridge-nf-call-ip6tables", "0");
}

// The kernel may lack what this needs; networks are of use without it. A process of its own fails for itself, and closes the firewall's
// socket, which takes a while.
static bool make_rules(void) {
  int done[2];
  if (pipe2(done, O_CLOEXEC) < 0) fail("pipe");
  pid_t child = fork();
  if (child < 0) fail("fork");
  char byte = 1;
  if (child == 0) {
    egress_rules();
    _exit(write(done[1], &byte, 1) == 1 ? 0 : 1);
  }
  close(done[1]);
  bool made = read(done[0], &byte, 1) == 1;
  close(done[0]);
  return made;
}

static bool prepare_egress(void) {
  int channel[2];
  if (make_rules() && egress_listen(&egress)) {
    channel_pair(channel);
    egress.keeper = channel[0];
    egress.carrier = channel[1];
    return true;
  }
  fprintf(stderr, "slipway-native: anchor: containers will not reach the outside\n");
  return false;
}

// The command line names the state directory, and by it the anchor is found; the carrier is not to be taken for it.
static void rename_carrier(void) {
  for (int i = 0; arguments[i] != NULL; i++) {
    char *role = strstr(arguments[i], "anchor");
    if (role != NULL) memcpy(role, "egress", strlen("egress"));
  }
  prctl(PR_SET_NAME, "slipway-egress");
}

// As nobody; in a user namespace it stays what root is there: the user, whose network it is.
static void give_up_privileges(void) {
  static const struct list nothing;
  confine_to_reading(&nothing);
  if (is_rootless) {
    capabilities_drop();
    return;
  }
  if (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0) fail("becoming nobody");
  capabilities_bound(0);
  capabilities_become(NOBODY, false);
}

__attribute__((noreturn)) static void carry(pid_t anchor) {
  int kept[EGRESS_LISTENERS + 3], count = 0;
  rename_carrier();
  descriptors_leave_standard();
  const int echoes[2] = {echo_socket(AF_INET), echo_socket(AF_INET6)};
  for (size_t i = 0; i < egress.count; i++) kept[count++] = egress.listeners[i].fd;
  kept[count++] = egress.carrier;
  kept[count++] = echoes[0];
  kept[count++] = echoes[1];
  descriptors_keep_only(kept, (size_t)count);
  give_up_privileges();
  // Set last, because a change of ids takes it back.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 || getppid() != anchor) _exit(1);
  egress_carry(&egress, echoes);
}

// Returns when the carrier has died. Other children of this process are gathered on the way.
static void carry_once(void) {
  pid_t anchor = getpid(), carrier = fork(), ended;
  if (carrier == 0) carry(anchor);
  do ended = waitpid(-1, NULL, 0);
  while (carrier > 0 && ended != carrier);
}

static void *keep_carrier(void *nothing) {
  char byte;
  if (read(listening[0], &byte, 1) != 1) return nothing;
  for (;;) {
    time_t start = time(NULL);
    carry_once();
    if (time(NULL) - start <= SHORT_LIFE) nanosleep(&(struct timespec){.tv_nsec = PAUSE}, NULL);
  }
}

// Must be called before this thread leaves the host's network namespace.
static void start_carrier_thread(void) {
  pthread_t thread;
  pthread_attr_t attributes;
  if (pipe2(listening, O_CLOEXEC) < 0) fail("pipe");
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, STACK);
  int error = pthread_create(&thread, &attributes, keep_carrier, NULL);
  if (error != 0) failf("thread", "%s", strerror(error));
}

void anchor_keep(char **argv, bool rootless) {
  char byte = 1;
  arguments = argv;
  is_rootless = rootless;
  prctl(PR_SET_NAME, "slipway-anchor");
  start_carrier_thread();
  if (unshare(CLONE_NEWNET) < 0) fail("unshare");
  prepare_network();
  bool has_egress = prepare_egress();
  printf("%d\n", (int)getpid());
  fflush(stdout);
  descriptors_leave_standard();
  // What containers send waits in the listening sockets until there is somebody to carry it.
  if (has_egress && write(listening[1], &byte, 1) != 1) fail("pipe");
  close(listening[1]);
  if (has_egress) egress_keep(&egress);
  for (;;) pause();
}
