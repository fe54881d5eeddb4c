// The engine's network namespace has routes to its bridges and nowhere else. What containers send elsewhere is marked, and for marked
// packets every address is one of this namespace: they are delivered to the sockets that the rules have chosen. Only what an uplink's own rules
// (uplink-rules.c) have marked as theirs is routed, out of this namespace and back.
#include "net-egress.h"
#include "net-nftables.h"
#include <linux/fib_rules.h>
#include <linux/netfilter.h>
#include <net/if.h>
#include <unistd.h>

// Routes to bridges, which are asked for at 32766, come before those of the uplink.
enum { MARKED_TABLE = 100, MARKED_PRIORITY = 100, UPLINK_PRIORITY = 40000 };

static const struct nftables_table table = {NFPROTO_INET, "slipway"};
static const char chain[] = "egress", answers[] = "answers", routed[] = "routed";

// Echo requests and replies of both families.
static const struct echo_message {
  unsigned char protocol, request, reply;
} echo_messages[] = {{IPPROTO_ICMP, 8, 0}, {IPPROTO_ICMPV6, 128, 129}};

static void accept_type(struct netlink_batch *batch, uint32_t type) {
  struct nftables_rule rule = nftables_rule_begin(batch, &table, chain);
  nftables_destination_type(&rule, type);
  nftables_rule_end(&rule, NFTABLES_ACCEPT);
}

// Others than these networks' containers stay as they are. A socket that is not transparent, such as that of a published port, makes
// the rule that would take its packets away not apply.
static void add_rules(struct netlink_batch *batch) {
  // What the world has not been asked for.
  struct nftables_rule rule = nftables_rule_begin(batch, &table, chain);
  nftables_interface_group_has(&rule, UPLINK_GROUP);
  nftables_mark_is_not(&rule, UPLINK_MARK);
  nftables_rule_end(&rule, NFTABLES_DROP);

  rule = nftables_rule_begin(batch, &table, chain);
  nftables_interface_group_lacks(&rule, EGRESS_GROUP);
  nftables_rule_end(&rule, NFTABLES_ACCEPT);

  rule = nftables_rule_begin(batch, &table, chain);
  nftables_mark_is(&rule, UPLINK_MARK);
  nftables_rule_end(&rule, NFTABLES_ACCEPT);

  rule = nftables_rule_begin(batch, &table, chain);
  nftables_destination_type(&rule, RTN_LOCAL);
  nftables_to_socket(&rule, EGRESS_GATEWAY_PORT);
  nftables_rule_end(&rule, NFTABLES_ACCEPT);
  accept_type(batch, RTN_LOCAL);
  accept_type(batch, RTN_MULTICAST);
  accept_type(batch, RTN_BROADCAST);

  // Another network of this engine.
  rule = nftables_rule_begin(batch, &table, chain);
  nftables_destination_has_route(&rule);
  nftables_rule_end(&rule, NFTABLES_DROP);

  rule = nftables_rule_begin(batch, &table, chain);
  nftables_to_socket(&rule, EGRESS_OUTSIDE_PORT);
  nftables_set_mark(&rule, EGRESS_MARK);
  nftables_rule_end(&rule, NFTABLES_ACCEPT);

  for (int i = 0; i < 2; i++) {
    rule = nftables_rule_begin(batch, &table, chain);
    nftables_icmp(&rule, echo_messages[i].protocol, echo_messages[i].request);
    nftables_set_mark(&rule, EGRESS_MARK);
    nftables_rule_end(&rule, NFTABLES_ACCEPT);
  }
}

static void route_marked_only(struct netlink_batch *batch) {
  struct nftables_rule rule = nftables_rule_begin(batch, &table, routed);
  nftables_mark_is_not(&rule, UPLINK_MARK);
  nftables_rule_end(&rule, NFTABLES_DROP);
}

// An echo request that is delivered here would be answered by the kernel, whether anybody is at its destination or not.
static void silence_kernel(struct netlink_batch *batch) {
  for (int i = 0; i < 2; i++) {
    struct nftables_rule rule = nftables_rule_begin(batch, &table, answers);
    nftables_icmp(&rule, echo_messages[i].protocol, echo_messages[i].reply);
    nftables_source_type_is_not(&rule, RTN_LOCAL);
    nftables_mark_is_not(&rule, EGRESS_ANSWER_MARK);
    nftables_rule_end(&rule, NFTABLES_DROP);
  }
}

static void route_by_mark(struct netlink_batch *batch, unsigned char family, uint32_t mark, unsigned char routes, uint32_t priority) {
  struct fib_rule_hdr *rule = netlink_request(batch, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, sizeof *rule);
  *rule = (struct fib_rule_hdr){.family = family, .table = routes, .action = FR_ACT_TO_TBL};
  netlink_describe(batch, "rule for marked packets", "", 0);
  netlink_number(batch, FRA_FWMARK, mark);
  netlink_number(batch, FRA_PRIORITY, priority);
  netlink_number(batch, FRA_TABLE, routes);
}

static void deliver_marked(struct netlink_batch *batch, unsigned char family) {
  route_by_mark(batch, family, EGRESS_MARK, MARKED_TABLE, MARKED_PRIORITY);
  struct rtmsg *route = netlink_request(batch, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL, sizeof *route);
  *route = (struct rtmsg){.rtm_family = family,
                          .rtm_table = MARKED_TABLE,
                          .rtm_protocol = RTPROT_BOOT,
                          .rtm_scope = RT_SCOPE_HOST,
                          .rtm_type = RTN_LOCAL};
  netlink_describe(batch, "route for marked packets", "", 0);
  netlink_number(batch, RTA_OIF, if_nametoindex("lo"));
}

void egress_rules(void) {
  struct netlink_batch routes, rules;
  netlink_open(&routes);
  deliver_marked(&routes, AF_INET);
  route_by_mark(&routes, AF_INET, UPLINK_MARK, UPLINK_TABLE, UPLINK_PRIORITY);
  if (access("/proc/net/if_inet6", F_OK) == 0) deliver_marked(&routes, AF_INET6);
  netlink_commit(&routes);
  netlink_close(&routes);
  nftables_open(&rules);
  nftables_table(&rules, &table);
  nftables_chain(&rules, &table, chain, NFTABLES_COMES_IN);
  add_rules(&rules);
  nftables_chain(&rules, &table, answers, NFTABLES_GOES_OUT);
  silence_kernel(&rules);
  nftables_chain(&rules, &table, routed, NFTABLES_FORWARDED);
  route_marked_only(&rules);
  nftables_commit(&rules);
}
