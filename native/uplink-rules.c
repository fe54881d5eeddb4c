// What of the containers' packets takes the uplink. It has its turn before the rules of the other way (net-egress-rules.c), which leave
// alone what is marked here. A connection that has begun by the other way goes on by it.
#include "net-egress.h"
#include "net-nftables.h"
#include "uplink.h"
#include <linux/netfilter.h>

static const struct nftables_table table = {NFPROTO_IPV4, "slipway-uplink"};
static const char divert[] = "divert", translate[] = "translate", own[] = "own";

static void mark(struct nftables_rule *rule) {
  nftables_set_mark(rule, UPLINK_MARK);
  nftables_rule_end(rule, NFTABLES_ACCEPT);
}

// An answer may be too long for a container's network, and whoever sent it cannot be told from here.
static void let_answers_in(struct netlink_batch *batch) {
  struct nftables_rule rule = nftables_rule_begin(batch, &table, divert);
  nftables_interface_group_has(&rule, UPLINK_GROUP);
  nftables_answers(&rule);
  nftables_may_be_fragmented(&rule);
  mark(&rule);
}

// Leaves to the other rules what is not for the world, and who may not go there.
static void pass_others(struct netlink_batch *batch) {
  static const uint32_t near[] = {RTN_LOCAL, RTN_MULTICAST, RTN_BROADCAST};
  struct nftables_rule rule = nftables_rule_begin(batch, &table, divert);
  nftables_interface_group_lacks(&rule, EGRESS_GROUP);
  nftables_rule_end(&rule, NFTABLES_ACCEPT);
  for (size_t i = 0; i < sizeof near / sizeof *near; i++) {
    rule = nftables_rule_begin(batch, &table, divert);
    nftables_destination_type(&rule, near[i]);
    nftables_rule_end(&rule, NFTABLES_ACCEPT);
  }
  rule = nftables_rule_begin(batch, &table, divert);
  nftables_destination_has_route(&rule);
  nftables_rule_end(&rule, NFTABLES_ACCEPT);
  // A firewall of the host's may be stricter with what comes in by an interface than with what programs there send each other.
  rule = nftables_rule_begin(batch, &table, divert);
  nftables_destination_among(&rule, own);
  nftables_rule_end(&rule, NFTABLES_ACCEPT);
}

static void mark_connections(struct netlink_batch *batch, bool tcp_only) {
  struct nftables_rule rule;
  if (tcp_only) {
    rule = nftables_rule_begin(batch, &table, divert);
    nftables_protocol_is_not(&rule, IPPROTO_TCP);
    nftables_rule_end(&rule, NFTABLES_ACCEPT);
  }
  rule = nftables_rule_begin(batch, &table, divert);
  nftables_protocol(&rule, IPPROTO_TCP);
  nftables_opens_connection(&rule);
  nftables_set_connection_mark(&rule, UPLINK_MARK);
  nftables_rule_end(&rule, NFTABLES_CONTINUE);

  rule = nftables_rule_begin(batch, &table, divert);
  nftables_protocol(&rule, IPPROTO_TCP);
  nftables_connection_mark_is_not(&rule, UPLINK_MARK);
  nftables_rule_end(&rule, NFTABLES_ACCEPT);

  rule = nftables_rule_begin(batch, &table, divert);
  mark(&rule);
}

static void hide_containers(struct netlink_batch *batch) {
  struct nftables_rule rule = nftables_rule_begin(batch, &table, translate);
  nftables_leaves_by_group(&rule, UPLINK_GROUP);
  nftables_masquerade(&rule);
  nftables_rule_end(&rule, NFTABLES_ACCEPT);
}

void uplink_rules(struct uplink *uplink, enum uplink_state before) {
  struct netlink_batch *batch = &uplink->rules;
  nftables_again(batch);
  if (before != UPLINK_CLOSED) nftables_delete_table(batch, &table);
  if (uplink->state != UPLINK_CLOSED) {
    nftables_table_of_own(batch, &table);
    nftables_addresses(batch, &table, own, uplink->own, uplink->own_count);
    nftables_chain(batch, &table, divert, NFTABLES_COMES_IN_FIRST);
    let_answers_in(batch);
    if (uplink->state == UPLINK_OPEN) {
      pass_others(batch);
      mark_connections(batch, uplink->tcp_only);
    }
    nftables_chain(batch, &table, translate, NFTABLES_TRANSLATED);
    hide_containers(batch);
  }
  nftables_commit(batch);
}
