#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "channel.h"
#include "rooted.h"
#include "terminal.h"

// In a running container anything may have been put in its place: only the kernel's own multiplexer will do.
static bool is_multiplexer(int fd) {
  struct stat status;
  struct statfs system;
  return fstat(fd, &status) == 0 && fstatfs(fd, &system) == 0 && S_ISCHR(status.st_mode) &&
         system.f_type == DEVPTS_SUPER_MAGIC && status.st_rdev == makedev(5, 2);
}

int terminal_open(const struct specification *specification, int root, int channel) {
  int master = rooted_open(root, "/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_NONBLOCK);
  if (master < 0) fail("opening /dev/pts/ptmx");
  if (!is_multiplexer(master)) failf("terminal", "/dev/pts/ptmx is not a terminal multiplexer");
  int locked = 0;
  if (ioctl(master, TIOCSPTLCK, &locked) < 0) fail("unlocking the terminal");
  int slave = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (slave < 0) fail("opening the terminal");
  struct winsize size = {.ws_row = specification->rows, .ws_col = specification->columns};
  if (ioctl(master, TIOCSWINSZ, &size) < 0) fail("sizing the terminal");
  channel_send(channel, CHANNEL_TERMINAL, NULL, master);
  close(master);
  return slave;
}
