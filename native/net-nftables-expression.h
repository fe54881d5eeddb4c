// What rules of nf_tables are written from; for the files beside net-nftables.c.
#pragma once
#include "net-nftables.h"
#include <linux/netfilter/nf_tables.h>

// Begins a message about `table`.
void nft_request(struct netlink_batch *batch, const struct nftables_table *table, uint16_t message, uint16_t flags,
                 const char *what, const char *subject);
void nft_number(struct netlink_batch *batch, uint16_t type, uint32_t value);
size_t nft_nest(struct netlink_batch *batch, uint16_t type);

// One step of a rule. Register 1 holds what is looked at.
struct nft_expression {
  size_t element, data;
};
struct nft_expression nft_begin(struct netlink_batch *batch, const char *name);
void nft_end(struct netlink_batch *batch, struct nft_expression expression);
void nft_constant(struct netlink_batch *batch, uint16_t type, uint32_t value);
void nft_keep_bits(struct netlink_batch *batch, uint32_t bits);
void nft_compare(struct netlink_batch *batch, uint32_t operator, uint32_t value);
// With fewer bytes than a register has.
void nft_compare_bytes(struct netlink_batch *batch, uint32_t operator, const void *value, size_t length);
void nft_load(struct netlink_batch *batch, const void *value, size_t length);
// Into a register beside the first.
void nft_load_beside(struct netlink_batch *batch, uint32_t target, const void *value, size_t length);
struct nft_expression nft_begin_payload(struct netlink_batch *batch, uint32_t header, uint32_t offset, uint32_t length);
void nft_load_payload(struct netlink_batch *batch, uint32_t header, uint32_t offset, uint32_t length);
void nft_load_meta(struct netlink_batch *batch, uint32_t key);
void nft_load_from_route(struct netlink_batch *batch, uint32_t what, uint32_t of);
// Of an address in the header of IPv4.
uint32_t nft_address_offset(enum nftables_end whose);
// Of a port in the header; the same for TCP and UDP.
uint32_t nft_port_offset(enum nftables_end whose);
