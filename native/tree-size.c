// `size`: how much files hold, as people are told it: the lengths of all that is no folder, a file with several names once.
#define _GNU_SOURCE
#include <errno.h>
#include <fts.h>
#include <stdio.h>
#include <sys/stat.h>

#include "fail.h"
#include "tree-entry.h"

// What vanishes meanwhile counts nothing, nor what this user may not look into.
static bool may_be_missing(int error) {
  return error == ENOENT || error == EACCES || error == ENOTDIR;
}

static unsigned long long size_below(char *folder) {
  char *const roots[] = {folder, NULL};
  unsigned long long total = 0;
  // Going into each folder and back: a container can nest folders far deeper than a path is long.
  FTS *walk = fts_open(roots, FTS_PHYSICAL | FTS_XDEV, NULL);
  if (walk == NULL) fail(folder);
  for (FTSENT *entry; errno = 0, (entry = fts_read(walk)) != NULL;) {
    switch (entry->fts_info) {
    case FTS_D:
    case FTS_DP: break;
    case FTS_DNR:
    case FTS_ERR:
    case FTS_NS:
      errno = entry->fts_errno;
      if (!may_be_missing(errno)) fail(folder);
      break;
    default:
      if (entry->fts_statp->st_nlink > 1 && tree_seen_before(entry->fts_statp, folder) != NULL) break;
      total += (unsigned long long)entry->fts_statp->st_size;
    }
  }
  if (errno != 0 && !may_be_missing(errno)) fail(folder);
  fts_close(walk);
  return total;
}

int command_size(int argc, char **argv) {
  for (int i = 0; i < argc; i++) printf("%llu\n", size_below(argv[i]));
  if (fflush(stdout) != 0) fail("writing the sizes");
  return 0;
}
