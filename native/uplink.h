// An uplink: an interface of the engine's network namespace by which it routes what containers send to the world. At its other end is the
// host's network namespace, which translates addresses once more (NAT), or a program of the user's (pasta, slirp4netns). One process keeps it,
// from the host's network namespace. Everything that leads packets to the uplink is in tables of rules of that process's own, which the kernel
// removes with it: then, and while the uplink does not work, packets take the other way (net-egress.h).
#pragma once
#include "net-nftables.h"
#include "slipway.h"
#include <netinet/in.h>

enum { UPLINK_WAYS = 3, UPLINK_REASON = 256 };

struct uplink_way {
  const char *name;    // for whoever reads the report
  const char *program; // path of pasta or slirp4netns, as the name says; NULL: NAT
};

struct uplink_options {
  const char *report; // path of the file that tells what is used, and why nothing better
  const char *wish;   // what was asked for, told in the report
  bool insists;       // it is to be used even if connections to closed ports hang
  struct uplink_way ways[UPLINK_WAYS]; // the best one first
  size_t count;
};

// uplink.c: keeps an uplink of the network namespace `engine`. Caller: root of that, in the host's network namespace, with one thread.
__attribute__((noreturn)) void uplink_keep(const struct uplink_options *options, int engine);

enum uplink_state {
  UPLINK_CLOSED,
  UPLINK_TRIED, // what this namespace sends by it itself is answered
  UPLINK_OPEN,  // it is what containers leave by
};
struct uplink {
  const struct uplink_options *options;
  int engine;                 // the engine's network namespace
  struct netlink_batch rules; // its socket is in there
  enum uplink_state state;
  bool tcp_only;              // other packets take the other way
  int changes;                // tells of changes to the host's addresses
  in_addr_t *own;             // the host's addresses, but of its loopback
  size_t own_count;
};

void uplink_set(struct uplink *uplink, size_t way, enum uplink_state state);
// Says why a way is not used, and closes it. The text is copied.
void uplink_refuse(struct uplink *uplink, size_t way, const char *reason);
// For fail_through: says why there is no uplink, and ends this process after a while.
void uplink_give_up(int code, const char *text);
// Returns when one of the descriptors has something to read, when the host's addresses have changed, or after so many milliseconds.
struct pollfd;
void uplink_wait(struct uplink *uplink, struct pollfd *others, size_t count, int milliseconds);
// Reads what a socket of the kernel's notices has so far: that there was something is all there is to know.
void uplink_drain(int notices);

// Each returns when the way cannot be used any more, having said why. True: it was used for a while.
bool uplink_nat(struct uplink *uplink, size_t way);     // uplink-nat.c
bool uplink_program(struct uplink *uplink, size_t way); // uplink-program.c

// uplink-rules.c: the rules in the engine's network namespace, over a socket there of this process's own.
void uplink_rules(struct uplink *uplink, enum uplink_state before);

// uplink-link.c
extern const char uplink_interface[]; // its name in the engine's network namespace
struct uplink_pair {
  char name[16];          // of the host's end
  int index;              // the same
  in_addr_t host, engine; // the addresses of both ends
};
// Makes a pair of interfaces, one of them in the network namespace `engine`, and sets up the host's, whose namespace is the caller's.
void uplink_pair_create(struct uplink_pair *pair, int engine);
// Has the host forward what comes in by it. `links` is a batch without requests.
void uplink_pair_forward(const struct uplink_pair *pair, struct netlink_batch *links);
// Sets up the engine's, whose namespace is the caller's.
void uplink_interface_settle(in_addr_t own, in_addr_t gateway);

// uplink-nat-rules.c: the rules in the host's network namespace, whose caller is in there.
struct uplink_nat_rules {
  char name[24];
  struct nftables_table table;
  struct netlink_batch batch;
};
void uplink_nat_rules(struct uplink_nat_rules *rules, const struct uplink_pair *pair);
// Where the engine's end of the pair sends trials to.
extern const char uplink_nat_trial[];
// How many of them would have left the host, and could have been answered.
uint64_t uplink_nat_passed(struct uplink_nat_rules *rules);

// uplink-inside.c: work in the engine's network namespace, in a process of its own.
// What it returns is a descriptor for the caller, or -1. It may fail().
typedef int (*inside_work)(const void *what);
// False: it failed, and `why` says how; or `other`, unless it is -1, has had something to read before it was done, and `why` is empty.
bool inside(const struct uplink *uplink, inside_work work, const void *what, int other, int *result, char why[UPLINK_REASON]);

// The ends of an uplink whose other one is a program, which takes the second address of its network.
#define UPLINK_OWN "169.254.77.100"
#define UPLINK_GATEWAY "169.254.77.2"
// uplink-trial.c: whether connections by the uplink go through. For `inside`.
struct uplink_trial {
  struct sockaddr_in listening, closed; // addresses of the host
  bool wants_refusal;
};
// Waits for the interface first.
int uplink_try(const void *trial);
// Makes what the trial connects to, in the caller's network namespace. False: the host has no address for it. The sockets are to be closed.
bool uplink_trial_prepare(const struct uplink *uplink, struct uplink_trial *trial, int sockets[2]);
