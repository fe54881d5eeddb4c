#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "capabilities.h"

void capabilities_bound(uint64_t kept) {
  for (int capability = 0; capability < 64; capability++) {
    if (kept & (UINT64_C(1) << capability)) continue;
    int has = prctl(PR_CAPBSET_READ, capability, 0, 0, 0);
    if (has < 0) break; // past the last one this kernel knows
    if (has == 1 && prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) < 0) fail("dropping a capability");
  }
}

void capabilities_reduce(uint64_t kept) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct sets[2];
  if (syscall(SYS_capget, &header, sets) < 0) fail("capget");
  for (int half = 0; half < 2; half++) {
    sets[half].permitted &= (uint32_t)(kept >> (32 * half));
    sets[half].effective = geteuid() == 0 ? sets[half].permitted : 0;
    if (geteuid() != 0) sets[half].permitted = 0;
    sets[half].inheritable = 0;
  }
  if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0) fail("clearing ambient capabilities");
  if (syscall(SYS_capset, &header, sets) < 0) fail("capset");
}

void capabilities_drop(void) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct none[2] = {0};
  if (syscall(SYS_capset, &header, none) < 0) fail("capset");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) fail("no_new_privs");
}

void capabilities_become(uid_t uid, bool may_read_all) {
  struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
  struct __user_cap_data_struct kept[2] = {0};
  if (may_read_all) kept[0].permitted = kept[0].effective = UINT32_C(1) << CAP_DAC_READ_SEARCH;
  if (prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0 || setresuid(uid, uid, uid) < 0) fail("setuid");
  if (syscall(SYS_capset, &header, kept) < 0) fail("capset");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) fail("no_new_privs");
}

void seccomp_read(const char *path, struct sock_fprog *program) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  struct stat status;
  if (fd < 0 || fstat(fd, &status) < 0) fail(path);
  size_t size = (size_t)status.st_size, count = size / sizeof(struct sock_filter);
  if (size % sizeof(struct sock_filter) != 0 || count == 0 || count > BPF_MAXINSNS) failf("seccomp", "%s: not a program", path);
  program->filter = malloc(size);
  program->len = (unsigned short)count;
  if (program->filter == NULL) fail("memory");
  if (read(fd, program->filter, size) != status.st_size) fail(path);
  close(fd);
}

void seccomp_load(const struct sock_fprog *program) {
  if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, program) < 0) fail("seccomp");
}
