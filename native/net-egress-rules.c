// The engine's network namespace has routes to its bridges and nowhere else. What containers send elsewhere is marked, and for marked
// packets every address is one of this namespace: they are delivered to the sockets that the rules have chosen.
#include "net-egress.h"
#include "net-nftables.h"
#include <linux/fib_rules.h>
#include <linux/netfilter.h>
#include <net/if.h>
#include <unistd.h>

enum { MARKED_TABLE = 100, MARKED_PRIORITY = 100 };

static const struct nftables_table table = {NFPROTO_INET, "slipway"};
static const char chain[] = "egress", answers[] = "answers";

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
  struct nftables_rule rule = nftables_rule_begin(batch, &table, chain);
  nftables_interface_group_lacks(&rule, EGRESS_GROUP);
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

static void deliver_marked(struct netlink_batch *batch, unsigned char family) {
  struct fib_rule_hdr *rule = netlink_request(batch, RTM_NEWRULE, NLM_F_CREATE | NLM_F_EXCL, sizeof *rule);
  *rule = (struct fib_rule_hdr){.family = family, .table = MARKED_TABLE, .action = FR_ACT_TO_TBL};
  netlink_describe(batch, "rule for marked packets", "", 0);
  netlink_number(batch, FRA_FWMARK, EGRESS_MARK);
  netlink_number(batch, FRA_PRIORITY, MARKED_PRIORITY);
  netlink_number(batch, FRA_TABLE, MARKED_TABLE);

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
  if (access("/proc/net/if_inet6", F_OK) == 0) deliver_marked(&routes, AF_INET6);
  netlink_commit(&routes);
  netlink_close(&routes);
  nftables_open(&rules);
  nftables_table(&rules, &table);
  nftables_chain(&rules, &table, chain, NFTABLES_COMES_IN);
  add_rules(&rules);
  nftables_chain(&rules, &table, answers, NFTABLES_GOES_OUT);
  silence_kernel(&rules);
  nftables_commit(&rules);
}
