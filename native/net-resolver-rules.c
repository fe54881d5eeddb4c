// Port 53 is the container's own: what listens on all of its addresses there must not meet the resolver, which listens on another port.
// What is sent to port 53 of the resolver's address reaches that port, and its answers seem to come from port 53. Each packet is
// changed by itself as it is sent, so that nothing has to be remembered. Who tracks connections in the container sees port 53
// both ways: questions are changed after that, answers before.
#include "net-nftables.h"
#include "net-resolver.h"
#include <linux/netfilter.h>

static const struct nftables_table table = {NFPROTO_IPV4, "slipway"};
static const char questions[] = "questions", answers[] = "answers";

static void change_port(struct netlink_batch *batch, const char *chain, enum nftables_end end, uint16_t from, uint16_t to) {
  static const unsigned char protocols[] = {IPPROTO_UDP, IPPROTO_TCP};
  for (size_t i = 0; i < sizeof protocols; i++) {
    struct nftables_rule rule = nftables_rule_begin(batch, &table, chain);
    nftables_address(&rule, end, htonl(RESOLVER_ADDRESS));
    nftables_protocol(&rule, protocols[i]);
    nftables_port(&rule, end, from);
    nftables_set_port(&rule, end, protocols[i], to);
    nftables_rule_end(&rule, NFTABLES_ACCEPT);
  }
}

void resolver_rules(uint16_t port) {
  if (port == RESOLVER_PORT) return;
  struct netlink_batch batch;
  nftables_open(&batch);
  nftables_table(&batch, &table);
  nftables_chain(&batch, &table, questions, NFTABLES_GOES_OUT);
  change_port(&batch, questions, NFTABLES_DESTINATION, RESOLVER_PORT, port);
  nftables_chain(&batch, &table, answers, NFTABLES_GOES_OUT_UNTRACKED);
  change_port(&batch, answers, NFTABLES_SOURCE, port, RESOLVER_PORT);
  nftables_commit(&batch);
}
