// Numbers of nf_tables are in network byte order, but values that packets' metadata is compared with are in the machine's own.
#include "net-nftables-expression.h"
#include <arpa/inet.h>
#include <linux/ip.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nfnetlink.h>
#include <stddef.h>
#include <string.h>

void nft_request(struct netlink_batch *batch, const struct nftables_table *table, uint16_t message, uint16_t flags,
                    const char *what, const char *subject) {
  uint16_t type = (uint16_t)(NFNL_SUBSYS_NFTABLES << 8 | message);
  struct nfgenmsg *header = netlink_request(batch, type, flags, sizeof *header);
  *header = (struct nfgenmsg){.nfgen_family = table->family, .version = NFNETLINK_V0};
  netlink_describe(batch, what, subject, 0);
}

void nft_number(struct netlink_batch *batch, uint16_t type, uint32_t value) { netlink_number(batch, type, htonl(value)); }

size_t nft_nest(struct netlink_batch *batch, uint16_t type) { return netlink_nest(batch, type | NLA_F_NESTED, 0); }

struct nft_expression nft_begin(struct netlink_batch *batch, const char *name) {
  struct nft_expression expression = {.element = nft_nest(batch, NFTA_LIST_ELEM)};
  netlink_text(batch, NFTA_EXPR_NAME, name);
  expression.data = nft_nest(batch, NFTA_EXPR_DATA);
  return expression;
}

void nft_end(struct netlink_batch *batch, struct nft_expression expression) {
  netlink_nest_end(batch, expression.data);
  netlink_nest_end(batch, expression.element);
}

void nft_constant(struct netlink_batch *batch, uint16_t type, uint32_t value) {
  size_t data = nft_nest(batch, type);
  netlink_attribute(batch, NFTA_DATA_VALUE, &value, sizeof value);
  netlink_nest_end(batch, data);
}

void nft_keep_bits(struct netlink_batch *batch, uint32_t bits) {
  struct nft_expression expression = nft_begin(batch, "bitwise");
  nft_number(batch, NFTA_BITWISE_SREG, NFT_REG_1);
  nft_number(batch, NFTA_BITWISE_DREG, NFT_REG_1);
  nft_number(batch, NFTA_BITWISE_LEN, sizeof bits);
  nft_constant(batch, NFTA_BITWISE_MASK, bits);
  nft_constant(batch, NFTA_BITWISE_XOR, 0);
  nft_end(batch, expression);
}

void nft_compare(struct netlink_batch *batch, uint32_t operator, uint32_t value) {
  struct nft_expression expression = nft_begin(batch, "cmp");
  nft_number(batch, NFTA_CMP_SREG, NFT_REG_1);
  nft_number(batch, NFTA_CMP_OP, operator);
  nft_constant(batch, NFTA_CMP_DATA, value);
  nft_end(batch, expression);
}

void nft_load(struct netlink_batch *batch, const void *value, size_t length) { nft_load_beside(batch, NFT_REG_1, value, length); }

void nft_load_beside(struct netlink_batch *batch, uint32_t target, const void *value, size_t length) {
  struct nft_expression expression = nft_begin(batch, "immediate");
  nft_number(batch, NFTA_IMMEDIATE_DREG, target);
  size_t data = nft_nest(batch, NFTA_IMMEDIATE_DATA);
  netlink_attribute(batch, NFTA_DATA_VALUE, value, length);
  netlink_nest_end(batch, data);
  nft_end(batch, expression);
}

// Of fewer bytes than a register has. The kernel keeps them at its beginning.
void nft_compare_bytes(struct netlink_batch *batch, uint32_t operator, const void *value, size_t length) {
  uint32_t word = 0;
  memcpy(&word, value, length);
  nft_compare(batch, operator, word);
}

struct nft_expression nft_begin_payload(struct netlink_batch *batch, uint32_t header, uint32_t offset, uint32_t length) {
  struct nft_expression expression = nft_begin(batch, "payload");
  nft_number(batch, NFTA_PAYLOAD_BASE, header);
  nft_number(batch, NFTA_PAYLOAD_OFFSET, offset);
  nft_number(batch, NFTA_PAYLOAD_LEN, length);
  return expression;
}

void nft_load_payload(struct netlink_batch *batch, uint32_t header, uint32_t offset, uint32_t length) {
  struct nft_expression expression = nft_begin_payload(batch, header, offset, length);
  nft_number(batch, NFTA_PAYLOAD_DREG, NFT_REG_1);
  nft_end(batch, expression);
}

void nft_load_meta(struct netlink_batch *batch, uint32_t key) {
  struct nft_expression expression = nft_begin(batch, "meta");
  nft_number(batch, NFTA_META_DREG, NFT_REG_1);
  nft_number(batch, NFTA_META_KEY, key);
  nft_end(batch, expression);
}

void nft_load_from_route(struct netlink_batch *batch, uint32_t what, uint32_t of) {
  struct nft_expression expression = nft_begin(batch, "fib");
  nft_number(batch, NFTA_FIB_DREG, NFT_REG_1);
  nft_number(batch, NFTA_FIB_RESULT, what);
  nft_number(batch, NFTA_FIB_FLAGS, of);
  nft_end(batch, expression);
}

uint32_t nft_address_offset(enum nftables_end whose) {
  return whose == NFTABLES_SOURCE ? offsetof(struct iphdr, saddr) : offsetof(struct iphdr, daddr);
}

uint32_t nft_port_offset(enum nftables_end whose) { return whose == NFTABLES_SOURCE ? 0 : sizeof(uint16_t); }
