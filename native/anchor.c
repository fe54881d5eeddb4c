// `anchor`: starts the process that keeps the engine's namespaces, and outlives the engine (anchor-keep.c).
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "anchor.h"
#include "sealed-copy.h"
#include "slipway.h"
#include "subordinate-ids.h"

// Said to the sealed copy, which is root by then.
static const char keep_argument[] = "--keep";

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

// Makes the user namespace, waits until ids are mapped, and goes on as root in it.
__attribute__((noreturn)) static void enter_user_namespace_of_its_own(int argc, char **argv, bool rootless, int ready, int mapped) {
  if (setsid() < 0) fail("setsid");
  if (rootless && unshare(CLONE_NEWUSER) < 0) fail("unshare");
  char byte = 1;
  if (rootless && (write(ready, &byte, 1) != 1 || read(mapped, &byte, 1) != 1)) _exit(1);
  if (rootless && (setresgid(0, 0, 0) < 0 || setresuid(0, 0, 0) < 0)) fail("becoming root");
  if (chdir("/") < 0) fail("/");
  struct list again = {0};
  list_add(&again, argv[0]);
  list_add(&again, "anchor");
  list_add(&again, (char *)keep_argument);
  for (int i = 2; i < argc; i++) list_add(&again, argv[i]);
  sealed_copy_execute(again.items, 0, NULL, 0);
}

static bool has_argument(int argc, char **argv, const char *argument) {
  for (int i = 1; i < argc; i++)
    if (strcmp(argv[i], argument) == 0) return true;
  return false;
}

static void add_way(struct uplink_options *uplink, char *argument) {
  if (uplink->count == UPLINK_WAYS) failf("anchor", "--way %s: too many", argument);
  char *program = strchr(argument, '=');
  if (program != NULL) *program++ = '\0';
  uplink->ways[uplink->count++] = (struct uplink_way){argument, program};
}

static struct uplink_options read_uplink(int argc, char **argv) {
  struct uplink_options uplink = {.wish = "auto"};
  for (int i = 1; i + 1 < argc; i++) {
    if (strcmp(argv[i], "--report") == 0) uplink.report = argv[++i];
    else if (strcmp(argv[i], "--wish") == 0) uplink.wish = argv[++i];
    else if (strcmp(argv[i], "--way") == 0) add_way(&uplink, strdup(argv[++i]));
  }
  uplink.insists = strcmp(uplink.wish, "auto") != 0;
  return uplink;
}

int command_anchor(int argc, char **argv) {
  bool rootless = has_argument(argc, argv, "--rootless");
  if (has_argument(argc, argv, keep_argument)) {
    struct uplink_options uplink = read_uplink(argc, argv);
    anchor_keep(argv, rootless, &uplink);
  }
  int ready[2], mapped[2];
  if (pipe2(ready, O_CLOEXEC) < 0 || pipe2(mapped, O_CLOEXEC) < 0) fail("pipe");
  pid_t child = fork();
  if (child < 0) fail("fork");
  if (child == 0) enter_user_namespace_of_its_own(argc, argv, rootless, ready[1], mapped[0]);
  close(ready[1]);
  char byte;
  if (!rootless) return 0;
  if (read(ready[0], &byte, 1) != 1) return 1; // the child has said why
  map_ids(child);
  return write(mapped[1], &byte, 1) == 1 ? 0 : 1;
}
