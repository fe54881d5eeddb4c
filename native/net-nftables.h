// Rules of nf_tables, written as the kernel takes them: no other program is needed.
#pragma once
#include "net-netlink.h"
#include <netinet/in.h>

// A batch of changes that the kernel makes all together or not at all. Opens a socket in the caller's network namespace.
void nftables_open(struct netlink_batch *batch);
// Another one, on the socket of one that was committed.
void nftables_again(struct netlink_batch *batch);
// What is in a table sees the packets of one family: NFPROTO_IPV4, NFPROTO_IPV6, or NFPROTO_INET for both.
struct nftables_table {
  unsigned char family;
  const char *name; // must outlive the batch, like all names here
};
void nftables_table(struct netlink_batch *batch, const struct nftables_table *table);
// One that nobody else may change, and that the kernel removes when the batch's socket is closed, however that comes about.
void nftables_table_of_own(struct netlink_batch *batch, const struct nftables_table *table);
void nftables_delete_table(struct netlink_batch *batch, const struct nftables_table *table);
// What a chain sees: every packet that comes in by an interface, before it is routed (FIRST: ahead of the other such chains here; LAST: after
// everybody's, with its receiver's address translated); those that go on by another interface; those that this machine itself sends, after connections were tracked, if anybody here has that done, or
// before; all that leave, before anything else is done with them. TRANSLATED: the first packet of each connection that leaves.
enum nftables_hook {
  NFTABLES_COMES_IN_FIRST,
  NFTABLES_COMES_IN,
  NFTABLES_COMES_IN_LAST,
  NFTABLES_FORWARDED,
  NFTABLES_GOES_OUT,
  NFTABLES_GOES_OUT_UNTRACKED,
  NFTABLES_LEAVES,
  NFTABLES_TRANSLATED,
};
void nftables_chain(struct netlink_batch *batch, const struct nftables_table *table, const char *chain, enum nftables_hook hook);
// Ends the process when the kernel refuses. The socket stays open: closing it may wait for the kernel's readers.
void nftables_commit(struct netlink_batch *batch);


// net-nftables-objects.c: what rules refer to.
// A set of IPv4 addresses that does not change.
void nftables_addresses(struct netlink_batch *batch, const struct nftables_table *table, const char *set, const in_addr_t *addresses,
                        size_t count);
void nftables_counter(struct netlink_batch *batch, const struct nftables_table *table, const char *counter);
// How many packets a counter of the kernel has seen. Sends a batch of its own over the socket of `batch`, which is empty.
uint64_t nftables_counted(struct netlink_batch *batch, const struct nftables_table *table, const char *counter);

// One rule: what follows `begin` is judged in that order, and the next rule's turn comes where it does not apply.
struct nftables_rule {
  struct netlink_batch *batch;
  size_t expressions;
};
struct nftables_rule nftables_rule_begin(struct netlink_batch *batch, const struct nftables_table *table, const char *chain);
void nftables_interface_group_lacks(struct nftables_rule *rule, uint32_t bit); // the group of the interface a packet came in by
void nftables_interface_group_has(struct nftables_rule *rule, uint32_t bit);
void nftables_leaves_by_group(struct nftables_rule *rule, uint32_t bit); // the group of the interface a packet leaves by
void nftables_comes_in_by(struct nftables_rule *rule, int index); // the index of an interface
void nftables_leaves_by(struct nftables_rule *rule, int index);
void nftables_destination_type(struct nftables_rule *rule, uint32_t type); // RTN_LOCAL, RTN_MULTICAST…
void nftables_destination_type_is_not(struct nftables_rule *rule, uint32_t type);
void nftables_source_type_is_not(struct nftables_rule *rule, uint32_t type);
void nftables_icmp(struct nftables_rule *rule, unsigned char protocol, unsigned char type); // protocol: IPPROTO_ICMP or IPPROTO_ICMPV6
void nftables_protocol(struct nftables_rule *rule, unsigned char protocol);
void nftables_protocol_is_not(struct nftables_rule *rule, unsigned char protocol);
void nftables_opens_connection(struct nftables_rule *rule); // of what is TCP
enum nftables_end { NFTABLES_SOURCE, NFTABLES_DESTINATION };
void nftables_address(struct nftables_rule *rule, enum nftables_end whose, in_addr_t address); // in a table of IPv4
void nftables_address_is_not(struct nftables_rule *rule, enum nftables_end whose, in_addr_t address);
void nftables_port(struct nftables_rule *rule, enum nftables_end whose, uint16_t port);        // of what is TCP or UDP
void nftables_destination_among(struct nftables_rule *rule, const char *set); // in a table of IPv4
void nftables_mark_is_not(struct nftables_rule *rule, uint32_t mark);
void nftables_mark_is(struct nftables_rule *rule, uint32_t mark);
void nftables_connection_mark_is_not(struct nftables_rule *rule, uint32_t mark);
void nftables_answers(struct nftables_rule *rule); // what belongs to a connection of which packets went the other way
void nftables_destination_has_route(struct nftables_rule *rule);
// Gives TCP and UDP packets to the transparent socket of their connection, or to the one that listens on the port.
void nftables_to_socket(struct nftables_rule *rule, uint16_t port);
// Changes the packet itself. It must be one of `protocol`, IPPROTO_TCP or IPPROTO_UDP.
void nftables_set_port(struct nftables_rule *rule, enum nftables_end whose, unsigned char protocol, uint16_t port);
void nftables_set_address(struct nftables_rule *rule, enum nftables_end whose, in_addr_t address); // in a table of IPv4
void nftables_may_be_fragmented(struct nftables_rule *rule);                                       // the same
// Sends a copy by that interface, as if it were this machine's own: what forwards packets does not come into it. In a table of IPv4.
void nftables_copy_to(struct nftables_rule *rule, in_addr_t gateway, int index);
void nftables_set_mark(struct nftables_rule *rule, uint32_t mark);
void nftables_set_connection_mark(struct nftables_rule *rule, uint32_t mark);
void nftables_count(struct nftables_rule *rule, const char *counter);
void nftables_masquerade(struct nftables_rule *rule); // gives the packet's connection the address of the interface it leaves by
// CONTINUE: the next rule's turn comes.
enum nftables_verdict { NFTABLES_CONTINUE = -1, NFTABLES_DROP = 0, NFTABLES_ACCEPT = 1 };
void nftables_rule_end(struct nftables_rule *rule, enum nftables_verdict verdict);
