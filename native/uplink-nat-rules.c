// What the host's kernel does with packets of the engine's end of the pair, and with answers to them. An answer comes in by an interface that need
// not forward. So it is copied to the engine by the path of what the host sends itself, which asks for no forwarding, and goes no further.
#include "uplink.h"
#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>
#include <stdio.h>

// Another engine's address cannot be that: it is reserved for documentation. What is sent there never leaves the host.
const char uplink_nat_trial[] = "198.51.100.1";

static const char leaving[] = "leaving", translate[] = "translate", arriving[] = "arriving", trials[] = "trials";

static struct nftables_rule rule_in(struct uplink_nat_rules *rules, const char *chain) {
  return nftables_rule_begin(&rules->batch, &rules->table, chain);
}

// A trial is turned round where it would leave the host, and takes the path of an answer. It is counted at the end of that.
static void turn_trials(struct uplink_nat_rules *rules, const struct uplink_pair *pair) {
  const in_addr_t far = inet_addr(uplink_nat_trial);
  struct nftables_rule rule = rule_in(rules, leaving);
  nftables_address(&rule, NFTABLES_SOURCE, pair->engine);
  nftables_address(&rule, NFTABLES_DESTINATION, far);
  nftables_set_address(&rule, NFTABLES_SOURCE, far);
  nftables_set_address(&rule, NFTABLES_DESTINATION, pair->engine);
  nftables_copy_to(&rule, pair->engine, pair->index);
  nftables_rule_end(&rule, NFTABLES_DROP);

  rule = rule_in(rules, leaving);
  nftables_leaves_by(&rule, pair->index);
  nftables_address(&rule, NFTABLES_SOURCE, far);
  nftables_count(&rule, trials);
  nftables_rule_end(&rule, NFTABLES_DROP);
}

// The engine's packets are masqueraded as its end of the pair's, and are for others than the host: what is not is of a container's own making.
static void let_out(struct uplink_nat_rules *rules, const struct uplink_pair *pair) {
  struct nftables_rule rule = rule_in(rules, arriving);
  nftables_comes_in_by(&rule, pair->index);
  nftables_address_is_not(&rule, NFTABLES_SOURCE, pair->engine);
  nftables_rule_end(&rule, NFTABLES_DROP);

  rule = rule_in(rules, arriving);
  nftables_comes_in_by(&rule, pair->index);
  nftables_destination_type_is_not(&rule, RTN_UNICAST);
  nftables_rule_end(&rule, NFTABLES_DROP);

  rule = rule_in(rules, arriving);
  nftables_comes_in_by(&rule, pair->index);
  nftables_rule_end(&rule, NFTABLES_ACCEPT);
}

static void let_answers_in(struct uplink_nat_rules *rules, const struct uplink_pair *pair) {
  struct nftables_rule rule = rule_in(rules, arriving);
  nftables_address(&rule, NFTABLES_DESTINATION, pair->engine);
  nftables_answers(&rule);
  nftables_copy_to(&rule, pair->engine, pair->index);
  nftables_rule_end(&rule, NFTABLES_DROP);

  rule = rule_in(rules, arriving);
  nftables_address(&rule, NFTABLES_DESTINATION, pair->engine);
  nftables_rule_end(&rule, NFTABLES_DROP);
}

static void hide_engine(struct uplink_nat_rules *rules, const struct uplink_pair *pair) {
  struct nftables_rule rule = rule_in(rules, translate);
  nftables_address(&rule, NFTABLES_SOURCE, pair->engine);
  nftables_masquerade(&rule);
  nftables_rule_end(&rule, NFTABLES_ACCEPT);
}

void uplink_nat_rules(struct uplink_nat_rules *rules, const struct uplink_pair *pair) {
  snprintf(rules->name, sizeof rules->name, "slipway-%s", pair->name);
  rules->table = (struct nftables_table){NFPROTO_IPV4, rules->name};
  nftables_open(&rules->batch);
  nftables_table_of_own(&rules->batch, &rules->table);
  nftables_counter(&rules->batch, &rules->table, trials);
  nftables_chain(&rules->batch, &rules->table, leaving, NFTABLES_LEAVES);
  turn_trials(rules, pair);
  nftables_chain(&rules->batch, &rules->table, arriving, NFTABLES_COMES_IN_LAST);
  let_out(rules, pair);
  let_answers_in(rules, pair);
  nftables_chain(&rules->batch, &rules->table, translate, NFTABLES_TRANSLATED);
  hide_engine(rules, pair);
  nftables_commit(&rules->batch);
}

uint64_t uplink_nat_passed(struct uplink_nat_rules *rules) { return nftables_counted(&rules->batch, &rules->table, trials); }
