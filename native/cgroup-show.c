// A container sees its own groups and no others: each is bound by itself, which needs no mount of a cgroup file system and looks the
// same in both versions.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bind-mount.h"
#include "cgroup.h"
#include "rooted.h"

static bool is_version_2(const char *directory) {
  struct statfs status;
  return statfs(directory, &status) == 0 && status.f_type == CGROUP2_SUPER_MAGIC;
}

// The folder that the hierarchy of `directory` is mounted on.
static void hierarchy_top(const char *directory, char top[PATH_MAX]) {
  struct stat status, above;
  snprintf(top, PATH_MAX, "%s", directory);
  if (stat(top, &status) < 0) fail(directory);
  for (char *slash; (slash = strrchr(top, '/')) != top;) {
    *slash = '\0';
    if (stat(top, &above) == 0 && above.st_dev == status.st_dev) continue;
    *slash = '/';
    return;
  }
}

static void mount_on(int place, const char *type, const struct mount_options *options, const char *data) {
  char path[64];
  snprintf(path, sizeof path, "/proc/self/fd/%d", place);
  if (mount(type, path, type, options->flags & ~(unsigned long)MS_RDONLY, data) < 0) fail(type);
}

static void bind_directory(const char *directory, int place, const struct mount_options *options) {
  struct bind_request request = {.attributes = options->attributes, .propagation = MS_PRIVATE};
  int copy = bind_copy(AT_FDCWD, directory, &request);
  if (copy < 0 || bind_place(copy, place) < 0) fail(directory);
  close(copy);
}

// Controllers mounted together as "cpu,cpuacct" are looked for under each name.
static void link_names(int folder, const char *name) {
  if (strchr(name, ',') == NULL) return;
  char names[NAME_MAX + 1], *saved = NULL;
  snprintf(names, sizeof names, "%s", name);
  for (char *one = strtok_r(names, ",", &saved); one != NULL; one = strtok_r(NULL, ",", &saved))
    if (symlinkat(name, folder, one) < 0) fail(one);
}

static void show_hierarchies(const struct list *directories, int root, const char *target, const struct mount_options *options) {
  int folder = rooted_open(root, target, O_PATH | O_DIRECTORY); // the tmpfs now
  if (folder < 0) fail(target);
  for (size_t i = 0; i < directories->count; i++) {
    char top[PATH_MAX];
    hierarchy_top(directories->items[i], top);
    const char *name = strrchr(top, '/') + 1;
    if (mkdirat(folder, name, 0755) < 0 && errno != EEXIST) fail(name);
    int place = openat(folder, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (place < 0) fail(name);
    bind_directory(directories->items[i], place, options);
    link_names(folder, name);
    close(place);
  }
  struct mount_attr attributes = {.attr_set = options->attributes};
  if (syscall(SYS_mount_setattr, folder, "", AT_EMPTY_PATH, &attributes, sizeof attributes) < 0) fail(target);
  close(folder);
}

void cgroup_show(const struct cgroup_view *view, int root, const char *target, const struct mount_options *options) {
  const struct list *directories = view->directories;
  int place = rooted_directory(root, target);
  if (directories->count > 0 && is_version_2(directories->items[0])) {
    char top[PATH_MAX];
    if (view->shows_all) hierarchy_top(directories->items[0], top);
    bind_directory(view->shows_all ? top : directories->items[0], place, options);
  } else if (directories->count == 0 && is_version_2("/sys/fs/cgroup")) {
    // Without a group of its own the container sees the one it is in; a kernel that refuses leaves the folder as it is.
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", place);
    if (mount("cgroup2", path, "cgroup2", options->flags, "") < 0 && errno != EPERM && errno != EBUSY) fail(target);
  } else {
    mount_on(place, "tmpfs", options, "mode=0755,size=64k");
    show_hierarchies(directories, root, target, options);
  }
  close(place);
}
