// A small stock of pipes.
#define _GNU_SOURCE
#include "net-pipe.h"
#include <fcntl.h>
#include <stddef.h>
#include <unistd.h>

// One is enough unless destinations are slow; the kernel counts pipe memory per user.
enum { SPARE_PIPES = 2 };

static struct pipe spare[SPARE_PIPES];
static size_t spare_count;

static bool make_pipe(struct pipe *pipe) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) < 0) return false;
  fcntl(ends[1], F_SETPIPE_SZ, PIPE_SIZE); // a smaller one works too
  *pipe = (struct pipe){ends[0], ends[1]};
  return true;
}

bool pipe_take(struct pipe *pipe) {
  if (pipe->out >= 0) return true;
  if (spare_count == 0) return make_pipe(pipe);
  *pipe = spare[--spare_count];
  return true;
}

void pipe_close(struct pipe *pipe) {
  if (pipe->out < 0) return;
  close(pipe->out);
  close(pipe->in);
  pipe->out = pipe->in = -1;
}

void pipe_give_back(struct pipe *pipe) {
  if (pipe->out < 0) return;
  if (spare_count == SPARE_PIPES) {
    pipe_close(pipe);
    return;
  }
  spare[spare_count++] = *pipe;
  pipe->out = pipe->in = -1;
}

void pipe_set_aside(void) {
  while (spare_count < SPARE_PIPES) {
    struct pipe pipe = {-1, -1};
    if (!make_pipe(&pipe)) return;
    spare[spare_count++] = pipe;
  }
}
