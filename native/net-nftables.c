// Numbers of nf_tables are in network byte order, but values that packets' metadata is compared with are in the machine's own.
#include "net-nftables.h"
#include "slipway.h"
#include <arpa/inet.h>
#include <linux/ip.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <stddef.h>
#include <string.h>

// Where in the path of a packet a chain has its turn.
static const struct hook {
  uint32_t number;
  int priority;
} hooks[] = {
    [NFTABLES_COMES_IN] = {NF_INET_PRE_ROUTING, -150}, // where others change packets, ahead of address translation
    [NFTABLES_GOES_OUT] = {NF_INET_LOCAL_OUT, -150},
    [NFTABLES_GOES_OUT_UNTRACKED] = {NF_INET_LOCAL_OUT, -300}, // connections are tracked at -200
};

static void request(struct netlink_batch *batch, const struct nftables_table *table, uint16_t message, uint16_t flags,
                    const char *what, const char *subject) {
  uint16_t type = (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | message);
  struct nfgenmsg *header = netlink_request(batch, type, flags, sizeof *header);
  *header = (struct nfgenmsg){.nfgen_family = table->family, .version = NFNETLINK_V0};
  netlink_describe(batch, what, subject, 0);
}

static void bracket(struct netlink_batch *batch, uint16_t type) {
  struct nfgenmsg *header = netlink_request_unanswered(batch, type, sizeof *header);
  *header = (struct nfgenmsg){.version = NFNETLINK_V0, .res_id = htons(NFNL_SUBSYS_NFTABLES)};
  netlink_describe(batch, "firewall rules", "", 0);
}

static void number(struct netlink_batch *batch, uint16_t type, uint32_t value) { netlink_number(batch, type, htonl(value)); }

static size_t nest(struct netlink_batch *batch, uint16_t type) { return netlink_nest(batch, type | NLA_F_NESTED, 0); }

void nftables_open(struct netlink_batch *batch) {
  netlink_open_family(batch, NETLINK_NETFILTER);
  bracket(batch, NFNL_MSG_BATCH_BEGIN);
}

void nftables_commit(struct netlink_batch *batch) {
  bracket(batch, NFNL_MSG_BATCH_END);
  netlink_commit(batch);
}

void nftables_table(struct netlink_batch *batch, const struct nftables_table *table) {
  request(batch, table, NFT_MSG_NEWTABLE, NLM_F_CREATE, "create table of rules", table->name);
  netlink_text(batch, NFTA_TABLE_NAME, table->name);
}

void nftables_chain(struct netlink_batch *batch, const struct nftables_table *table, const char *chain, enum nftables_hook place) {
  request(batch, table, NFT_MSG_NEWCHAIN, NLM_F_CREATE, "create chain of rules", chain);
  netlink_text(batch, NFTA_CHAIN_TABLE, table->name);
  netlink_text(batch, NFTA_CHAIN_NAME, chain);
  netlink_text(batch, NFTA_CHAIN_TYPE, "filter");
  size_t hook = nest(batch, NFTA_CHAIN_HOOK);
  number(batch, NFTA_HOOK_HOOKNUM, hooks[place].number);
  number(batch, NFTA_HOOK_PRIORITY, (uint32_t)hooks[place].priority);
  netlink_nest_end(batch, hook);
}

struct nftables_rule nftables_rule_begin(struct netlink_batch *batch, const struct nftables_table *table, const char *chain) {
  request(batch, table, NFT_MSG_NEWRULE, NLM_F_CREATE | NLM_F_APPEND, "add rule", chain);
  netlink_text(batch, NFTA_RULE_TABLE, table->name);
  netlink_text(batch, NFTA_RULE_CHAIN, chain);
  return (struct nftables_rule){batch, nest(batch, NFTA_RULE_EXPRESSIONS)};
}

struct expression {
  size_t element, data;
};

static struct expression begin(struct netlink_batch *batch, const char *name) {
  struct expression expression = {.element = nest(batch, NFTA_LIST_ELEM)};
  netlink_text(batch, NFTA_EXPR_NAME, name);
  expression.data = nest(batch, NFTA_EXPR_DATA);
  return expression;
}

static void end(struct netlink_batch *batch, struct expression expression) {
  netlink_nest_end(batch, expression.data);
  netlink_nest_end(batch, expression.element);
}

static void constant(struct netlink_batch *batch, uint16_t type, uint32_t value) {
  size_t data = nest(batch, type);
  netlink_attribute(batch, NFTA_DATA_VALUE, &value, sizeof value);
  netlink_nest_end(batch, data);
}

static void keep_bits(struct netlink_batch *batch, uint32_t bits) {
  struct expression expression = begin(batch, "bitwise");
  number(batch, NFTA_BITWISE_SREG, NFT_REG_1);
  number(batch, NFTA_BITWISE_DREG, NFT_REG_1);
  number(batch, NFTA_BITWISE_LEN, sizeof bits);
  constant(batch, NFTA_BITWISE_MASK, bits);
  constant(batch, NFTA_BITWISE_XOR, 0);
  end(batch, expression);
}

static void compare(struct netlink_batch *batch, uint32_t operator, uint32_t value) {
  struct expression expression = begin(batch, "cmp");
  number(batch, NFTA_CMP_SREG, NFT_REG_1);
  number(batch, NFTA_CMP_OP, operator);
  constant(batch, NFTA_CMP_DATA, value);
  end(batch, expression);
}

static void load(struct netlink_batch *batch, const void *value, size_t length) {
  struct expression expression = begin(batch, "immediate");
  number(batch, NFTA_IMMEDIATE_DREG, NFT_REG_1);
  size_t data = nest(batch, NFTA_IMMEDIATE_DATA);
  netlink_attribute(batch, NFTA_DATA_VALUE, value, length);
  netlink_nest_end(batch, data);
  end(batch, expression);
}

// Of fewer bytes than a register has. The kernel keeps them at its beginning.
static void compare_bytes(struct netlink_batch *batch, const void *value, size_t length) {
  uint32_t word = 0;
  memcpy(&word, value, length);
  compare(batch, NFT_CMP_EQ, word);
}

static struct expression begin_payload(struct netlink_batch *batch, uint32_t header, uint32_t offset, uint32_t length) {
  struct expression expression = begin(batch, "payload");
  number(batch, NFTA_PAYLOAD_BASE, header);
  number(batch, NFTA_PAYLOAD_OFFSET, offset);
  number(batch, NFTA_PAYLOAD_LEN, length);
  return expression;
}

static void load_payload(struct netlink_batch *batch, uint32_t header, uint32_t offset, uint32_t length) {
  struct expression expression = begin_payload(batch, header, offset, length);
  number(batch, NFTA_PAYLOAD_DREG, NFT_REG_1);
  end(batch, expression);
}

static void load_meta(struct netlink_batch *batch, uint32_t key) {
  struct expression expression = begin(batch, "meta");
  number(batch, NFTA_META_DREG, NFT_REG_1);
  number(batch, NFTA_META_KEY, key);
  end(batch, expression);
}

static void load_from_route(struct netlink_batch *batch, uint32_t what, uint32_t of) {
  struct expression expression = begin(batch, "fib");
  number(batch, NFTA_FIB_DREG, NFT_REG_1);
  number(batch, NFTA_FIB_RESULT, what);
  number(batch, NFTA_FIB_FLAGS, of);
  end(batch, expression);
}

void nftables_interface_group_lacks(struct nftables_rule *rule, uint32_t bit) {
  load_meta(rule->batch, NFT_META_IIFGROUP);
  keep_bits(rule->batch, bit);
  compare(rule->batch, NFT_CMP_EQ, 0);
}

void nftables_destination_type(struct nftables_rule *rule, uint32_t type) {
  load_from_route(rule->batch, NFT_FIB_RESULT_ADDRTYPE, NFTA_FIB_F_DADDR);
  compare(rule->batch, NFT_CMP_EQ, type);
}

void nftables_source_type_is_not(struct nftables_rule *rule, uint32_t type) {
  load_from_route(rule->batch, NFT_FIB_RESULT_ADDRTYPE, NFTA_FIB_F_SADDR);
  compare(rule->batch, NFT_CMP_NEQ, type);
}

void nftables_protocol(struct nftables_rule *rule, unsigned char protocol) {
  load_meta(rule->batch, NFT_META_L4PROTO);
  compare_bytes(rule->batch, &protocol, sizeof protocol);
}

void nftables_icmp(struct nftables_rule *rule, unsigned char protocol, unsigned char type) {
  nftables_protocol(rule, protocol);
  load_payload(rule->batch, NFT_PAYLOAD_TRANSPORT_HEADER, 0, sizeof type);
  compare_bytes(rule->batch, &type, sizeof type);
}

void nftables_address(struct nftables_rule *rule, enum nftables_end whose, in_addr_t address) {
  const uint32_t offset = whose == NFTABLES_SOURCE ? offsetof(struct iphdr, saddr) : offsetof(struct iphdr, daddr);
  load_payload(rule->batch, NFT_PAYLOAD_NETWORK_HEADER, offset, sizeof address);
  compare(rule->batch, NFT_CMP_EQ, address);
}

// The same in the headers of TCP and UDP.
static uint32_t port_offset(enum nftables_end whose) { return whose == NFTABLES_SOURCE ? 0 : sizeof(uint16_t); }

void nftables_port(struct nftables_rule *rule, enum nftables_end whose, uint16_t port) {
  uint16_t ordered = htons(port);
  load_payload(rule->batch, NFT_PAYLOAD_TRANSPORT_HEADER, port_offset(whose), sizeof ordered);
  compare_bytes(rule->batch, &ordered, sizeof ordered);
}

void nftables_mark_is_not(struct nftables_rule *rule, uint32_t mark) {
  load_meta(rule->batch, NFT_META_MARK);
  compare(rule->batch, NFT_CMP_NEQ, mark);
}

void nftables_destination_has_route(struct nftables_rule *rule) {
  load_from_route(rule->batch, NFT_FIB_RESULT_OIF, NFTA_FIB_F_DADDR);
  compare(rule->batch, NFT_CMP_NEQ, 0);
}

void nftables_to_socket(struct nftables_rule *rule, uint16_t port) {
  uint16_t ordered = htons(port);
  load(rule->batch, &ordered, sizeof ordered);
  struct expression expression = begin(rule->batch, "tproxy");
  number(rule->batch, NFTA_TPROXY_FAMILY, NFPROTO_UNSPEC);
  number(rule->batch, NFTA_TPROXY_REG_PORT, NFT_REG_1);
  end(rule->batch, expression);
}

void nftables_set_port(struct nftables_rule *rule, enum nftables_end whose, unsigned char protocol, uint16_t port) {
  uint16_t ordered = htons(port);
  load(rule->batch, &ordered, sizeof ordered);
  struct expression expression =
      begin_payload(rule->batch, NFT_PAYLOAD_TRANSPORT_HEADER, port_offset(whose), sizeof ordered);
  number(rule->batch, NFTA_PAYLOAD_SREG, NFT_REG_1);
  number(rule->batch, NFTA_PAYLOAD_CSUM_TYPE, NFT_PAYLOAD_CSUM_INET);
  number(rule->batch, NFTA_PAYLOAD_CSUM_OFFSET,
         protocol == IPPROTO_TCP ? offsetof(struct tcphdr, check) : offsetof(struct udphdr, check));
  end(rule->batch, expression);
}

void nftables_set_mark(struct nftables_rule *rule, uint32_t mark) {
  load(rule->batch, &mark, sizeof mark);
  struct expression expression = begin(rule->batch, "meta");
  number(rule->batch, NFTA_META_KEY, NFT_META_MARK);
  number(rule->batch, NFTA_META_SREG, NFT_REG_1);
  end(rule->batch, expression);
}

void nftables_rule_end(struct nftables_rule *rule, enum nftables_verdict verdict) {
  struct expression expression = begin(rule->batch, "immediate");
  number(rule->batch, NFTA_IMMEDIATE_DREG, NFT_REG_VERDICT);
  size_t data = nest(rule->batch, NFTA_IMMEDIATE_DATA);
  size_t code = nest(rule->batch, NFTA_DATA_VERDICT);
  number(rule->batch, NFTA_VERDICT_CODE, verdict);
  netlink_nest_end(rule->batch, code);
  netlink_nest_end(rule->batch, data);
  end(rule->batch, expression);
  netlink_nest_end(rule->batch, rule->expressions);
}
