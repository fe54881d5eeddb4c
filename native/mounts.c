// Every target is looked up inside the new root (rooted.c), and what is mounted goes to the descriptor found: no symbolic link of an
// image can make a mount, a mask or a device land outside.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bind-mount.h"
#include "cgroup.h"
#include "devices.h"
#include "fail.h"
#include "mount-options.h"
#include "mount-source.h"
#include "mounts.h"
#include "overlay.h"
#include "rooted.h"
#include "seal.h"

// A root that is being made.
struct site {
  int *copies; // by step: of a source that is to stay shared with the host; else -1
  const struct specification *specification;
  int root;      // -1 until something is mounted on `/`
  char *emptied; // the first folder that was masked
};

static void fail_mount(const char *what, const char *target) {
  char step[PATH_MAX + 64];
  snprintf(step, sizeof step, "mounting %s on %s", what, target);
  fail(step);
}

static void open_root(struct site *site) {
  site->root = open(site->specification->rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (site->root < 0) fail(site->specification->rootfs);
}

// Where a mount goes: the root itself is found by its path, all else inside it.
static int open_target(struct site *site, const char *target, bool is_directory) {
  if (site->root < 0 || strcmp(target, "/") == 0) {
    int fd = open(site->specification->rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) fail(site->specification->rootfs);
    return fd;
  }
  return is_directory ? rooted_directory(site->root, target) : rooted_file(site->root, target);
}

static struct bind_request bind_request_of(const struct mount_options *options, bool recursive) {
  uint64_t own = options->readonly_here ? MOUNT_ATTR_RDONLY : 0;
  return (struct bind_request){
      .attributes = options->attributes,
      .own_attributes = own,
      .propagation = options->propagation != 0 ? options->propagation : MS_PRIVATE,
      .recursive = recursive,
      .recursive_propagation = options->propagation == 0 || options->recursive_propagation,
  };
}

// What is mounted on has to be of the same kind, where it is there already; the kernel's own words for that help nobody.
static void require_kind(struct site *site, bool is_directory, const char *source, const char *target) {
  int there = site->root < 0 ? -1 : rooted_open(site->root, target, O_PATH);
  if (there < 0) return;
  struct stat status;
  bool fits = fstat(there, &status) < 0 || S_ISDIR(status.st_mode) == is_directory;
  close(there);
  if (fits) return;
  const char *why = is_directory ? "a folder cannot be mounted on a file" : "a file cannot be mounted on a folder";
  failf("mounting", "%s on %s: %s", source, target, why);
}

// Puts a detached copy where it belongs, on a folder or a file as it is one itself.
static void place_copy(struct site *site, int copy, const char *source, const char *target) {
  struct stat status;
  if (copy < 0 || fstat(copy, &status) < 0) fail_mount(source, target);
  require_kind(site, S_ISDIR(status.st_mode), source, target);
  int place = open_target(site, target, S_ISDIR(status.st_mode));
  if (bind_place(copy, place) < 0) fail_mount(source, target);
  close(place);
  close(copy);
}

// Fails where it cannot be copied.
static int copy_source(char **fields, const struct mount_options *options) {
  struct bind_request request = bind_request_of(options, *fields[0] == 'r');
  int source = source_open(fields[1], options->subpath);
  int copy = source < 0 ? -1 : bind_copy(source, "", &request);
  if (copy < 0) fail_mount(fields[1], fields[2]);
  close(source);
  return copy;
}

// What a user namespace may not mount afresh because it does not own the namespace shown, it may still be shown as the host has it.
static const char *stand_in(const struct site *site, const char *type) {
  const struct specification *s = site->specification;
  if (strcmp(type, "sysfs") == 0 && !namespace_is(s, NS_NET, "private")) return "/sys";
  if (strcmp(type, "proc") == 0 && !namespace_is(s, NS_PID, "private")) return "/proc";
  if (strcmp(type, "mqueue") == 0 && !namespace_is(s, NS_IPC, "private")) return "/dev/mqueue";
  return NULL;
}

static int mount_at(const char *type, const char *source, int place, const struct mount_options *options) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", place);
  return mount(*source == '\0' ? type : source, path, type, options->flags, options->data);
}

static int mount_afresh(char **fields, int place, struct mount_options *options) {
  const char *type = fields[0], *source = fields[1];
  int result = strcmp(type, "overlay") == 0 ? overlay_mount(place, options) : mount_at(type, source, place, options);
  // An owner that has no place in this user namespace: the process's own it is.
  if (result < 0 && errno == EINVAL && (mount_options_drop(options->data, "gid") | mount_options_drop(options->data, "uid")))
    result = mount_at(type, source, place, options);
  return result;
}

// A part of a file system: the whole is mounted over the root for a moment, where nothing is looked up meanwhile.
static void mount_part(struct site *site, char **fields, struct mount_options *options) {
  const char *rootfs = site->specification->rootfs;
  int place = open_target(site, "/", true);
  if (mount_afresh(fields, place, options) < 0) fail_mount(fields[0], fields[2]);
  close(place);
  struct bind_request request = bind_request_of(options, false);
  int part = source_open(rootfs, options->subpath);
  if (part < 0) fail(rootfs);
  int copy = bind_copy(part, "", &request);
  close(part);
  if (umount2(rootfs, MNT_DETACH) < 0) fail("unmounting what only a part of is mounted");
  place_copy(site, copy, fields[0], fields[2]);
}

static void mount_file_system(struct site *site, char **fields, struct mount_options *options) {
  const char *type = fields[0], *target = fields[2];
  int place = open_target(site, target, true);
  if (seal_is_due(type, options)) options->flags &= ~(unsigned long)MS_RDONLY;
  int result = mount_afresh(fields, place, options);
  const char *instead = stand_in(site, type);
  if (result < 0 && errno == EPERM && instead != NULL) {
    struct bind_request request = bind_request_of(options, true);
    int copy = bind_copy(AT_FDCWD, instead, &request);
    // Not every machine has message queues mounted; a container of its namespace then does without, too.
    if (copy >= 0 || errno != ENOENT) place_copy(site, copy, instead, target);
    result = 0;
  }
  // Which of its options a file system refuses, the kernel does not say.
  if (result < 0 && errno == EINVAL && strcmp(type, "tmpfs") == 0 && *options->data != '\0')
    failf("mounting", "%s on %s with %s: %s", type, target, options->data, reason(errno));
  if (result < 0) fail_mount(type, target);
  close(place);
}

static bool mount_from_other(struct site *site, char **fields, const struct mount_options *options) {
  struct bind_request request = bind_request_of(options, true);
  int copy = source_of_other(options->shared_with, &request);
  if (copy < 0) return false;
  place_copy(site, copy, options->shared_with, fields[2]);
  return true;
}

static bool is_bind(const char *type) {
  return strcmp(type, "bind") == 0 || strcmp(type, "rbind") == 0;
}

static void show_cgroups(const struct site *site, const char *target, const struct mount_options *options) {
  const struct specification *s = site->specification;
  const struct cgroup_view view = {.directories = &s->cgroups, .shows_all = namespace_is(s, NS_CGROUP, "host")};
  cgroup_show(&view, site->root, target, options);
}

static void perform_mount(struct site *site, char **fields, int copy) {
  const char *type = fields[0], *target = fields[2];
  struct mount_options options = mount_options_parse(fields[3]);
  bool is_root = strcmp(target, "/") == 0;
  if (!is_root && site->root < 0) failf("mounting", "%s: nothing is mounted on / yet", target);
  if (options.shared_with != NULL && mount_from_other(site, fields, &options)) copy = -1;
  else if (is_bind(type)) place_copy(site, copy >= 0 ? copy : copy_source(fields, &options), fields[1], target);
  else if (strcmp(type, "cgroup") == 0) show_cgroups(site, target, &options);
  else if (options.subpath != NULL) mount_part(site, fields, &options);
  else mount_file_system(site, fields, &options);
  mount_options_free(&options);
  if (is_root) open_root(site);
}

// The empty read-only folder is mounted once; further masks are copies of it.
static void mask_directory(struct site *site, const char *path, int place) {
  if (site->emptied != NULL) {
    int first = rooted_open(site->root, site->emptied, O_PATH | O_DIRECTORY);
    struct bind_request request = {.propagation = MS_PRIVATE};
    int copy = first < 0 ? -1 : bind_copy(first, "", &request);
    if (copy < 0 || bind_place(copy, place) < 0) fail_mount("nothing", path);
    close(first);
    close(copy);
    return;
  }
  struct mount_options options = {.flags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, .data = "size=0,mode=0755"};
  if (mount_at("tmpfs", "tmpfs", place, &options) < 0) fail_mount("nothing", path);
  site->emptied = (char *)path;
}

static void perform_mask(struct site *site, const char *path) {
  struct stat status;
  int place = rooted_open(site->root, path, O_PATH);
  if (place < 0 && (errno == ENOENT || errno == ENOTDIR)) return;
  if (place < 0 || fstat(place, &status) < 0) fail(path);
  if (S_ISDIR(status.st_mode)) {
    mask_directory(site, path, place);
  } else {
    struct bind_request request = {.attributes = MOUNT_ATTR_RDONLY, .propagation = MS_PRIVATE};
    int copy = bind_copy(AT_FDCWD, "/dev/null", &request);
    if (copy < 0 || bind_place(copy, place) < 0) fail_mount("/dev/null", path);
    close(copy);
  }
  close(place);
}

void mount_readonly(int root, const char *path) {
  int place = rooted_open(root, path, O_PATH);
  if (place < 0 && (errno == ENOENT || errno == ENOTDIR)) return;
  if (place < 0) fail(path);
  struct bind_request request = {.attributes = MOUNT_ATTR_RDONLY, .propagation = MS_PRIVATE, .recursive = true};
  int copy = bind_copy(place, "", &request);
  if (copy < 0 || bind_place(copy, place) < 0) fail_mount("read-only copy", path);
  close(copy);
  close(place);
}

void mount_file_over(int root, int source, const char *path) {
  int place = rooted_file(root, path);
  struct bind_request request = {.propagation = MS_PRIVATE};
  int copy = bind_copy(source, "", &request);
  if (copy < 0 || bind_place(copy, place) < 0) fail_mount("terminal", path);
  close(copy);
  close(place);
}

static void perform(struct site *site, size_t index) {
  const struct root_step *step = &site->specification->steps[index];
  char **fields = step->fields;
  if (step->kind != STEP_MOUNT && site->root < 0) failf("mounting", "nothing is mounted on / yet");
  switch (step->kind) {
  case STEP_MOUNT: perform_mount(site, fields, site->copies[index]); break;
  case STEP_MASK: perform_mask(site, fields[0]); break;
  case STEP_READONLY: mount_readonly(site->root, fields[0]); break;
  case STEP_DEVICE: device_make(site->root, fields, site->specification->rootless); break;
  case STEP_FILE: rooted_empty_file(site->root, fields[0]); break;
  case STEP_SYMLINK: rooted_symlink(site->root, fields[0], fields[1]); break;
  }
}

// What is to be shared with the host is copied while this namespace's mounts are still those of the host: a copy of a mount that only
// follows the host's would only follow, too.
static void copy_shared_sources(struct site *site) {
  const struct specification *s = site->specification;
  site->copies = malloc((s->step_count + 1) * sizeof *site->copies);
  if (site->copies == NULL) fail("memory");
  for (size_t i = 0; i < s->step_count; i++) {
    site->copies[i] = -1;
    if (s->steps[i].kind != STEP_MOUNT || !is_bind(s->steps[i].fields[0])) continue;
    struct mount_options options = mount_options_parse(s->steps[i].fields[3]);
    if (options.propagation == MS_SHARED) site->copies[i] = copy_source(s->steps[i].fields, &options);
    mount_options_free(&options);
  }
}

int mounts_perform(const struct specification *specification) {
  struct site site = {.specification = specification, .root = -1};
  if (specification->rootfs == NULL) failf("specification", "no rootfs");
  copy_shared_sources(&site);
  // What the host unmounts later must go here too, but nothing may travel back.
  if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) < 0) fail("making mounts private");
  for (size_t i = 0; i < specification->step_count; i++) perform(&site, i);
  if (site.root < 0) failf("mounting", "nothing is mounted on /");
  seal_file_systems(specification, site.root);
  free(site.copies);
  return site.root;
}

void mounts_enter(int root, bool readonly) {
  // The old root is stacked on the new one by a pivot from "." to ".", and taken off again: no folder for it is needed.
  if (fchdir(root) < 0) fail("entering the root");
  if (syscall(SYS_pivot_root, ".", ".") < 0) fail("pivot_root");
  if (umount2(".", MNT_DETACH) < 0) fail("leaving the old root");
  if (chdir("/") < 0) fail("entering the root");
  if (!readonly) return;
  struct mount_attr attributes = {.attr_set = MOUNT_ATTR_RDONLY};
  if (syscall(SYS_mount_setattr, AT_FDCWD, "/", 0, &attributes, sizeof attributes) < 0) fail("making the root read-only");
}
