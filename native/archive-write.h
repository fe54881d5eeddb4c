// Writing a tar archive to standard output: ustar headers, with pax records for what those cannot say.
#pragma once
#include <sys/stat.h>

#include "slipway.h"

// Header of an entry; `link` is NULL unless it is a symbolic or (`is_hard_link`) a hard one. `xattrs` is a descriptor whose
// attributes are written too, or -1. The contents of a file of st_size bytes have to follow.
struct archive_header {
  const char *path, *link;
  bool is_hard_link;
  const struct stat *status;
  int xattrs;
};
void archive_write_header(const struct archive_header *header);
// Contents of the file just begun, from `fd`. Fails when it has become shorter than its header says.
void archive_write_contents(int fd, const char *path, uint64_t size);
// The two blocks at the end, and all that is still kept back.
void archive_write_end(void);
