// NAT by the host's kernel: a pair of interfaces, and rules of this process's own in the host's network namespace. They change no setting of
// the host and nothing of anybody else's rules, so whether the host lets packets through is for others to decide: it is tried, again and again.
// The kernel forwards what comes in by an interface that is set to forward, and of all the host's only that pair's is: this process's own. What
// comes in by others, answers, gets to the engine as packets that the host itself sends (uplink-nat-rules.c).
#define _GNU_SOURCE
#include "capabilities.h"
#include "fail.h"
#include "net-egress.h"
#include "uplink.h"
#include <arpa/inet.h>
#include <ifaddrs.h>
#include <linux/capability.h>
#include <linux/netfilter/nfnetlink.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
  LOOK = 1000,  // milliseconds between looks at what nobody tells of
  SELDOM = 64,  // looks between trials that are for nothing, at last: firewalls may keep a log of what they drop
  TRIALS = 3,   // before a way that has worked is given up
  SLOWEST = 64, // milliseconds
};

static struct nat {
  struct uplink_pair pair;
  struct uplink_nat_rules rules;
  struct netlink_batch links;
  int notices, trial;
  int orphaned; // can be read when the anchor has died
} nat;

static size_t interfaces_with(in_addr_t address) {
  struct ifaddrs *all;
  size_t count = 0;
  if (getifaddrs(&all) < 0) fail("addresses of the host");
  for (const struct ifaddrs *one = all; one; one = one->ifa_next)
    if (one->ifa_addr && one->ifa_addr->sa_family == AF_INET)
      count += ((const struct sockaddr_in *)one->ifa_addr)->sin_addr.s_addr == address;
  freeifaddrs(all);
  return count;
}

// Two neighbours of 169.254.0.0/17, which are nobody's on any other link.
static void choose_pair(struct uplink_pair *pair) {
  uint32_t number;
  if (getrandom(&number, sizeof number, 0) != sizeof number) fail("getrandom");
  const uint32_t base = 0xa9fe1000 + (number & 0x5fff) / 4 * 4;
  snprintf(pair->name, sizeof pair->name, "slw%08x", number);
  pair->host = htonl(base + 1);
  pair->engine = htonl(base + 2);
}

// Two engines that choose the same at the same time both see it, and choose again.
static void create_pair(struct uplink_pair *pair, int engine) {
  for (;;) {
    choose_pair(pair);
    if (interfaces_with(pair->host) > 0) continue;
    uplink_pair_create(pair, engine);
    if (interfaces_with(pair->host) == 1) return;
    link_delete(pair->name);
  }
}

// Tells of changes to anybody's rules of nf_tables.
static int open_notices(void) {
  const int group = NFNLGRP_NFTABLES;
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_NETFILTER);
  if (fd < 0 || setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) < 0) fail("watching the firewall");
  return fd;
}

// The anchor's end would kill this process, as all of the anchor's, but the pair is as old as the engine's namespace, which containers may keep.
static int open_orphaned(void) {
  sigset_t end;
  sigemptyset(&end);
  sigaddset(&end, SIGTERM);
  int fd = signalfd(-1, &end, SFD_CLOEXEC);
  if (fd < 0 || sigprocmask(SIG_BLOCK, &end, NULL) < 0 || prctl(PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) < 0) fail("watching the anchor");
  return fd;
}

static int settle(const void *what) {
  const struct uplink_pair *pair = what;
  const struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = inet_addr(uplink_nat_trial), .sin_port = htons(9)};
  const int mark = UPLINK_MARK;
  uplink_interface_settle(pair->engine, pair->host);
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0 || setsockopt(fd, SOL_SOCKET, SO_MARK, &mark, sizeof mark) < 0 || connect(fd, (const struct sockaddr *)&to, sizeof to) < 0)
    fail("socket for trials");
  return fd;
}

static int delete_former(const void *nothing) {
  (void)nothing;
  link_delete(uplink_interface);
  return -1;
}

static void give_up(int code, const char *text) {
  fail_through(uplink_give_up);
  link_delete(nat.pair.name);
  uplink_give_up(code, text);
}

static void give_up_without_rules(int code, const char *text) {
  static char why[UPLINK_REASON];
  snprintf(why, sizeof why, "%s (the kernel has to have nft_ct, nft_fib_ipv4, nft_nat, nft_masq, nft_objref and nft_dup_ipv4)", text);
  give_up(code, why);
}

static void prepare(struct uplink *uplink) {
  char why[UPLINK_REASON];
  int none;
  nat.notices = open_notices();
  if (!inside(uplink, delete_former, NULL, -1, &none, why)) failf("uplink", "%s", why);
  nat.orphaned = open_orphaned();
  create_pair(&nat.pair, uplink->engine);
  fail_through(give_up_without_rules);
  uplink_nat_rules(&nat.rules, &nat.pair);
  fail_through(give_up);
  netlink_open(&nat.links);
  if (!inside(uplink, settle, &nat.pair, -1, &nat.trial, why)) failf("uplink", "%s", why);
  const uint64_t kept = UINT64_C(1) << CAP_NET_ADMIN;
  capabilities_bound(kept);
  capabilities_reduce(kept);
}

// Sends a packet, and looks whether it would leave the host and an answer come back.
static bool passes_once(void) {
  const uint64_t before = uplink_nat_passed(&nat.rules);
  (void)!send(nat.trial, "", 0, MSG_NOSIGNAL); // what is said against an earlier one comes up here, and counts for nothing
  for (int pause = 1;; pause *= 2) {
    if (uplink_nat_passed(&nat.rules) != before) return true;
    if (pause > SLOWEST) return false;
    poll(NULL, 0, pause);
  }
}

static bool passes(int attempts) {
  // Whoever writes net.ipv4.ip_forward writes it for every interface.
  uplink_pair_forward(&nat.pair, &nat.links);
  for (; attempts > 0; attempts--)
    if (passes_once()) return true;
  if (interfaces_with(nat.pair.host) == 0) failf("uplink", "somebody has taken it away");
  return false;
}

static bool wait_for_notice(struct uplink *uplink) {
  struct pollfd told[] = {{.fd = nat.notices, .events = POLLIN}, {.fd = nat.orphaned, .events = POLLIN}};
  uplink_wait(uplink, told, 2, LOOK);
  if (told[1].revents) {
    link_delete(nat.pair.name);
    _exit(0);
  }
  if (told[0].revents == 0) return false;
  uplink_drain(nat.notices);
  return true;
}

bool uplink_nat(struct uplink *uplink, size_t way) {
  int looks = 1, pause = 1; // since the last trial, and between two
  uplink->tcp_only = false;
  prepare(uplink);
  for (;;) {
    const bool open = uplink->state == UPLINK_OPEN;
    if (open || looks >= pause) {
      looks = 0;
      if (passes(open ? TRIALS : 1)) {
        uplink_set(uplink, way, UPLINK_OPEN);
        pause = 1;
      } else {
        uplink_refuse(uplink, way, "the machine's firewall or its routes let nothing of the engine's through");
        pause = pause < SELDOM ? pause * 2 : SELDOM;
      }
    }
    looks++;
    if (wait_for_notice(uplink)) looks = pause = 1;
  }
}
