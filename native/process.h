// The last steps before a container's command runs, the same for its first process and for those added by `exec`.
#pragma once
#include <linux/filter.h>

#include "identity.h"
#include "specification.h"

struct process {
  struct specification *specification;
  int channel;
  int stdio[3];         // -1: replaced by the terminal
  int terminal;         // the terminal's slave, or -1
  bool is_first; // of its container: made with it, and ends with its shim
  struct identity identity;
  struct sock_fprog seccomp;
  int proc; // the host's /proc, where AppArmor is told a profile; else unused
};

// What needs files of the host: while these can still be reached.
void process_prepare(struct process *process);
// Caller: inside the container, with every privilege still. Sends CHANNEL_READY, waits for CHANNEL_GO, executes.
__attribute__((noreturn)) void process_run(struct process *process, int root);
