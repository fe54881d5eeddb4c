// What `run` and `exec` are asked to do: the directives of docs/native.md, parsed. Strings point into the text as read.
#pragma once
#include "cgroup-devices.h"
#include "slipway.h"

enum namespace_kind { NS_PID, NS_NET, NS_IPC, NS_UTS, NS_CGROUP, NS_MNT, NS_KINDS };
enum stdin_mode { STDIN_NULL, STDIN_OPEN, STDIN_ONCE };

// What is done to the root file system, in the order asked for.
struct root_step {
  enum root_step_kind { STEP_MOUNT, STEP_MASK, STEP_READONLY, STEP_DEVICE, STEP_FILE, STEP_SYMLINK } kind;
  char **fields;
};

struct resource_limit {
  int resource;
  unsigned long long soft, hard;
};

struct specification {
  char *text; // as read
  size_t length;
  const char *dir, *log, *exit, *ctl, *hostname, *domainname, *rootfs, *seccomp, *apparmor, *user, *cwd;
  pid_t anchor, target;
  bool rootless, tty, init, readonly_rootfs, no_new_privileges, has_oom_score_adj;
  unsigned short rows, columns;
  enum stdin_mode stdin_mode;
  const char *ns[NS_KINDS]; // "private", "host" or a path
  struct list cgroups;
  struct list cgroup_sets; // file, value, file, value…
  struct device_rule *device_rules;
  size_t device_rule_count;
  struct list sysctls;     // key, value…
  struct list names, upstreams, groups, env, args;
  struct root_step *steps;
  size_t step_count;
  struct endpoint *endpoints;
  size_t endpoint_count;
  struct publish *ports;
  size_t port_count;
  struct resource_limit *limits;
  size_t limit_count;
  uint64_t capabilities;
  int oom_score_adj;
  uint16_t resolver_port; // 0: no resolver
  long long log_size_limit; // 0: none
  int log_files;
  mode_t umask;
};

// Reads directives from `fd` to its end and keeps the text. Fails on an unknown name, a missing field or a number that is none.
void specification_read(struct specification *specification, int fd);
// The same of directives that were read already; `text` is kept.
void specification_parse(struct specification *specification, char *text, size_t length);

bool namespace_is(const struct specification *specification, enum namespace_kind kind, const char *value);
