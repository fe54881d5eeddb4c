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
// Whether it goes on for as long as the container runs, or only makes the interfaces.
bool side_stays(const struct specification *specification);
// Caller: a fresh fork of the shim, with its privileges.
__attribute__((noreturn)) void side_main(const struct side_plan *plan);
// For a container that runs, whose side process has died: another one, with the ports that the caller has kept. -1 with errno.
// Caller: the shim.
pid_t side_start_again(const struct specification *specification, pid_t container);
