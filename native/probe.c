// `probe`: what this kernel and this user may do, found out by doing it: each thing in a child that is thrown away, with the namespaces
// and mounts it made.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fail.h"
#include "net-egress.h"
#include "probe-cgroup.h"
#include "probe-report.h"
#include "subordinate-ids.h"

enum { CAP_SYS_ADMIN_BIT = 21 };

// What the attempts need to know.
static struct {
  bool needs_user_namespace;
  uint64_t bounding;
  uid_t uid;
  gid_t gid;
  char folder[PATH_MAX]; // with empty folders lower, upper, work and root
} setting;

static void write_text(const char *path, const char *text) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, text, strlen(text)) < 0) fail(path);
  close(fd);
}

static void make_user_namespace(void) {
  char map[64];
  if (unshare(CLONE_NEWUSER) < 0) fail("unshare");
  write_text("/proc/self/setgroups", "deny");
  snprintf(map, sizeof map, "0 %u 1", (unsigned)setting.gid);
  write_text("/proc/self/gid_map", map);
  snprintf(map, sizeof map, "0 %u 1", (unsigned)setting.uid);
  write_text("/proc/self/uid_map", map);
}

static void make_namespaces(int flags) {
  if (setting.needs_user_namespace) make_user_namespace();
  if (unshare(flags) < 0) fail("unshare");
}

static void mount_overlay(const char *more) {
  make_namespaces(CLONE_NEWNS);
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) fail("mount");
  if (chdir(setting.folder) < 0) fail(setting.folder);
  char options[128];
  snprintf(options, sizeof options, "lowerdir=lower,upperdir=upper,workdir=work%s", more);
  if (mount("overlay", "root", "overlay", 0, options) < 0) fail("mount");
}

static void try_overlay(void) {
  mount_overlay("");
}

static void try_overlay_userxattr(void) {
  mount_overlay(",userxattr");
}

static void try_bridge(void) {
  make_namespaces(CLONE_NEWNET);
  bridge_add(&(struct bridge){.name = "probe0", .addresses = "10.0.0.1/24", .mtu = 1500});
}

static void try_veth(void) {
  const struct endpoint endpoint = {
      .interface = "eth0", .bridge = "probe0", .addresses = "10.0.0.2/24", .mac = "02:42:0a:00:00:02", .mtu = 1500};
  try_bridge();
  endpoints_create(&endpoint, 1, getpid());
}

static void try_resolver_rules(void) {
  make_namespaces(CLONE_NEWNET);
  resolver_rules(1); // any port but 53
}

// What carries containers' packets out: rules that give them to sockets, and the sockets.
static void try_egress(void) {
  struct egress egress;
  make_namespaces(CLONE_NEWNET);
  link_up("lo");
  egress_rules();
  if (!egress_listen(&egress)) fail("transparent socket");
}

// The socket by which echo requests go on, in the host's network namespace.
static void try_echo(void) {
  if (setting.needs_user_namespace) make_user_namespace();
  if (echo_socket(AF_INET) >= 0) return;
  if (errno != EACCES && errno != EPERM) fail("socket for ICMP");
  failf("socket for ICMP", "the sysctl net.ipv4.ping_group_range leaves out group %u", (unsigned)setting.gid);
}

// A container in small: every namespace, a /proc of its own (refused below a /proc that is masked, as in other people's containers),
// and the calls of recent kernels that this program relies on.
static void try_container(void) {
  make_namespaces(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP);
  if (syscall(SYS_mount_setattr, -1, "", 0, NULL, 0) < 0 && errno == ENOSYS) failf("kernel", "Linux 5.12 or later is needed");
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) {
    if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) fail("mount");
    if (chdir(setting.folder) < 0 || mount("proc", "root", "proc", 0, NULL) < 0) fail("mounting proc");
    _exit(0);
  }
  int status;
  if (waitpid(child, &status, 0) < 0 || status != 0) _exit(1);
}

static void try_tun(void) {
  int fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC);
  if (fd < 0) fail("/dev/net/tun");
}

static void read_bounding_set(void) {
  char line[256];
  FILE *file = fopen("/proc/self/status", "re");
  if (file == NULL) fail("/proc/self/status");
  while (fgets(line, sizeof line, file) != NULL)
    if (strncmp(line, "CapBnd:", 7) == 0) setting.bounding = strtoull(line + 7, NULL, 16);
  fclose(file);
}

static const char *const folders[] = {"", "/lower", "/upper", "/work", "/root"};
enum { FOLDERS = sizeof folders / sizeof *folders };

static void remove_folders(void) {
  char path[PATH_MAX + 16];
  snprintf(path, sizeof path, "%s/work/work", setting.folder); // overlay's own
  rmdir(path);
  for (size_t i = FOLDERS; i-- > 0;) {
    snprintf(path, sizeof path, "%s%s", setting.folder, folders[i]);
    rmdir(path);
  }
}

// A disk that is full says nothing of what the kernel may do.
static void make_folders(const char *parent) {
  char path[PATH_MAX + 16];
  snprintf(setting.folder, sizeof setting.folder, "%s/slipway-probe-%d", parent, (int)getpid());
  for (size_t i = 0; i < FOLDERS; i++) {
    snprintf(path, sizeof path, "%s%s", setting.folder, folders[i]);
    if (mkdir(path, 0700) == 0) continue;
    const int error = errno;
    remove_folders();
    errno = error;
    fail(parent);
  }
}

static const char *folder_argument(int argc, char **argv) {
  for (int i = 0; i + 1 < argc; i++)
    if (strcmp(argv[i], "--dir") == 0) return argv[i + 1];
  const char *temporary = getenv("TMPDIR");
  return temporary != NULL && *temporary != '\0' ? temporary : "/var/tmp";
}

static void probe_ids(struct report *report) {
  struct id_range uids = subordinate_range("/etc/subuid", setting.uid), gids = subordinate_range("/etc/subgid", setting.uid);
  bool has_mapper = find_mapper("newuidmap") != NULL && find_mapper("newgidmap") != NULL;
  report_flag(report, "newuidmap", has_mapper, has_mapper ? NULL : "newuidmap and newgidmap are not installed");
  report_number(report, "subuids", uids.count < gids.count ? uids.count : gids.count);
}

int command_probe(int argc, char **argv) {
  struct utsname kernel;
  struct report report = {0};
  char capabilities[32];
  setting.uid = getuid();
  setting.gid = getgid();
  read_bounding_set();
  setting.needs_user_namespace = setting.uid != 0 || !(setting.bounding >> CAP_SYS_ADMIN_BIT & 1);
  uname(&kernel);
  snprintf(capabilities, sizeof capabilities, "%016llx", (unsigned long long)setting.bounding);
  report_number(&report, "uid", setting.uid);
  report_text(&report, "kernel", kernel.release);
  report_text(&report, "capabilities", capabilities);

  make_folders(folder_argument(argc, argv));
  const struct attempt egress = attempt_start(try_egress), resolver_rules = attempt_start(try_resolver_rules);
  report_attempt(&report, "userNamespaces", make_user_namespace);
  report_attempt(&report, "containers", try_container);
  report_attempt(&report, "overlay", try_overlay);
  report_attempt(&report, "overlayUserxattr", try_overlay_userxattr);
  remove_folders();
  report_attempt(&report, "bridge", try_bridge);
  report_attempt(&report, "veth", try_veth);
  attempt_report(&report, "resolverRules", &resolver_rules);
  attempt_report(&report, "egress", &egress);
  report_attempt(&report, "echo", try_echo);
  probe_cgroups(&report);
  probe_ids(&report);
  report_attempt(&report, "tun", try_tun);
  report_print(&report);
  return 0;
}
