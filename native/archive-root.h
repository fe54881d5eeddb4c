// The root file system that a file subcommand works in, as its options name it (docs/native.md, "File work").
#pragma once
#include "slipway.h"

struct archive_root {
  const char *folder;      // --root
  pid_t pid;               // --pid
  struct root_step *steps; // --mount, --file and --symlink
  size_t step_count;
};

// Takes a root option at argv[*at] and moves *at behind it; false when there is none there. Fails when its fields are missing.
bool archive_root_option(struct archive_root *root, int argc, char **argv, int *at);
// Enters or makes the root; gives an O_PATH descriptor of it. To be called once, after everything outside has been opened.
int archive_root_enter(const struct archive_root *root);
// Where an O_PATH descriptor is, as an absolute path inside the root. Empty when the kernel cannot tell.
void archive_root_locate(int root, int fd, char *path, size_t size);
