// The story of a container's first process, from its birth to its exec.
#pragma once
#include "specification.h"

struct container_start {
  struct specification *specification;
  int channel;      // to the shim
  int side_channel; // to the side process, or -1
  int stdio[3];     // what becomes its standard descriptors when there is no terminal
};

// Caller: a fresh clone of the shim in the namespaces of its own, with the shim's privileges.
__attribute__((noreturn)) void container_main(const struct container_start *start);
