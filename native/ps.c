// `ps ARGUMENT…`: the machine's `ps`, as a member of the engine's user namespace sees its processes: with the ids that they have there.
#define _GNU_SOURCE
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "slipway.h"

int command_ps(int argc, char **argv) {
  char **args = calloc((size_t)argc + 2, sizeof *args);
  if (args == NULL) fail("memory");
  args[0] = "ps";
  for (int i = 0; i < argc; i++) args[i + 1] = argv[i];
  if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) < 0) fail("prctl");
  execvp("ps", args);
  fail("ps");
}
