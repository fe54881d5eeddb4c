// NAT by the host's kernel: a pair of interfaces, and rules of this process's own in the host's network namespace. They change no setting of
// the host and nothing of anybody else's rules, so whether the host lets packets through is for others to decide: it is tried, again and again.
#define _GNU_SOURCE
#include "capabilities.h"
#include "net-egress.h"
#include "net-nftables.h"
#include "uplink.h"
#include <arpa/inet.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <linux/capability.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
  LOOK = 1000,  // milliseconds between looks at what nobody tells of
  SELDOM = 64,  // looks between trials that are for nothing, at last: firewalls may keep a log of what they drop
  TRIALS = 3,   // before a way that has worked is given up
  SLOWEST = 64, // milliseconds
};

// Where a trial is addressed to, and another engine's cannot be: it is reserved for documentation, and never leaves the host.
static const char somewhere[] = "198.51.100.1";
static const char leaving[] = "leaving", translate[] = "translate", trials[] = "trials";

struct nat {
  struct uplink_pair pair;
  char name[24];
  struct nftables_table table;
  struct netlink_batch rules;
  int notices, trial;
};

static bool machine_forwards(void) {
  char setting = '0';
  int fd = open("/proc/sys/net/ipv4/ip_forward", O_RDONLY | O_CLOEXEC);
  if (fd < 0) return false;
  if (read(fd, &setting, 1) != 1) setting = '0';
  close(fd);
  return setting != '0';
}

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

static struct nftables_rule rule_for_engine(struct nat *nat, const char *chain) {
  struct nftables_rule rule = nftables_rule_begin(&nat->rules, &nat->table, chain);
  nftables_address(&rule, NFTABLES_SOURCE, nat->pair.engine);
  return rule;
}

static void make_rules(struct nat *nat) {
  snprintf(nat->name, sizeof nat->name, "slipway-%s", nat->pair.name);
  nat->table = (struct nftables_table){NFPROTO_IPV4, nat->name};
  nftables_open(&nat->rules);
  nftables_table_of_own(&nat->rules, &nat->table);
  nftables_counter(&nat->rules, &nat->table, trials);
  nftables_chain(&nat->rules, &nat->table, leaving, NFTABLES_LEAVES);
  struct nftables_rule rule = rule_for_engine(nat, leaving);
  nftables_address(&rule, NFTABLES_DESTINATION, inet_addr(somewhere));
  nftables_count(&rule, trials);
  nftables_rule_end(&rule, NFTABLES_DROP);
  nftables_chain(&nat->rules, &nat->table, translate, NFTABLES_TRANSLATED);
  rule = rule_for_engine(nat, translate);
  nftables_masquerade(&rule);
  nftables_rule_end(&rule, NFTABLES_ACCEPT);
  nftables_commit(&nat->rules);
}

// Tells of changes to anybody's rules of nf_tables.
static int open_notices(void) {
  const int group = NFNLGRP_NFTABLES;
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_NETFILTER);
  if (fd < 0 || setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof group) < 0) fail("watching the firewall");
  return fd;
}

static int settle(const void *what) {
  const struct uplink_pair *pair = what;
  const struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = inet_addr(somewhere), .sin_port = htons(9)};
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

static void prepare(struct uplink *uplink, struct nat *nat) {
  char why[UPLINK_REASON];
  int none;
  nat->notices = open_notices();
  if (!inside(uplink, delete_former, NULL, -1, &none, why)) failf("uplink", "%s", why);
  create_pair(&nat->pair, uplink->engine);
  make_rules(nat);
  if (!inside(uplink, settle, &nat->pair, -1, &nat->trial, why)) failf("uplink", "%s", why);
  const uint64_t kept = UINT64_C(1) << CAP_NET_ADMIN;
  capabilities_bound(kept);
  capabilities_reduce(kept);
}

// Sends a packet, and looks whether it comes to where it would leave the host.
static bool passes_once(struct nat *nat) {
  const uint64_t before = nftables_counted(&nat->rules, &nat->table, trials);
  (void)!send(nat->trial, "", 0, MSG_NOSIGNAL); // what is said against an earlier one comes up here, and counts for nothing
  for (int pause = 1;; pause *= 2) {
    if (nftables_counted(&nat->rules, &nat->table, trials) != before) return true;
    if (pause > SLOWEST) return false;
    poll(NULL, 0, pause);
  }
}

static bool passes(struct nat *nat, int attempts) {
  if (interfaces_with(nat->pair.host) == 0) failf("uplink", "somebody has taken it away");
  for (; attempts > 0; attempts--)
    if (passes_once(nat)) return true;
  return false;
}

static bool wait_for_notice(struct uplink *uplink, const struct nat *nat) {
  struct pollfd told = {.fd = nat->notices, .events = POLLIN};
  uplink_wait(uplink, &told, 1, LOOK);
  if (told.revents == 0) return false;
  uplink_drain(nat->notices);
  return true;
}

bool uplink_nat(struct uplink *uplink, size_t way) {
  static struct nat nat = {.notices = -1};
  int looks = 1, pause = 1; // since the last trial, and between two
  uplink->tcp_only = false;
  for (;;) {
    const bool open = uplink->state == UPLINK_OPEN;
    if (!machine_forwards()) {
      uplink_refuse(uplink, way, "the machine forwards nothing: net.ipv4.ip_forward is 0");
      pause = 1;
    } else if (open || looks >= pause) {
      if (nat.notices < 0) prepare(uplink, &nat);
      looks = 0;
      if (passes(&nat, open ? TRIALS : 1)) {
        uplink_set(uplink, way, UPLINK_OPEN);
        pause = 1;
      } else {
        uplink_refuse(uplink, way, "the machine's firewall or its routes let nothing of the engine's through");
        pause = pause < SELDOM ? pause * 2 : SELDOM;
      }
    }
    looks++;
    if (wait_for_notice(uplink, &nat)) looks = pause = 1;
  }
}
