// What the files of the binary share: the specification, failure, descriptors.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

// Ends the process after reporting "step: strerror(errno)" (fail) or "step: text" (failf) where the subcommand reports.
__attribute__((noreturn)) void fail(const char *step);
__attribute__((noreturn, format(printf, 2, 3))) void failf(const char *step, const char *format, ...);

// Pointers of a growing list; `items[count]` is always NULL.
struct list {
  char **items;
  size_t count;
};
void list_add(struct list *list, char *item);

struct endpoint {
  const char *interface, *bridge;
  const char *addresses; // a.b.c.d/n, several with commas between them
  const char *mac, *gateway;
  const char *addresses6, *gateway6;
  int mtu;
  const char *subnets; // others whose members are on the same bridge, with commas between them
};

struct publish {
  const char *protocol, *host_address, *container_address;
  int host_port; // 0: any free one; publish_listen writes the number taken
  int container_port;
  int listener;  // set by publish_listen
  int listener6; // the same port on [::], where host_address is empty and the host has IPv6; else -1
};

struct bridge {
  const char *name;
  const char *addresses, *addresses6; // a.b.c.d/n, several with commas between them
  int mtu;
  bool outbound; // its containers may leave the engine's network namespace
  bool isolated; // they do not reach each other, only the bridge's own addresses
};

// net-link.c, net-bridge.c, net-endpoint.c: changes to links, addresses and routes by rtnetlink, in the caller's network namespace.
void link_up(const char *interface);
void bridge_add(const struct bridge *bridge);
void bridge_delete(const char *name);
// Makes a veth pair per endpoint, host side on its bridge, peer in the network namespace of `pid`. Caller: engine's netns.
void endpoints_create(const struct endpoint *endpoints, size_t count, pid_t pid);
// Raises lo and the peers, gives addresses, MACs and routes. Caller: the container's netns.
void endpoints_configure(const struct endpoint *endpoints, size_t count);

// net-side.c: the process beside a container that carries its published ports and answers its DNS.
// Binds every port in the caller's netns (the host's); fails with "Bind for A:P failed: port is already allocated".
void publish_listen(struct publish *ports, size_t count);
// The payload of frame `P` for ports that are bound; the caller frees it.
char *publish_report(const struct publish *ports, size_t count);
// Binds that port of 127.0.0.11 (UDP and TCP) in the caller's netns (the container's); writes the two descriptors. `lo` must have been
// raised there before: else datagrams would be sent from 127.0.0.1.
void resolver_listen(uint16_t port, int fds[2]);
// Makes that port answer for port 53 of 127.0.0.11, which stays free. Nothing to do where it is port 53. Caller: root of the container's netns.
void resolver_rules(uint16_t port);
// Sockets of the host's network namespace for the questions that go on to name servers; -1: none.
struct upstream_sockets {
  int datagrams, stream, stream6;
};
// Caller: the host's netns.
struct upstream_sockets upstream_open(void);

struct side {
  struct publish *ports;
  size_t port_count;
  int resolver[2];      // from resolver_listen, or -1
  struct upstream_sockets upstream_sockets;
  struct list names;    // paths of name tables
  struct list upstreams;
};
// Runs until killed. Caller: a process in the engine's netns, which has given up every privilege.
__attribute__((noreturn)) void side_serve(struct side *side);

// Subcommands: arguments after the name.
int command_probe(int argc, char **argv);
int command_anchor(int argc, char **argv);
int command_run(int argc, char **argv);
int command_exec(int argc, char **argv);
int command_net(int argc, char **argv);
int command_starter(int argc, char **argv);
int command_untar(int argc, char **argv);
int command_tar(int argc, char **argv);
int command_stat(int argc, char **argv);
int command_populate(int argc, char **argv);
int command_settle(int argc, char **argv);
int command_rm(int argc, char **argv);
int command_changes(int argc, char **argv);
int command_size(int argc, char **argv);
int command_lock(int argc, char **argv);
int command_drained(int argc, char **argv);
int command_ps(int argc, char **argv);

// main.c: the options before the subcommand's name; anchor_pid is 0 where none was given.
extern pid_t anchor_pid;
extern bool anchor_rootless;

// namespaces.c: enters namespaces of another process.
void enter_user_namespace(pid_t pid);
void enter_network_namespace(pid_t pid);
