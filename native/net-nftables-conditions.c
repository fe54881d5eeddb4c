// What packets a rule of nf_tables applies to.
#include "net-nftables-expression.h"
#include <arpa/inet.h>
#include <linux/ip.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <stddef.h>
#include <string.h>

static void judge_bit(struct nftables_rule *rule, uint32_t group, uint32_t operator, uint32_t bit) {
  nft_load_meta(rule->batch, group);
  nft_keep_bits(rule->batch, bit);
  nft_compare(rule->batch, operator, 0);
}

void nftables_interface_group_lacks(struct nftables_rule *rule, uint32_t bit) { judge_bit(rule, NFT_META_IIFGROUP, NFT_CMP_EQ, bit); }

void nftables_interface_group_has(struct nftables_rule *rule, uint32_t bit) { judge_bit(rule, NFT_META_IIFGROUP, NFT_CMP_NEQ, bit); }

void nftables_leaves_by_group(struct nftables_rule *rule, uint32_t bit) { judge_bit(rule, NFT_META_OIFGROUP, NFT_CMP_NEQ, bit); }

static void judge_interface(struct nftables_rule *rule, uint32_t which, uint32_t operator, int index) {
  nft_load_meta(rule->batch, which);
  nft_compare(rule->batch, operator, (uint32_t)index);
}

void nftables_comes_in_by(struct nftables_rule *rule, int index) { judge_interface(rule, NFT_META_IIF, NFT_CMP_EQ, index); }

void nftables_leaves_by(struct nftables_rule *rule, int index) { judge_interface(rule, NFT_META_OIF, NFT_CMP_EQ, index); }

static void judge_destination_type(struct nftables_rule *rule, uint32_t operator, uint32_t type) {
  nft_load_from_route(rule->batch, NFT_FIB_RESULT_ADDRTYPE, NFTA_FIB_F_DADDR);
  nft_compare(rule->batch, operator, type);
}

void nftables_destination_type(struct nftables_rule *rule, uint32_t type) { judge_destination_type(rule, NFT_CMP_EQ, type); }

void nftables_destination_type_is_not(struct nftables_rule *rule, uint32_t type) { judge_destination_type(rule, NFT_CMP_NEQ, type); }

void nftables_source_type_is_not(struct nftables_rule *rule, uint32_t type) {
  nft_load_from_route(rule->batch, NFT_FIB_RESULT_ADDRTYPE, NFTA_FIB_F_SADDR);
  nft_compare(rule->batch, NFT_CMP_NEQ, type);
}

static void judge_protocol(struct nftables_rule *rule, uint32_t operator, unsigned char protocol) {
  nft_load_meta(rule->batch, NFT_META_L4PROTO);
  nft_compare_bytes(rule->batch, operator, &protocol, sizeof protocol);
}

void nftables_protocol(struct nftables_rule *rule, unsigned char protocol) { judge_protocol(rule, NFT_CMP_EQ, protocol); }

void nftables_protocol_is_not(struct nftables_rule *rule, unsigned char protocol) { judge_protocol(rule, NFT_CMP_NEQ, protocol); }

// SYN alone, of the flags that begin and end connections.
void nftables_opens_connection(struct nftables_rule *rule) {
  enum { FLAGS = 13, SYN = 0x02, FIN_SYN_RST_ACK = 0x17 };
  const unsigned char mask = FIN_SYN_RST_ACK, wanted = SYN;
  uint32_t bits = 0;
  memcpy(&bits, &mask, sizeof mask);
  nft_load_payload(rule->batch, NFT_PAYLOAD_TRANSPORT_HEADER, FLAGS, sizeof mask);
  nft_keep_bits(rule->batch, bits);
  nft_compare_bytes(rule->batch, NFT_CMP_EQ, &wanted, sizeof wanted);
}

void nftables_icmp(struct nftables_rule *rule, unsigned char protocol, unsigned char type) {
  nftables_protocol(rule, protocol);
  nft_load_payload(rule->batch, NFT_PAYLOAD_TRANSPORT_HEADER, 0, sizeof type);
  nft_compare_bytes(rule->batch, NFT_CMP_EQ, &type, sizeof type);
}

static void judge_address(struct nftables_rule *rule, enum nftables_end whose, uint32_t operator, in_addr_t address) {
  nft_load_payload(rule->batch, NFT_PAYLOAD_NETWORK_HEADER, nft_address_offset(whose), sizeof address);
  nft_compare(rule->batch, operator, address);
}

void nftables_address(struct nftables_rule *rule, enum nftables_end whose, in_addr_t address) {
  judge_address(rule, whose, NFT_CMP_EQ, address);
}

void nftables_address_is_not(struct nftables_rule *rule, enum nftables_end whose, in_addr_t address) {
  judge_address(rule, whose, NFT_CMP_NEQ, address);
}

void nftables_port(struct nftables_rule *rule, enum nftables_end whose, uint16_t port) {
  uint16_t ordered = htons(port);
  nft_load_payload(rule->batch, NFT_PAYLOAD_TRANSPORT_HEADER, nft_port_offset(whose), sizeof ordered);
  nft_compare_bytes(rule->batch, NFT_CMP_EQ, &ordered, sizeof ordered);
}

void nftables_destination_among(struct nftables_rule *rule, const char *set) {
  nft_load_payload(rule->batch, NFT_PAYLOAD_NETWORK_HEADER, offsetof(struct iphdr, daddr), sizeof(in_addr_t));
  struct nft_expression expression = nft_begin(rule->batch, "lookup");
  netlink_text(rule->batch, NFTA_LOOKUP_SET, set);
  nft_number(rule->batch, NFTA_LOOKUP_SREG, NFT_REG_1);
  nft_end(rule->batch, expression);
}

static void judge_mark(struct nftables_rule *rule, uint32_t operator, uint32_t mark) {
  nft_load_meta(rule->batch, NFT_META_MARK);
  nft_compare(rule->batch, operator, mark);
}

void nftables_mark_is(struct nftables_rule *rule, uint32_t mark) { judge_mark(rule, NFT_CMP_EQ, mark); }

void nftables_mark_is_not(struct nftables_rule *rule, uint32_t mark) { judge_mark(rule, NFT_CMP_NEQ, mark); }

static void load_connection(struct nftables_rule *rule, uint32_t key) {
  struct nft_expression expression = nft_begin(rule->batch, "ct");
  nft_number(rule->batch, NFTA_CT_DREG, NFT_REG_1);
  nft_number(rule->batch, NFTA_CT_KEY, key);
  nft_end(rule->batch, expression);
}

void nftables_connection_mark_is_not(struct nftables_rule *rule, uint32_t mark) {
  load_connection(rule, NFT_CT_MARK);
  nft_compare(rule->batch, NFT_CMP_NEQ, mark);
}

void nftables_answers(struct nftables_rule *rule) {
  load_connection(rule, NFT_CT_STATE);
  nft_keep_bits(rule->batch, NF_CT_STATE_BIT(IP_CT_ESTABLISHED) | NF_CT_STATE_BIT(IP_CT_RELATED));
  nft_compare(rule->batch, NFT_CMP_NEQ, 0);
}

void nftables_destination_has_route(struct nftables_rule *rule) {
  nft_load_from_route(rule->batch, NFT_FIB_RESULT_OIF, NFTA_FIB_F_DADDR);
  nft_compare(rule->batch, NFT_CMP_NEQ, 0);
}
