// Pipes that splice(2) carries bytes through. Few exist: each is lent while there are bytes in it.
#pragma once
#include <stdbool.h>

enum { PIPE_SIZE = 64 * 1024 };

struct pipe {
  int out, in;
};

// Makes sure that there is one; false when descriptors have run out.
bool pipe_take(struct pipe *pipe);
// Only an empty pipe may go to the next connection.
void pipe_give_back(struct pipe *pipe);
void pipe_close(struct pipe *pipe);
// Pipes for later, so that the first connections do not use up the descriptors that their own bytes need.
void pipe_set_aside(void);
