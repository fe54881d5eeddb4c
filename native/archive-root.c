// Three ways to a root: a folder, the mount namespace of a running container, or mounts made for this call alone.
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
#include <unistd.h>

#include "archive-root.h"
#include "mounts.h"
#include "rooted.h"
#include "specification.h"

// What makes a root, as the directives of the same names do.
static const struct maker {
  const char *option;
  enum root_step_kind kind;
  int fields;
} makers[] = {{"--mount", STEP_MOUNT, 4}, {"--file", STEP_FILE, 1}, {"--symlink", STEP_SYMLINK, 2}};

// Nothing that a container mounts comes from below here, so it can be covered in a mount namespace of our own.
static const char scaffold[] = "/sys";

static int own_descriptors = -1; // /proc/self/fd, as it was before another root was entered

static const struct maker *find_maker(const char *option) {
  for (size_t i = 0; i < sizeof makers / sizeof *makers; i++)
    if (strcmp(option, makers[i].option) == 0) return &makers[i];
  return NULL;
}

static void add_step(struct archive_root *root, enum root_step_kind kind, char **fields) {
  struct root_step *steps = realloc(root->steps, (root->step_count + 1) * sizeof *steps);
  if (steps == NULL) fail("memory");
  root->steps = steps;
  steps[root->step_count++] = (struct root_step){.kind = kind, .fields = fields};
}

bool archive_root_option(struct archive_root *root, int argc, char **argv, int *at) {
  const char *option = argv[*at];
  const struct maker *maker = find_maker(option);
  if (maker == NULL && strcmp(option, "--root") != 0 && strcmp(option, "--pid") != 0) return false;
  int fields = maker == NULL ? 1 : maker->fields;
  if (argc - *at <= fields) failf("arguments", "%s needs more", option);
  char **values = argv + *at + 1;
  if (maker != NULL) add_step(root, maker->kind, values);
  else if (strcmp(option, "--root") == 0) root->folder = *values;
  else if ((root->pid = atoi(*values)) <= 0) failf("arguments", "%s is not a process id", *values);
  *at += fields + 1;
  return true;
}

static int open_root(const char *path) {
  int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) fail(path);
  return fd;
}

static int enter_container(pid_t pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/ns/mnt", pid);
  int namespace = open(path, O_RDONLY | O_CLOEXEC);
  if (namespace < 0) fail(path);
  if (setns(namespace, CLONE_NEWNS) < 0) fail("entering the container's mounts");
  close(namespace);
  return open_root("/");
}

// What shows the kernel's state is not part of a container's files.
static bool holds_files(const char *type) {
  static const char *const views[] = {"proc", "sysfs", "cgroup", "cgroup2", "devpts", "mqueue"};
  for (size_t i = 0; i < sizeof views / sizeof *views; i++)
    if (strcmp(type, views[i]) == 0) return false;
  return true;
}

static int make_mounts(const struct archive_root *root) {
  if (unshare(CLONE_NEWNS) < 0) fail("a mount namespace");
  // Before anything is mounted: it must not show in the host's namespace.
  if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0) fail("making mounts private");
  if (mount("tmpfs", scaffold, "tmpfs", 0, "mode=0700") < 0) fail(scaffold);
  char rootfs[PATH_MAX];
  snprintf(rootfs, sizeof rootfs, "%s/root", scaffold);
  if (mkdir(rootfs, 0755) < 0) fail(rootfs);
  struct specification specification = {.rootfs = rootfs, .rootless = anchor_rootless};
  for (size_t i = 0; i < NS_KINDS; i++) specification.ns[i] = "private";
  specification.steps = calloc(root->step_count, sizeof *specification.steps);
  if (specification.steps == NULL) fail("memory");
  for (size_t i = 0; i < root->step_count; i++) {
    if (root->steps[i].kind == STEP_MOUNT && !holds_files(*root->steps[i].fields)) continue;
    specification.steps[specification.step_count++] = root->steps[i];
  }
  return mounts_perform(&specification);
}

int archive_root_enter(const struct archive_root *root) {
  if ((root->folder != NULL) + (root->pid != 0) + (root->step_count != 0) != 1)
    failf("arguments", "one of --root, --pid and --mount is needed");
  own_descriptors = open("/proc/self/fd", O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (root->folder != NULL) return open_root(root->folder);
  return root->pid != 0 ? enter_container(root->pid) : make_mounts(root);
}

static bool read_path(int fd, char *path, size_t size) {
  char name[16];
  snprintf(name, sizeof name, "%d", fd);
  ssize_t length = readlinkat(own_descriptors, name, path, size - 1);
  if (length <= 0 || path[0] != '/') return false;
  path[length] = '\0';
  return true;
}

void archive_root_locate(int root, int fd, char *path, size_t size) {
  char prefix[PATH_MAX];
  path[0] = '\0';
  if (!read_path(root, prefix, sizeof prefix) || !read_path(fd, path, size)) return;
  size_t length = strcmp(prefix, "/") == 0 ? 0 : strlen(prefix);
  if (strncmp(path, prefix, length) != 0 || (path[length] != '/' && path[length] != '\0')) {
    path[0] = '\0';
    return;
  }
  memmove(path, path + length, strlen(path + length) + 1);
  if (path[0] == '\0') strcpy(path, "/");
}
