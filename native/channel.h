// Messages between the shim and the processes it starts: a type byte, text, and at most one descriptor. The last end of the
// channel is closed by a successful exec, and that is how the shim knows of it.
#pragma once
#include "slipway.h"

enum {
  CHANNEL_FAILED = 'F',   // one byte: the status; then the text
  CHANNEL_WARNING = 'N',  // text
  CHANNEL_TERMINAL = 'M', // with the terminal's master
  CHANNEL_READY = 'R',    // all is set up but for the exec
  CHANNEL_GO = 'G',       // from the shim
  CHANNEL_NETWORK = 'E',  // from the side process: endpoints are there
  CHANNEL_SOCKET = 'D',   // with one of the resolver's sockets
};

struct message {
  char type;
  char text[4096]; // ended by NUL
  size_t length;
  int fd;          // -1 when none came along
};

void channel_pair(int ends[2]);
// `fd` -1: none to send. The other end may be gone: what is sent then is lost.
void channel_send(int channel, char type, const char *text, int fd);
// False at the end of the channel.
bool channel_receive(int channel, struct message *message);

// Failures of this process go to `channel` from now on, and it ends with status 1.
void channel_reports_failures(int channel);
__attribute__((format(printf, 1, 2))) void channel_warn(const char *format, ...);
