// What leaves the engine's network namespace and is not routed out by an uplink (uplink.h): TCP, UDP and echo requests that go anywhere
// but to a neighbour are given to sockets there, and a process in the host's network namespace, without any privilege, carries them on over
// sockets of its own.
// The host's interfaces, routes and firewall are left alone, and root and ordinary users have the same.
#pragma once
#include "slipway.h"
#include <netinet/in.h>
#include <sys/socket.h>

enum {
  // Bits of a bridge's interface group: what its containers may do is kept on the bridge itself.
  EGRESS_GROUP = 1,        // they may leave
  ISOLATED_GROUP = 2,      // they do not reach each other
  // And of the uplink's.
  UPLINK_GROUP = 4,        // it leads to the world

  EGRESS_GATEWAY_PORT = 1, // where what is meant for a gateway is listened for, in the engine's namespace
  EGRESS_OUTSIDE_PORT = 2, // and what is meant for the rest of the world
  EGRESS_MARK = 1,         // of packets that are delivered here although their destination is elsewhere
  EGRESS_ANSWER_MARK = 2,  // of the carrier's own echo replies, unlike the kernel's
  UPLINK_MARK = 3,         // of packets, and of connections, that are routed by the uplink
  UPLINK_TABLE = 101,      // of the routes by which they are
};

// Where a connection goes on to, in the host's network namespace.
struct way_out {
  struct sockaddr_storage target;
  struct sockaddr_storage source; // family AF_UNSPEC: as the kernel chooses
};

// net-way-out.c: whether, and how, what a container has sent to `destination` goes on.
// To the outside: never to an address that would lead back into this machine's loopback, however it is written.
bool way_to_outside(const struct sockaddr_storage *destination, struct way_out *way);
// To a gateway: that is the host, at what listens on all its addresses.
bool way_to_host(const struct sockaddr_storage *destination, struct way_out *way);
// A socket that is to be connected over `way`; -1 with errno.
int way_socket(const struct way_out *way, int type);

// net-proxy-tcp.c: accepts connections on `fd` and joins each to where `choose` says. False: it is refused.
typedef bool (*way_chooser)(int client, struct way_out *way);
void tcp_proxy_start_choosing(int fd, way_chooser choose);

// net-egress-rules.c: makes packets of containers reach the sockets. Caller: root of the engine's network namespace.
void egress_rules(void);

// net-egress-sockets.c. The keeper is in the engine's network namespace, and root of it; the carrier is in the host's.
// What comes in by a listening socket.
enum egress_kind { EGRESS_CONNECTIONS, EGRESS_DATAGRAMS, EGRESS_ECHOES };
struct egress_listener {
  int fd;
  int family;
  enum egress_kind kind;
  bool gateway; // meant for a gateway, not for the rest of the world
};
enum { EGRESS_LISTENERS = 10 };
struct egress {
  struct egress_listener listeners[EGRESS_LISTENERS];
  size_t count;
  int keeper, carrier; // ends of the channel between them
};
// Keeper: makes the listening sockets. False with errno: the kernel lacks something.
bool egress_listen(struct egress *egress);
// Keeper: makes the sockets that carriers ask for. Returns when one says what no carrier says.
void egress_keep(const struct egress *egress);
// Carrier: a UDP socket in the engine's network namespace that sends as `local` to `remote` only; -1: none could be had.
int egress_answering_socket(int channel, const struct sockaddr_storage *local, const struct sockaddr_storage *remote);

// net-egress.c: the carrier. Caller: a process without privileges. `echoes` are from echo_socket, for IPv4 and IPv6.
__attribute__((noreturn)) void egress_carry(const struct egress *egress, const int echoes[2]);
// net-egress-udp.c
void egress_carry_datagrams(const struct egress_listener *listener, int channel);

// net-egress-echo.c: echo requests (ping), and what comes of them.
// Carrier, before it gives its privileges up: a socket of the host's for echo requests of its own. -1 with errno: not allowed.
int echo_socket(int family);
void egress_carry_echoes(const struct egress_listener *listener, int outer);
