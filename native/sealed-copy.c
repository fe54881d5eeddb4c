// A process on its way into a container shows the program it runs as /proc/<pid>/exe, and a container's root that opens that link could
// overwrite the host's binary as soon as nobody executes it (CVE-2019-5736; "#!/proc/self/exe" makes it easy). So what works inside
// containers executes a copy in memory, sealed against every change. The anchor runs from such a copy for as long as the engine's
// containers live; executing that one costs no copying and shares its memory.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "sealed-copy.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U // Linux 6.3: without it vm.memfd_noexec may forbid execution
#endif

enum { SEALS = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE };

static bool is_sealed(int fd) {
  int seals = fcntl(fd, F_GET_SEALS);
  return seals >= 0 && (seals & SEALS) == SEALS;
}

bool sealed_copy_is_running(void) {
  int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  if (fd < 0) fail("/proc/self/exe");
  bool is = is_sealed(fd);
  close(fd);
  return is;
}

static bool is_same(int one, int other, size_t size) {
  struct stat status;
  if (fstat(other, &status) < 0 || (size_t)status.st_size != size) return false;
  void *first = mmap(NULL, size, PROT_READ, MAP_SHARED | MAP_POPULATE, one, 0);
  void *second = mmap(NULL, size, PROT_READ, MAP_SHARED | MAP_POPULATE, other, 0);
  bool same = first != MAP_FAILED && second != MAP_FAILED && memcmp(first, second, size) == 0;
  if (first != MAP_FAILED) munmap(first, size);
  if (second != MAP_FAILED) munmap(second, size);
  return same;
}

// The anchor's copy, unless it is of another version of this binary. -1 when there is none.
static int open_shared(pid_t anchor, int self, size_t size) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/exe", (int)anchor);
  int fd = anchor > 0 ? open(path, O_RDONLY | O_CLOEXEC) : -1;
  if (fd < 0) return -1;
  if (is_sealed(fd) && is_same(self, fd, size)) return fd;
  close(fd);
  return -1;
}

static int new_memory(const char *name) {
  int fd = (int)syscall(SYS_memfd_create, name, MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
  if (fd < 0 && errno == EINVAL) fd = (int)syscall(SYS_memfd_create, name, MFD_CLOEXEC | MFD_ALLOW_SEALING);
  if (fd < 0) fail("memfd_create");
  return fd;
}

static int make_copy(int self, size_t size) {
  int fd = new_memory("slipway-native");
  for (size_t left = size; left > 0;) {
    ssize_t count = sendfile(fd, self, NULL, left);
    if (count <= 0) fail("copying the binary");
    left -= (size_t)count;
  }
  if (fcntl(fd, F_ADD_SEALS, SEALS) < 0) fail("sealing the binary");
  return fd;
}

static void put_input(const char *input, size_t length) {
  int fd = new_memory("input");
  while (length > 0) {
    ssize_t count = write(fd, input, length);
    if (count <= 0) fail("handing the input over");
    input += count;
    length -= (size_t)count;
  }
  if (lseek(fd, 0, SEEK_SET) < 0 || dup2(fd, STDIN_FILENO) < 0) fail("handing the input over");
}

void sealed_copy_execute(char **argv, pid_t anchor, const char *input, size_t length) {
  extern char **environ;
  int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
  struct stat status;
  if (self < 0 || fstat(self, &status) < 0) fail("/proc/self/exe");
  int copy = open_shared(anchor, self, (size_t)status.st_size);
  if (copy < 0) copy = make_copy(self, (size_t)status.st_size);
  if (input != NULL) put_input(input, length);
  syscall(SYS_execveat, copy, "", argv, environ, AT_EMPTY_PATH);
  fail("executing a copy of the binary");
}
