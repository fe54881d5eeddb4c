// Parses the NUL-separated directives by one table: name, number of fields, and what to do with them.
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "specification.h"

static const char *const namespace_names[NS_KINDS] = {"pid", "net", "ipc", "uts", "cgroup", "mnt"};

static long long number(const char *text, int base) {
  char *end;
  errno = 0;
  long long value = strtoll(text, &end, base);
  if (errno != 0 || end == text || *end != '\0') failf("specification", "\"%s\" is not a number", text);
  return value;
}

static void *grow(void *items, size_t count, size_t size) {
  void *larger = realloc(items, (count + 1) * size);
  if (larger == NULL) fail("memory");
  memset((char *)larger + count * size, 0, size);
  return larger;
}

static const char *or_none(const char *text) {
  return *text == '\0' ? NULL : text;
}

static void set_anchor(struct specification *s, char **fields) {
  s->anchor = (pid_t)number(fields[0], 10);
  s->rootless = strcmp(fields[1], "1") == 0;
}

static void set_tty(struct specification *s, char **fields) {
  s->tty = true;
  s->rows = (unsigned short)number(fields[0], 10);
  s->columns = (unsigned short)number(fields[1], 10);
}

static void set_stdin(struct specification *s, char **fields) {
  s->stdin_mode = strcmp(fields[0], "once") == 0 ? STDIN_ONCE : STDIN_OPEN;
}

static void set_namespace(struct specification *s, char **fields) {
  for (int kind = 0; kind < NS_KINDS; kind++) {
    if (strcmp(namespace_names[kind], fields[0]) != 0) continue;
    s->ns[kind] = *fields[1] == '\0' ? "private" : fields[1];
    return;
  }
  failf("specification", "unknown kind of namespace \"%s\"", fields[0]);
}

static void add_step(struct specification *s, enum root_step_kind kind, char **fields) {
  s->steps = grow(s->steps, s->step_count, sizeof *s->steps);
  s->steps[s->step_count++] = (struct root_step){kind, fields};
}

// Fields of a directive follow each other in memory; the steps keep pointers into a table of their own.
static char **keep(char **fields, size_t count) {
  char **kept = malloc((count + 1) * sizeof *kept);
  if (kept == NULL) fail("memory");
  memcpy(kept, fields, count * sizeof *kept);
  kept[count] = NULL;
  return kept;
}

static void add_mount(struct specification *s, char **fields) {
  add_step(s, STEP_MOUNT, keep(fields, 4));
}

static void add_mask(struct specification *s, char **fields) {
  add_step(s, STEP_MASK, keep(fields, 1));
}

static void add_readonly(struct specification *s, char **fields) {
  add_step(s, STEP_READONLY, keep(fields, 1));
}

static void add_device(struct specification *s, char **fields) {
  add_step(s, STEP_DEVICE, keep(fields, 5));
}

static int device_number(const char *text) {
  return strcmp(text, "*") == 0 ? -1 : (int)number(text, 10);
}

static void add_device_rule(struct specification *s, char **fields) {
  s->device_rules = grow(s->device_rules, s->device_rule_count, sizeof *s->device_rules);
  s->device_rules[s->device_rule_count++] = (struct device_rule){
      .type = *fields[0],
      .major = device_number(fields[1]),
      .minor = device_number(fields[2]),
      .access = fields[3],
  };
}

static void add_file(struct specification *s, char **fields) {
  add_step(s, STEP_FILE, keep(fields, 1));
}

static void add_symlink(struct specification *s, char **fields) {
  add_step(s, STEP_SYMLINK, keep(fields, 2));
}

static void add_endpoint(struct specification *s, char **fields) {
  s->endpoints = grow(s->endpoints, s->endpoint_count, sizeof *s->endpoints);
  s->endpoints[s->endpoint_count++] = (struct endpoint){
      .interface = fields[0],
      .bridge = or_none(fields[1]),
      .addresses = or_none(fields[2]),
      .mac = or_none(fields[3]),
      .gateway = or_none(fields[4]),
      .addresses6 = or_none(fields[5]),
      .gateway6 = or_none(fields[6]),
      .mtu = *fields[7] == '\0' ? 0 : (int)number(fields[7], 10),
      .subnets = or_none(fields[8]),
  };
}

static void add_publish(struct specification *s, char **fields) {
  s->ports = grow(s->ports, s->port_count, sizeof *s->ports);
  s->ports[s->port_count++] = (struct publish){
      .protocol = fields[0],
      .host_address = or_none(fields[1]),
      .host_port = *fields[2] == '\0' ? 0 : (int)number(fields[2], 10),
      .container_address = fields[3],
      .container_port = (int)number(fields[4], 10),
      .listener = -1,
      .listener6 = -1,
  };
}

static void add_limit(struct specification *s, char **fields) {
  s->limits = grow(s->limits, s->limit_count, sizeof *s->limits);
  s->limits[s->limit_count++] = (struct resource_limit){
      .resource = (int)number(fields[0], 10),
      .soft = (unsigned long long)number(fields[1], 10), // -1 is "unlimited"
      .hard = (unsigned long long)number(fields[2], 10),
  };
}

static void add_capability(struct specification *s, char **fields) {
  long long capability = number(fields[0], 10);
  if (capability < 0 || capability > 63) failf("specification", "no capability has number %lld", capability);
  s->capabilities |= UINT64_C(1) << capability;
}

static void set_oom_score_adj(struct specification *s, char **fields) {
  s->has_oom_score_adj = true;
  s->oom_score_adj = (int)number(fields[0], 10);
}

static void set_log_rotation(struct specification *s, char **fields) {
  s->log_size_limit = number(fields[0], 10);
  s->log_files = (int)number(fields[1], 10);
  if (s->log_size_limit < 1 || s->log_files < 1) failf("specification", "a log of no size, or of no file");
}

static void set_resolver(struct specification *s, char **fields) {
  long long port = number(fields[0], 10);
  if (port < 1 || port > UINT16_MAX) failf("specification", "no port has number %lld", port);
  s->resolver_port = (uint16_t)port;
}

static void set_umask(struct specification *s, char **fields) {
  s->umask = (mode_t)number(fields[0], 8);
}

static void set_target(struct specification *s, char **fields) {
  s->target = (pid_t)number(fields[0], 10);
}

// A directive sets a text or a flag, appends its fields to a list, or is handled by a function of its own.
struct directive {
  const char *name;
  size_t arity;
  enum { TEXT, FLAG, LIST, CALL } kind;
  size_t offset;
  void (*call)(struct specification *, char **);
};

#define AT(member) offsetof(struct specification, member)

static const struct directive directives[] = {
    {"dir", 1, TEXT, AT(dir), NULL},
    {"anchor", 2, CALL, 0, set_anchor},
    {"log", 1, TEXT, AT(log), NULL},
    {"log-rotate", 2, CALL, 0, set_log_rotation},
    {"exit", 1, TEXT, AT(exit), NULL},
    {"ctl", 1, TEXT, AT(ctl), NULL},
    {"tty", 2, CALL, 0, set_tty},
    {"stdin", 1, CALL, 0, set_stdin},
    {"init", 0, FLAG, AT(init), NULL},
    {"hostname", 1, TEXT, AT(hostname), NULL},
    {"domainname", 1, TEXT, AT(domainname), NULL},
    {"ns", 2, CALL, 0, set_namespace},
    {"cgroup", 1, LIST, AT(cgroups), NULL},
    {"cgroup-set", 2, LIST, AT(cgroup_sets), NULL},
    {"cgroup-device", 4, CALL, 0, add_device_rule},
    {"rootfs", 1, TEXT, AT(rootfs), NULL},
    {"mount", 4, CALL, 0, add_mount},
    {"mask", 1, CALL, 0, add_mask},
    {"readonly", 1, CALL, 0, add_readonly},
    {"device", 5, CALL, 0, add_device},
    {"file", 1, CALL, 0, add_file},
    {"symlink", 2, CALL, 0, add_symlink},
    {"readonly-rootfs", 0, FLAG, AT(readonly_rootfs), NULL},
    {"sysctl", 2, LIST, AT(sysctls), NULL},
    {"endpoint", 9, CALL, 0, add_endpoint},
    {"publish", 5, CALL, 0, add_publish},
    {"resolver", 1, CALL, 0, set_resolver},
    {"names", 1, LIST, AT(names), NULL},
    {"upstream", 1, LIST, AT(upstreams), NULL},
    {"cap", 1, CALL, 0, add_capability},
    {"no-new-privileges", 0, FLAG, AT(no_new_privileges), NULL},
    {"apparmor", 1, TEXT, AT(apparmor), NULL},
    {"seccomp", 1, TEXT, AT(seccomp), NULL},
    {"rlimit", 3, CALL, 0, add_limit},
    {"oom-score-adj", 1, CALL, 0, set_oom_score_adj},
    {"umask", 1, CALL, 0, set_umask},
    {"user", 1, TEXT, AT(user), NULL},
    {"group", 1, LIST, AT(groups), NULL},
    {"cwd", 1, TEXT, AT(cwd), NULL},
    {"env", 1, LIST, AT(env), NULL},
    {"arg", 1, LIST, AT(args), NULL},
    {"target", 1, CALL, 0, set_target},
};

#undef AT

static void apply(struct specification *s, const struct directive *directive, char **fields) {
  char *base = (char *)s + directive->offset;
  switch (directive->kind) {
  case TEXT: *(const char **)base = or_none(fields[0]); break;
  case FLAG: *(bool *)base = true; break;
  case LIST:
    for (size_t i = 0; i < directive->arity; i++) list_add((struct list *)base, fields[i]);
    break;
  case CALL: directive->call(s, fields); break;
  }
}

static const struct directive *find_directive(const char *name) {
  for (size_t i = 0; i < sizeof directives / sizeof *directives; i++)
    if (strcmp(directives[i].name, name) == 0) return &directives[i];
  failf("specification", "unknown directive \"%s\"", name);
}

static char *read_all(int fd, size_t *length) {
  size_t capacity = 16384, used = 0;
  char *text = malloc(capacity);
  if (text == NULL) fail("memory");
  for (;;) {
    if (used == capacity && (text = realloc(text, capacity *= 2)) == NULL) fail("memory");
    ssize_t count = read(fd, text + used, capacity - used);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail("reading the specification");
    if (count == 0) break;
    used += (size_t)count;
  }
  *length = used;
  return text;
}

static char *next_field(char **at, char *end, const char *of) {
  char *field = *at;
  char *stop = memchr(field, '\0', (size_t)(end - field));
  if (stop == NULL) failf("specification", "ends in the middle of \"%s\"", of);
  *at = stop + 1;
  return field;
}

void specification_read(struct specification *s, int fd) {
  size_t length;
  char *text = read_all(fd, &length);
  specification_parse(s, text, length);
}

void specification_parse(struct specification *s, char *text, size_t length) {
  *s = (struct specification){.umask = 0022, .text = text, .length = length};
  for (int kind = 0; kind < NS_KINDS; kind++) s->ns[kind] = "private";
  char *at = s->text, *end = at + s->length;
  while (at < end) {
    const struct directive *directive = find_directive(next_field(&at, end, "a name"));
    char *fields[directive->arity + 1]; // one that has no fields has room for one
    for (size_t i = 0; i < directive->arity; i++) fields[i] = next_field(&at, end, directive->name);
    apply(s, directive, fields);
  }
  if (s->args.count == 0) failf("specification", "no command");
}

bool namespace_is(const struct specification *s, enum namespace_kind kind, const char *value) {
  return strcmp(s->ns[kind], value) == 0;
}
