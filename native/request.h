// What the engine asks of the starter: one frame, as control connections have them, on a connection of its own.
#pragma once
#include "slipway.h"

struct request {
  char type;
  char *text; // ended by NUL
  size_t length;
};

// Waits for it. False when the connection ends before it is whole, or it is longer than any request is.
bool request_receive(int connection, struct request *request);
