// Entry: options, then the subcommand.
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "slipway.h"

pid_t anchor_pid;
bool anchor_rootless;

// Which of the anchor's namespaces the process is to be in before the subcommand begins. `run` and `exec` see to that themselves, by
// their specification.
enum entering { ENTER_NOTHING, ENTER_USER, ENTER_NETWORK };

static const struct subcommand {
  const char *name;
  int (*run)(int argc, char **argv);
  enum entering entering;
} subcommands[] = {
    {"probe", command_probe, ENTER_NOTHING}, {"anchor", command_anchor, ENTER_NOTHING},
    {"run", command_run, ENTER_NOTHING},     {"exec", command_exec, ENTER_NOTHING},
    {"net", command_net, ENTER_NETWORK},     {"untar", command_untar, ENTER_USER},
    {"tar", command_tar, ENTER_USER},        {"stat", command_stat, ENTER_USER},
    {"populate", command_populate, ENTER_USER}, {"settle", command_settle, ENTER_USER}, {"rm", command_rm, ENTER_USER},
    {"changes", command_changes, ENTER_USER}, {"size", command_size, ENTER_USER},
    {"starter", command_starter, ENTER_NOTHING}, {"lock", command_lock, ENTER_NOTHING},
    {"drained", command_drained, ENTER_NOTHING}, {"ps", command_ps, ENTER_USER},
};

static const struct subcommand *find(const char *name) {
  for (size_t i = 0; i < sizeof subcommands / sizeof *subcommands; i++)
    if (strcmp(subcommands[i].name, name) == 0) return &subcommands[i];
  failf("usage", "there is no subcommand \"%s\"", name);
}

static pid_t parse_pid(const char *text) {
  char *end;
  long pid = strtol(text, &end, 10);
  if (*end != '\0' || pid <= 0) failf("usage", "\"%s\" is not a process id", text);
  return (pid_t)pid;
}

// Number of arguments that are options for all subcommands. They may stand before its name or right after it.
static int take_options(int argc, char **argv) {
  int taken = 0;
  while (taken < argc) {
    if (strcmp(argv[taken], "--anchor") == 0 && taken + 1 < argc) {
      anchor_pid = parse_pid(argv[taken + 1]);
      taken += 2;
    } else if (strcmp(argv[taken], "--rootless") == 0) {
      anchor_rootless = true;
      taken++;
    } else {
      break;
    }
  }
  return taken;
}

int main(int argc, char **argv) {
  int at = 1 + take_options(argc - 1, argv + 1);
  if (at >= argc) failf("usage", "slipway-native [--anchor PID [--rootless]] SUBCOMMAND [ARGUMENT…]");
  const struct subcommand *subcommand = find(argv[at++]);
  // These are whole command lines to be executed once more.
  if (subcommand->run == command_run || subcommand->run == command_exec || subcommand->run == command_anchor ||
      subcommand->run == command_starter)
    return subcommand->run(argc, argv);
  at += take_options(argc - at, argv + at);
  if (anchor_pid != 0 && anchor_rootless && subcommand->entering != ENTER_NOTHING) enter_user_namespace(anchor_pid);
  if (anchor_pid != 0 && subcommand->entering == ENTER_NETWORK) enter_network_namespace(anchor_pid);
  return subcommand->run(argc - at, argv + at);
}
