// The process that keeps the engine's network namespace. Its first thread is in it, and makes the sockets in it that take root; its other
// ones have stayed in the host's network namespace, where they alone can start, again and again, the carrier of what containers send out and
// the keeper of the uplink.
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
#include "uplink.h"

enum {
  NOBODY = 65534,
  STACK = 64 * 1024,
  SHORT_LIFE = 1,      // seconds: a process that ends sooner is not started again at once
  PAUSE = 200000000,   // nanoseconds
};

static char **arguments;
static bool is_rootless;
static const struct uplink_options *uplink;
static struct egress egress;
static int listening[2]; // a byte for each thread comes through when `egress` is complete; its end: there is nothing to carry
static int engine;       // the network namespace, once `egress` is complete
static pid_t rules_maker;

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
  rules_maker = fork();
  if (rules_maker < 0) fail("fork");
  char byte = 1;
  if (rules_maker == 0) {
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

// The command line names the state directory, and by it the anchor is found; its children are not to be taken for it.
static void rename_self(const char *name, const char role[sizeof "anchor"]) {
  for (int i = 0; arguments[i] != NULL; i++) {
    char *former = strstr(arguments[i], "anchor");
    if (former != NULL) memcpy(former, role, strlen(role));
  }
  prctl(PR_SET_NAME, name);
}

// A change of ids takes it back.
static void end_with(pid_t anchor) {
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 || getppid() != anchor) _exit(1);
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
  rename_self("slipway-egress", "egress");
  descriptors_leave_standard();
  const int echoes[2] = {echo_socket(AF_INET), echo_socket(AF_INET6)};
  for (size_t i = 0; i < egress.count; i++) kept[count++] = egress.listeners[i].fd;
  kept[count++] = egress.carrier;
  kept[count++] = echoes[0];
  kept[count++] = echoes[1];
  descriptors_keep_only(kept, (size_t)count);
  give_up_privileges();
  end_with(anchor);
  egress_carry(&egress, echoes);
}

__attribute__((noreturn)) static void keep_uplink(pid_t anchor) {
  end_with(anchor);
  rename_self("slipway-uplink", "uplink");
  descriptors_leave_standard();
  descriptors_keep_only(&engine, 1);
  uplink_keep(uplink, engine);
}

// What a thread of the host's network namespace is for: a process that is always to be there.
static const struct kept {
  void (*be)(pid_t anchor);
} carrier = {carry}, uplink_keeper = {keep_uplink};

static void *keep(void *what) {
  const struct kept *kept = what;
  char byte;
  if (read(listening[0], &byte, 1) != 1) return NULL;
  for (;;) {
    time_t start = time(NULL);
    pid_t anchor = getpid(), child = fork();
    if (child == 0) kept->be(anchor);
    if (kept == &carrier && rules_maker > 0) rules_maker = waitpid(rules_maker, NULL, 0) > 0 ? 0 : rules_maker;
    if (child > 0) waitpid(child, NULL, 0);
    if (time(NULL) - start <= SHORT_LIFE) nanosleep(&(struct timespec){.tv_nsec = PAUSE}, NULL);
  }
}

// Must be called before this thread leaves the host's network namespace.
static void start_thread(const struct kept *kept) {
  pthread_t thread;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setstacksize(&attributes, STACK);
  int error = pthread_create(&thread, &attributes, keep, (void *)kept);
  if (error != 0) failf("thread", "%s", strerror(error));
}

void anchor_keep(char **argv, bool rootless, const struct uplink_options *uplink_options) {
  const char bytes[] = {1, 1};
  arguments = argv;
  is_rootless = rootless;
  uplink = uplink_options;
  prctl(PR_SET_NAME, "slipway-anchor");
  if (pipe2(listening, O_CLOEXEC) < 0) fail("pipe");
  start_thread(&carrier);
  if (uplink->count > 0) start_thread(&uplink_keeper);
  if (unshare(CLONE_NEWNET) < 0) fail("unshare");
  prepare_network();
  engine = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
  if (engine < 0) fail("/proc/thread-self/ns/net");
  bool has_egress = prepare_egress();
  printf("%d\n", (int)getpid());
  fflush(stdout);
  descriptors_leave_standard();
  // What containers send waits in the listening sockets until there is somebody to carry it.
  if (has_egress && write(listening[1], bytes, sizeof bytes) != sizeof bytes) fail("pipe");
  close(listening[1]);
  if (has_egress) egress_keep(&egress);
  for (;;) pause();
}
