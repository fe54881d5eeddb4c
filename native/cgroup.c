#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "cgroup.h"
#include "channel.h"

enum { REMOVAL_ATTEMPTS = 2000 }; // a millisecond apart

static void path_in(char path[PATH_MAX], const char *directory, const char *file) {
  snprintf(path, PATH_MAX, "%s/%s", directory, file);
}

static bool write_file(const char *path, const char *value) {
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0) return false;
  bool is_written = write(fd, value, strlen(value)) >= 0;
  int error = errno;
  close(fd);
  errno = error;
  return is_written;
}

static ssize_t read_file(const char *directory, const char *file, char *text, size_t size) {
  char path[PATH_MAX];
  path_in(path, directory, file);
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) return -1;
  ssize_t length = read(fd, text, size - 1);
  close(fd);
  text[length < 0 ? 0 : length] = '\0';
  return length;
}

// A new group of version 1's cpuset has no processors and no memory, and takes no process until it has.
static void inherit_cpuset(const char *directory) {
  static const char *const files[] = {"cpuset.cpus", "cpuset.mems"};
  char parent[PATH_MAX], text[4096], path[PATH_MAX];
  snprintf(parent, sizeof parent, "%s/..", directory);
  for (size_t i = 0; i < 2; i++) {
    if (read_file(directory, files[i], text, sizeof text) != 1 || text[0] != '\n') continue;
    if (read_file(parent, files[i], text, sizeof text) <= 0) continue;
    path_in(path, directory, files[i]);
    if (!write_file(path, text)) fail(path);
  }
}

static void make(const char *directory) {
  if (mkdir(directory, 0755) == 0 || errno == EEXIST) return;
  const char *slash = strrchr(directory, '/');
  if (errno != ENOENT || slash == NULL || slash == directory) fail(directory);
  char *parent = strndup(directory, (size_t)(slash - directory));
  if (parent == NULL) fail("memory");
  make(parent);
  free(parent);
  if (mkdir(directory, 0755) < 0 && errno != EEXIST) fail(directory);
}

void cgroup_create(const struct list *directories) {
  for (size_t i = 0; i < directories->count; i++) {
    make(directories->items[i]);
    inherit_cpuset(directories->items[i]);
  }
}

void cgroup_apply(const struct list *pairs) {
  for (size_t i = 0; i + 1 < pairs->count; i += 2)
    if (!write_file(pairs->items[i], pairs->items[i + 1]))
      channel_warn("%s cannot be set to %s: %s", pairs->items[i], pairs->items[i + 1], strerror(errno));
}

// By `tasks`, where there is such a file (version 1): the one thread of this process, and with it all of it. For a thread that moves
// itself the kernel (since 5.5) takes no lock of the whole machine's, which by `cgroup.procs` it waits for: 10 ms and more.
bool cgroup_enter(const char *directory) {
  char path[PATH_MAX];
  path_in(path, directory, "tasks");
  if (write_file(path, "0")) return true;
  if (errno != ENOENT) return false;
  path_in(path, directory, "cgroup.procs");
  return write_file(path, "0");
}

static bool is_version_2(const char *directory) {
  struct statfs status;
  if (statfs(directory, &status) < 0) fail(directory);
  return status.f_type == CGROUP2_SUPER_MAGIC;
}

// A move within version 2 waits for the lock; a birth does not.
pid_t cgroup_clone(const struct list *directories, uint64_t flags, int exit_signal) {
  struct clone_args arguments = {.flags = flags, .exit_signal = (uint64_t)exit_signal};
  int birthplace = -1;
  for (size_t i = 0; i < directories->count && birthplace < 0; i++) {
    if (!is_version_2(directories->items[i])) continue;
    birthplace = open(directories->items[i], O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (birthplace < 0) fail(directories->items[i]);
    arguments.flags |= CLONE_INTO_CGROUP;
    arguments.cgroup = (uint64_t)birthplace;
  }
  pid_t pid = (pid_t)syscall(SYS_clone3, &arguments, sizeof arguments);
  if (pid != 0 && birthplace >= 0) {
    int error = errno;
    close(birthplace);
    errno = error;
  }
  return pid;
}

void cgroup_join(const struct list *directories) {
  for (size_t i = 0; i < directories->count; i++)
    if (!is_version_2(directories->items[i]) && !cgroup_enter(directories->items[i])) fail(directories->items[i]);
}

void cgroup_guard(const struct list *directories, const struct device_rule *rules, size_t count) {
  if (count == 0) return;
  for (size_t i = 0; i < directories->count; i++)
    if (!cgroup_guard_devices(directories->items[i], rules, count)) fail("guarding devices");
}

bool cgroup_had_oom(const struct list *directories) {
  static const char *const files[] = {"memory.events", "memory.oom_control"};
  char text[1024];
  for (size_t i = 0; i < directories->count * 2; i++) {
    if (read_file(directories->items[i / 2], files[i % 2], text, sizeof text) <= 0) continue;
    const char *count = strstr(text, "\noom_kill "); // not the first line in either file
    if (count != NULL && strtoul(count + 10, NULL, 10) > 0) return true;
  }
  return false;
}

static void kill_members(const char *directory) {
  char path[PATH_MAX], text[4096];
  path_in(path, directory, "cgroup.kill"); // version 2, since 5.14: all, and those of the groups below
  if (write_file(path, "1")) return;
  path_in(path, directory, "freezer.state");
  write_file(path, "THAWED"); // what is held still cannot die; absent in the other hierarchies
  if (read_file(directory, "cgroup.procs", text, sizeof text) <= 0) return;
  char *saved = NULL;
  for (char *line = strtok_r(text, "\n", &saved); line != NULL; line = strtok_r(NULL, "\n", &saved)) {
    pid_t pid = (pid_t)strtol(line, NULL, 10);
    if (pid > 1 && pid != getpid()) kill(pid, SIGKILL);
  }
}

static bool try_remove(const char *directory);

// A privileged container may have made groups of its own.
static void try_remove_children(const char *directory) {
  DIR *entries = opendir(directory);
  if (entries == NULL) return;
  char path[PATH_MAX];
  for (const struct dirent *entry; (entry = readdir(entries)) != NULL;) {
    if (entry->d_type != DT_DIR || strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
    path_in(path, directory, entry->d_name);
    try_remove(path);
  }
  closedir(entries);
}

static bool try_remove(const char *directory) {
  if (rmdir(directory) == 0 || errno == ENOENT) return true;
  if (errno != EBUSY) return false;
  kill_members(directory);
  try_remove_children(directory);
  errno = EBUSY;
  return false;
}

static bool remove_one(const char *directory) {
  // A group stays busy for a moment after its last process is dead, and version 1 tells nobody when that is over.
  const struct timespec pause = {.tv_nsec = 1000000};
  for (int attempt = 0; attempt < REMOVAL_ATTEMPTS; attempt++) {
    if (try_remove(directory)) return true;
    if (errno != EBUSY) return false;
    nanosleep(&pause, NULL);
  }
  return false;
}

bool cgroup_remove(const struct list *directories) {
  bool are_removed = true;
  for (size_t i = 0; i < directories->count; i++) are_removed &= remove_one(directories->items[i]);
  return are_removed;
}
