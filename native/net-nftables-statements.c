// What a rule of nf_tables does with packets, but for its verdict.
#include "net-nftables-expression.h"
#include <arpa/inet.h>
#include <linux/netfilter.h>
#include <linux/tcp.h>
#include <linux/udp.h>
#include <netinet/ip.h>
#include <stddef.h>
#include <string.h>

void nftables_to_socket(struct nftables_rule *rule, uint16_t port) {
  uint16_t ordered = htons(port);
  nft_load(rule->batch, &ordered, sizeof ordered);
  struct nft_expression expression = nft_begin(rule->batch, "tproxy");
  nft_number(rule->batch, NFTA_TPROXY_FAMILY, NFPROTO_UNSPEC);
  nft_number(rule->batch, NFTA_TPROXY_REG_PORT, NFT_REG_1);
  nft_end(rule->batch, expression);
}

void nftables_set_port(struct nftables_rule *rule, enum nftables_end whose, unsigned char protocol, uint16_t port) {
  uint16_t ordered = htons(port);
  nft_load(rule->batch, &ordered, sizeof ordered);
  struct nft_expression expression =
      nft_begin_payload(rule->batch, NFT_PAYLOAD_TRANSPORT_HEADER, nft_port_offset(whose), sizeof ordered);
  nft_number(rule->batch, NFTA_PAYLOAD_SREG, NFT_REG_1);
  nft_number(rule->batch, NFTA_PAYLOAD_CSUM_TYPE, NFT_PAYLOAD_CSUM_INET);
  nft_number(rule->batch, NFTA_PAYLOAD_CSUM_OFFSET,
         protocol == IPPROTO_TCP ? offsetof(struct tcphdr, check) : offsetof(struct udphdr, check));
  nft_end(rule->batch, expression);
}

static void set_in_ip_header(struct nftables_rule *rule, uint32_t offset, uint32_t length) {
  struct nft_expression expression = nft_begin_payload(rule->batch, NFT_PAYLOAD_NETWORK_HEADER, offset, length);
  nft_number(rule->batch, NFTA_PAYLOAD_SREG, NFT_REG_1);
  nft_number(rule->batch, NFTA_PAYLOAD_CSUM_TYPE, NFT_PAYLOAD_CSUM_INET);
  nft_number(rule->batch, NFTA_PAYLOAD_CSUM_OFFSET, offsetof(struct iphdr, check));
  nft_end(rule->batch, expression);
}

void nftables_set_address(struct nftables_rule *rule, enum nftables_end whose, in_addr_t address) {
  nft_load(rule->batch, &address, sizeof address);
  set_in_ip_header(rule, nft_address_offset(whose), sizeof address);
}

void nftables_may_be_fragmented(struct nftables_rule *rule) {
  const uint16_t mask = htons((uint16_t)~IP_DF);
  uint32_t bits = 0;
  memcpy(&bits, &mask, sizeof mask);
  nft_load_payload(rule->batch, NFT_PAYLOAD_NETWORK_HEADER, offsetof(struct iphdr, frag_off), sizeof mask);
  nft_keep_bits(rule->batch, bits);
  set_in_ip_header(rule, offsetof(struct iphdr, frag_off), sizeof mask);
}

void nftables_copy_to(struct nftables_rule *rule, in_addr_t gateway, int index) {
  nft_load(rule->batch, &gateway, sizeof gateway);
  nft_load_beside(rule->batch, NFT_REG_2, &index, sizeof index);
  struct nft_expression expression = nft_begin(rule->batch, "dup");
  nft_number(rule->batch, NFTA_DUP_SREG_ADDR, NFT_REG_1);
  nft_number(rule->batch, NFTA_DUP_SREG_DEV, NFT_REG_2);
  nft_end(rule->batch, expression);
}

void nftables_set_mark(struct nftables_rule *rule, uint32_t mark) {
  nft_load(rule->batch, &mark, sizeof mark);
  struct nft_expression expression = nft_begin(rule->batch, "meta");
  nft_number(rule->batch, NFTA_META_KEY, NFT_META_MARK);
  nft_number(rule->batch, NFTA_META_SREG, NFT_REG_1);
  nft_end(rule->batch, expression);
}

void nftables_set_connection_mark(struct nftables_rule *rule, uint32_t mark) {
  nft_load(rule->batch, &mark, sizeof mark);
  struct nft_expression expression = nft_begin(rule->batch, "ct");
  nft_number(rule->batch, NFTA_CT_KEY, NFT_CT_MARK);
  nft_number(rule->batch, NFTA_CT_SREG, NFT_REG_1);
  nft_end(rule->batch, expression);
}

void nftables_count(struct nftables_rule *rule, const char *counter) {
  struct nft_expression expression = nft_begin(rule->batch, "objref");
  nft_number(rule->batch, NFTA_OBJREF_IMM_TYPE, NFT_OBJECT_COUNTER);
  netlink_text(rule->batch, NFTA_OBJREF_IMM_NAME, counter);
  nft_end(rule->batch, expression);
}

void nftables_masquerade(struct nftables_rule *rule) { nft_end(rule->batch, nft_begin(rule->batch, "masq")); }
