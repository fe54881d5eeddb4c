// What a fuzzer runs: `untar --layer` of standard input into a folder of its own, which goes with the process.
#define _GNU_SOURCE
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "slipway.h"

// Instead of main.c's.
pid_t anchor_pid;
bool anchor_rootless = true;

static char folder[] = "/dev/shm/untar-fuzz-XXXXXX";

static int remove_entry(const char *path, const struct stat *status, int type, struct FTW *at) {
  (void)status, (void)type, (void)at;
  return remove(path);
}

static int open_entry(const char *path, const struct stat *status, int type, struct FTW *at) {
  (void)status, (void)at;
  if (type == FTW_D || type == FTW_DNR) chmod(path, 0700);
  return 0;
}

static void clean(void) {
  nftw(folder, open_entry, 64, FTW_PHYS);
  nftw(folder, remove_entry, 64, FTW_PHYS | FTW_DEPTH);
}

int main(int argc, char **argv) {
  (void)argc, (void)argv;
#ifdef __AFL_HAVE_MANUAL_CONTROL
  __AFL_INIT();
#endif
  if (mkdtemp(folder) == NULL) return 2;
  atexit(clean);
  char *arguments[] = {"--root", folder, "--layer", "/"};
  return command_untar(4, arguments);
}
