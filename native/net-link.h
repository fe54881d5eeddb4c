// Steps of netlink transactions about links, addresses and routes; for the files beside net-link.c.
#pragma once
#include "net-netlink.h"
#include <stdbool.h>

struct link_address {
  int family; // AF_UNSPEC: none
  unsigned char bytes[16];
  size_t length;
  unsigned char prefix;
};

// Whether an argument says anything.
bool is_given(const char *text);
struct link_address link_parse_address(const char *text);
int link_index(const char *interface);
void link_check_name(const char *name);
bool link_has_ipv6(void);
// Within a request about a link: one of IPV4_DEVCONF_…, what is net.ipv4.conf of that interface.
void link_ipv4_setting(struct netlink_batch *batch, uint16_t setting, uint32_t value);

struct link_raise {
  bool forwarding_off;
  bool no_link_local; // spares IPv6's neighbour and multicast traffic where the network has no IPv6
};

void link_raise(struct netlink_batch *batch, int index, const char *name, struct link_raise raise);
// Lists have commas between their members.
void link_add_addresses(struct netlink_batch *batch, int index, const char *list);
// Routes to subnets whose members are on the link.
void link_add_subnets(struct netlink_batch *batch, int index, const char *list);
void link_add_default_route(struct netlink_batch *batch, int index, const char *gateway);
