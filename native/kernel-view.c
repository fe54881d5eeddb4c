// What such a file says is made as it is read, and may be another at each time: it is read once, to its end.
#define _GNU_SOURCE
#include <errno.h>
#include <sys/mman.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "kernel-view.h"

enum { LIMIT = 16 * 1024 * 1024 }; // some have no end

bool kernel_view_has(int fd) {
  static const unsigned long magic_numbers[] = {
      0x9fa0,     // proc
      0x62656572, // sysfs
      0x27e0eb,   // cgroup
      0x63677270, // cgroup2
      0x1cd1,     // devpts
      0x19800202, // mqueue
  };
  struct statfs status;
  if (fstatfs(fd, &status) < 0) return false;
  for (size_t i = 0; i < sizeof magic_numbers / sizeof *magic_numbers; i++)
    if ((unsigned long)status.f_type == magic_numbers[i]) return true;
  return false;
}

int kernel_view_read(int fd, const char *path, off_t *size) {
  static char buffer[64 * 1024];
  int copy = memfd_create("view", MFD_CLOEXEC);
  if (copy < 0) fail("memfd_create");
  *size = 0;
  for (;;) {
    ssize_t count = read(fd, buffer, sizeof buffer);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail(path);
    if (count == 0) break;
    *size += count;
    if (*size > LIMIT) failf(path, "has no end within %d bytes", LIMIT);
    if (write(copy, buffer, (size_t)count) != count) fail("memory");
  }
  if (lseek(copy, 0, SEEK_SET) < 0) fail("memory");
  return copy;
}
