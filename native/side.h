// The process beside a container: makes its interfaces in the engine's network namespace, then carries ports and answers DNS there.
#pragma once
#include "specification.h"

struct side_plan {
  const struct specification *specification;
  struct upstream_sockets upstream_sockets;
  pid_t container;     // its first process
  int container_channel, shim_channel;
};

bool side_is_needed(const struct specification *specification);
// Caller: a fresh fork of the shim, with its privileges.
__attribute__((noreturn)) void side_main(const struct side_plan *plan);
