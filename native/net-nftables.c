// Tables and chains of nf_tables, and the batches that change them.
#include "net-nftables-expression.h"
#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>

// Where in the path of a packet a chain has its turn.
static const struct hook {
  uint32_t number;
  int priority;
} hooks[] = {
    [NFTABLES_COMES_IN] = {NF_INET_PRE_ROUTING, -150}, // where others change packets, ahead of address translation
    [NFTABLES_COMES_IN_FIRST] = {NF_INET_PRE_ROUTING, -151},
    [NFTABLES_COMES_IN_LAST] = {NF_INET_PRE_ROUTING, 300}, // addresses of receivers are translated at -100
    [NFTABLES_FORWARDED] = {NF_INET_FORWARD, 0},
    [NFTABLES_GOES_OUT] = {NF_INET_LOCAL_OUT, -150},
    [NFTABLES_GOES_OUT_UNTRACKED] = {NF_INET_LOCAL_OUT, -300}, // connections are tracked at -200
    [NFTABLES_LEAVES] = {NF_INET_POST_ROUTING, -300},
    [NFTABLES_TRANSLATED] = {NF_INET_POST_ROUTING, 100}, // where addresses of senders are translated
};

static void bracket(struct netlink_batch *batch, uint16_t type) {
  struct nfgenmsg *header = netlink_request_unanswered(batch, type, sizeof *header);
  *header = (struct nfgenmsg){.version = NFNETLINK_V0, .res_id = htons(NFNL_SUBSYS_NFTABLES)};
  netlink_describe(batch, "firewall rules", "", 0);
}

void nftables_open(struct netlink_batch *batch) {
  netlink_open_family(batch, NETLINK_NETFILTER);
  nftables_again(batch);
}

void nftables_again(struct netlink_batch *batch) { bracket(batch, NFNL_MSG_BATCH_BEGIN); }

void nftables_commit(struct netlink_batch *batch) {
  bracket(batch, NFNL_MSG_BATCH_END);
  netlink_commit(batch);
}

void nftables_table(struct netlink_batch *batch, const struct nftables_table *table) {
  nft_request(batch, table, NFT_MSG_NEWTABLE, NLM_F_CREATE, "create table of rules", table->name);
  netlink_text(batch, NFTA_TABLE_NAME, table->name);
}

void nftables_table_of_own(struct netlink_batch *batch, const struct nftables_table *table) {
  nftables_table(batch, table);
  nft_number(batch, NFTA_TABLE_FLAGS, NFT_TABLE_F_OWNER);
}

void nftables_delete_table(struct netlink_batch *batch, const struct nftables_table *table) {
  nft_request(batch, table, NFT_MSG_DELTABLE, 0, "delete table of rules", table->name);
  netlink_text(batch, NFTA_TABLE_NAME, table->name);
}

void nftables_chain(struct netlink_batch *batch, const struct nftables_table *table, const char *chain, enum nftables_hook place) {
  nft_request(batch, table, NFT_MSG_NEWCHAIN, NLM_F_CREATE, "create chain of rules", chain);
  netlink_text(batch, NFTA_CHAIN_TABLE, table->name);
  netlink_text(batch, NFTA_CHAIN_NAME, chain);
  netlink_text(batch, NFTA_CHAIN_TYPE, place == NFTABLES_TRANSLATED ? "nat" : "filter");
  size_t hook = nft_nest(batch, NFTA_CHAIN_HOOK);
  nft_number(batch, NFTA_HOOK_HOOKNUM, hooks[place].number);
  nft_number(batch, NFTA_HOOK_PRIORITY, (uint32_t)hooks[place].priority);
  netlink_nest_end(batch, hook);
}

struct nftables_rule nftables_rule_begin(struct netlink_batch *batch, const struct nftables_table *table, const char *chain) {
  nft_request(batch, table, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND, "add rule", chain);
  netlink_text(batch, NFTA_RULE_TABLE, table->name);
  netlink_text(batch, NFTA_RULE_CHAIN, chain);
  return (struct nftables_rule){batch, nft_nest(batch, NFTA_RULE_EXPRESSIONS)};
}

void nftables_rule_end(struct nftables_rule *rule, enum nftables_verdict verdict) {
  struct nft_expression expression = nft_begin(rule->batch, "immediate");
  nft_number(rule->batch, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
  size_t data = nft_nest(rule->batch, NFTA_IMMEDIATE_DATA);
  size_t code = nft_nest(rule->batch, NFTA_DATA_VERDICT);
  nft_number(rule->batch, NFTA_VERDICT_CODE, verdict);
  netlink_nest_end(rule->batch, code);
  netlink_nest_end(rule->batch, data);
  nft_end(rule->batch, expression);
  netlink_nest_end(rule->batch, rule->expressions);
}
