// `anchor`: the process that keeps the engine's namespaces, and outlives the engine. Beside it, in the host's network namespace and
// without any privilege, lives the one that carries what containers send out; the anchor only makes sockets for it.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "capabilities.h"
#include "channel.h"
#include "confine.h"
#include "net-egress.h"
#include "sealed-copy.h"
#include "slipway.h"
#include "subordinate-ids.h"

// Said to the sealed copy, which is in its namespaces already.
static const char keep_argument[] = "--keep";

// Where it finds its end of the channel to the carrier.
enum { CHANNEL = 3, NOBODY = 65534 };

static void write_file(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, text, strlen(text)) < 0) fail(path);
  close(fd);
}

// Runs newuidmap or newgidmap: set-user-id programs, which may write maps of more than one's own id.
static bool map_range(const char *mapper, pid_t pid, unsigned own, struct id_range range) {
  const char *path = find_mapper(mapper);
  if (path == NULL || range.count == 0) return false;
  char target[16], outside[16], first[32], count[32];
  snprintf(target, sizeof target, "%d", (int)pid);
  snprintf(outside, sizeof outside, "%u", own);
  snprintf(first, sizeof first, "%lu", range.first);
  snprintf(count, sizeof count, "%lu", range.count);
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    execl(path, mapper, target, "0", outside, "1", "1", first, count, (char *)NULL);
    _exit(127);
  }
  int status;
  if (waitpid(child, &status, 0) < 0) fail("waitpid");
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

static void map_single(pid_t pid, const char *kind, unsigned own) {
  char path[64], text[64];
  snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, kind);
  snprintf(text, sizeof text, "0 %u 1\n", own);
  write_file(path, text);
}

// Root of the namespace is the user; 1 and up are the subordinate ids, where there are any. The kernel lets nobody write a map of groups
// of their own who could still drop groups, because a group may be what keeps someone out.
static void map_ids(pid_t pid) {
  uid_t uid = getuid();
  gid_t gid = getgid();
  struct id_range uids = subordinate_range("/etc/subuid", uid), gids = subordinate_range("/etc/subgid", uid);
  bool can_map = find_mapper("newuidmap") != NULL && find_mapper("newgidmap") != NULL && uids.count > 0 && gids.count > 0;
  if (can_map && map_range("newgidmap", pid, gid, gids) && map_range("newuidmap", pid, uid, uids)) return;
  if (can_map) fprintf(stderr, "slipway-native: anchor: newuidmap refused: only one id is available\n");
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/setgroups", (int)pid);
  write_file(path, "deny");
  map_single(pid, "gid_map", gid);
  map_single(pid, "uid_map", uid);
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

static void keep_stdio_away(void) {
  int null = open("/dev/null", O_RDWR);
  if (null < 0) fail("/dev/null");
  for (int fd = 0; fd < 3; fd++)
    if (dup2(null, fd) < 0) fail("/dev/null");
}

// The kernel may lack what this needs; networks are of use without it. A process of its own fails for itself, and closes the firewall's
// socket, which takes a while.
static bool prepare_egress(void) {
  int done[2];
  if (pipe2(done, O_CLOEXEC) < 0) fail("pipe");
  pid_t child = fork();
  if (child < 0) fail("fork");
  char byte = 1;
  if (child == 0) {
    egress_rules();
    egress_hand_over(CHANNEL);
    _exit(write(done[1], &byte, 1) == 1 ? 0 : 1);
  }
  close(done[1]);
  bool is_ready = read(done[0], &byte, 1) == 1;
  close(done[0]);
  if (!is_ready) fprintf(stderr, "slipway-native: anchor: containers will not reach the outside\n");
  return is_ready;
}

// The anchor itself: a sealed copy by now, in its namespaces, as root of them.
__attribute__((noreturn)) static void keep(void) {
  prctl(PR_SET_NAME, "slipway-anchor");
  signal(SIGCHLD, SIG_IGN);
  prepare_network();
  bool has_egress = prepare_egress();
  printf("%d\n", (int)getpid());
  fflush(stdout);
  keep_stdio_away();
  if (has_egress) egress_keep(CHANNEL);
  close_range(CHANNEL, ~0U, 0); // the carrier ends with its channel
  for (;;) pause();
}

// The command line names the state directory, and by it the anchor is found; the carrier is not to be taken for it.
static void rename_carrier(char **argv) {
  for (int i = 0; argv[i] != NULL; i++) {
    char *role = strstr(argv[i], "anchor");
    if (role != NULL) memcpy(role, "egress", strlen("egress"));
  }
  prctl(PR_SET_NAME, "slipway-egress");
}

// In the host's namespaces, as nobody there; as an ordinary user it stays that user, whose network it is.
__attribute__((noreturn)) static void carry(char **argv, int channel, pid_t anchor) {
  static const struct list nothing;
  rename_carrier(argv);
  keep_stdio_away();
  if (dup2(channel, CHANNEL) < 0) fail("dup2");
  close_range(CHANNEL + 1, ~0U, 0);
  if (chdir("/") < 0) fail("/");
  confine_to_reading(&nothing);
  if (geteuid() == 0) {
    if (setgroups(0, NULL) < 0 || setresgid(NOBODY, NOBODY, NOBODY) < 0) fail("becoming nobody");
    capabilities_bound(0);
    capabilities_become(NOBODY, false);
  } else {
    capabilities_drop();
  }
  // Set last, because a change of ids takes it back.
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0 || getppid() != anchor) _exit(1);
  egress_carry(CHANNEL);
}

// Must come before the host's network namespace is left.
static int start_carrier(char **argv) {
  int channel[2];
  pid_t self = getpid();
  channel_pair(channel);
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) carry(argv, channel[1], self);
  close(channel[1]);
  return channel[0];
}

// Makes the namespaces, waits until ids are mapped, and goes on as root in them.
__attribute__((noreturn)) static void enter_namespaces(char **argv, bool rootless, int ready, int mapped) {
  if (setsid() < 0) fail("setsid");
  int channel = start_carrier(argv);
  if (unshare((rootless ? CLONE_NEWUSER : 0) | CLONE_NEWNET) < 0) fail("unshare");
  char byte = 1;
  if (rootless && (write(ready, &byte, 1) != 1 || read(mapped, &byte, 1) != 1)) _exit(1);
  if (rootless && (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)) fail("becoming root");
  if (chdir("/") < 0) fail("/");
  if (channel == CHANNEL ? fcntl(channel, F_SETFD, 0) < 0 : dup2(channel, CHANNEL) < 0) fail("dup2");
  char *again[] = {argv[0], "anchor", (char *)keep_argument, NULL};
  sealed_copy_execute(again, 0, NULL, 0);
}

static bool has_argument(int argc, char **argv, const char *argument) {
  for (int i = 1; i < argc; i++)
    if (strcmp(argv[i], argument) == 0) return true;
  return false;
}

int command_anchor(int argc, char **argv) {
  if (has_argument(argc, argv, keep_argument)) keep();
  bool rootless = has_argument(argc, argv, "--rootless");
  int ready[2], mapped[2];
  if (pipe2(ready, O_CLOEXEC) < 0 || pipe2(mapped, O_CLOEXEC) < 0) fail("pipe");
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) enter_namespaces(argv, rootless, ready[1], mapped[0]);
  close(ready[1]);
  char byte;
  if (!rootless) return 0;
  if (read(ready[0], &byte, 1) != 1) return 1; // the child has said why
  map_ids(child);
  return write(mapped[1], &byte, 1) == 1 ? 0 : 1;
}
