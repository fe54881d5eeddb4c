// Links, addresses and routes. Every function works in the network namespace of the caller and does its work in one or two
// netlink transactions.
#include "net-link.h"
#include "slipway.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

bool is_given(const char *text) { return text && *text; }

// "a.b.c.d/n", "x:y::z/n", or without "/n" for a single address.
struct link_address link_parse_address(const char *text) {
  struct link_address address = {0};
  if (!is_given(text)) return address;
  char copy[INET6_ADDRSTRLEN + 5];
  if (snprintf(copy, sizeof copy, "%s", text) >= (int)sizeof copy) failf("address", "%s: too long", text);
  char *slash = strchr(copy, '/');
  if (slash) *slash = 0;
  address.family = strchr(copy, ':') ? AF_INET6 : AF_INET;
  address.length = address.family == AF_INET6 ? 16 : 4;
  if (inet_pton(address.family, copy, address.bytes) != 1) failf("address", "%s: not an IP address", text);
  unsigned long prefix = address.length * 8;
  char *end = NULL;
  if (slash) prefix = strtoul(slash + 1, &end, 10);
  if (prefix > address.length * 8 || (slash && (end == slash + 1 || *end))) failf("address", "%s: bad prefix", text);
  address.prefix = (unsigned char)prefix;
  return address;
}

int link_index(const char *interface) {
  unsigned index = if_nametoindex(interface);
  if (!index) failf("interface", "%s: %s", interface, strerror(errno));
  return (int)index;
}

void link_check_name(const char *name) {
  if (!is_given(name) || strlen(name) >= IFNAMSIZ) failf("interface", "'%s': not an interface name", name ? name : "");
}

bool link_has_ipv6(void) { return access("/proc/net/if_inet6", F_OK) == 0; }

static void add_ipv4_setting(struct netlink_batch *batch, uint16_t setting, uint32_t value) {
  size_t inet = netlink_nest(batch, AF_INET | NLA_F_NESTED, 0);
  size_t settings = netlink_nest(batch, IFLA_INET_CONF | NLA_F_NESTED, 0);
  netlink_number(batch, setting, value);
  netlink_nest_end(batch, settings);
  netlink_nest_end(batch, inet);
}

void link_ipv4_setting(struct netlink_batch *batch, uint16_t setting, uint32_t value) {
  size_t families = netlink_nest(batch, IFLA_AF_SPEC | NLA_F_NESTED, 0);
  add_ipv4_setting(batch, setting, value);
  netlink_nest_end(batch, families);
}

// The settings are a request of their own: within one, the kernel raises the interface before it reads them.
void link_raise(struct netlink_batch *batch, int index, const char *name, struct link_raise raise) {
  struct ifinfomsg *info;
  if (raise.forwarding_off || raise.no_link_local) {
    info = netlink_request(batch, RTM_NEWLINK, 0, sizeof *info);
    *info = (struct ifinfomsg){.ifi_index = index};
    netlink_describe(batch, "set up interface", name, 0);
    size_t families = netlink_nest(batch, IFLA_AF_SPEC | NLA_F_NESTED, 0);
    // Forwarding is judged by the interface a packet comes in by. A new namespace takes the host's setting for IPv4 over, so it is
    // said for each interface; IPv6 begins with none.
    if (raise.forwarding_off) add_ipv4_setting(batch, IPV4_DEVCONF_FORWARDING, 0);
    if (raise.no_link_local) {
      size_t inet6 = netlink_nest(batch, AF_INET6 | NLA_F_NESTED, 0);
      unsigned char mode = IN6_ADDR_GEN_MODE_NONE;
      netlink_attribute(batch, IFLA_INET6_ADDR_GEN_MODE, &mode, 1);
      netlink_nest_end(batch, inet6);
    }
    netlink_nest_end(batch, families);
  }
  info = netlink_request(batch, RTM_NEWLINK, 0, sizeof *info);
  *info = (struct ifinfomsg){.ifi_index = index, .ifi_flags = IFF_UP, .ifi_change = IFF_UP};
  netlink_describe(batch, "raise interface", name, 0);
}

static void add_address(struct netlink_batch *batch, int index, const char *text) {
  struct link_address address = link_parse_address(text);
  if (address.family == AF_UNSPEC) return;
  struct ifaddrmsg *info = netlink_request(batch, RTM_NEWADDR, NLM_F_CREATE | NLM_F_REPLACE, sizeof *info);
  *info = (struct ifaddrmsg){.ifa_family = (unsigned char)address.family,
                             .ifa_prefixlen = address.prefix,
                             // Addresses come from one book, so asking the link for duplicates only costs a second.
                             .ifa_flags = address.family == AF_INET6 ? IFA_F_NODAD : 0,
                             .ifa_index = (unsigned)index};
  netlink_describe(batch, "add address", text, 0);
  netlink_attribute(batch, IFA_LOCAL, address.bytes, address.length);
  netlink_attribute(batch, IFA_ADDRESS, address.bytes, address.length);
  if (address.family == AF_INET && address.prefix < 31) {
    uint32_t local, broadcast;
    memcpy(&local, address.bytes, 4);
    broadcast = local | htonl(address.prefix ? 0xffffffffu >> address.prefix : 0xffffffffu);
    netlink_attribute(batch, IFA_BROADCAST, &broadcast, 4);
  }
}

static void for_each(const char *list, struct netlink_batch *batch, int index,
                     void (*add)(struct netlink_batch *batch, int index, const char *text)) {
  char *copy = strdup(is_given(list) ? list : ""), *rest = NULL;
  if (!copy) fail("addresses");
  for (char *one = strtok_r(copy, ",", &rest); one; one = strtok_r(NULL, ",", &rest)) add(batch, index, one);
  free(copy);
}

void link_add_addresses(struct netlink_batch *batch, int index, const char *list) { for_each(list, batch, index, add_address); }

static void begin_route(struct netlink_batch *batch, const struct link_address *to, unsigned char scope) {
  struct rtmsg *route = netlink_request(batch, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, sizeof *route);
  *route = (struct rtmsg){.rtm_family = (unsigned char)to->family,
                          .rtm_dst_len = to->prefix,
                          .rtm_table = RT_TABLE_MAIN,
                          .rtm_protocol = RTPROT_BOOT,
                          .rtm_scope = scope,
                          .rtm_type = RTN_UNICAST};
}

static void add_subnet(struct netlink_batch *batch, int index, const char *text) {
  struct link_address subnet = link_parse_address(text);
  begin_route(batch, &subnet, RT_SCOPE_LINK);
  netlink_describe(batch, "route to subnet", text, 0);
  netlink_attribute(batch, RTA_DST, subnet.bytes, subnet.length);
  netlink_number(batch, RTA_OIF, (uint32_t)index);
}

void link_add_subnets(struct netlink_batch *batch, int index, const char *list) { for_each(list, batch, index, add_subnet); }

void link_add_default_route(struct netlink_batch *batch, int index, const char *gateway) {
  struct link_address address = link_parse_address(gateway);
  if (address.family == AF_UNSPEC) return;
  begin_route(batch, &(struct link_address){.family = address.family}, RT_SCOPE_UNIVERSE);
  netlink_describe(batch, "default route", gateway, 0);
  netlink_attribute(batch, RTA_GATEWAY, address.bytes, address.length);
  netlink_number(batch, RTA_OIF, (uint32_t)index);
}

void link_up(const char *interface) {
  struct netlink_batch batch;
  int index = link_index(interface);
  netlink_open(&batch);
  link_raise(&batch, index, interface, (struct link_raise){0});
  netlink_commit(&batch);
  netlink_close(&batch);
}

void link_delete(const char *name) {
  link_check_name(name);
  struct netlink_batch batch;
  netlink_open(&batch);
  netlink_request(&batch, RTM_DELLINK, 0, sizeof(struct ifinfomsg));
  netlink_describe(&batch, "delete interface", name, ENODEV);
  netlink_text(&batch, IFLA_IFNAME, name);
  netlink_commit(&batch);
  netlink_close(&batch);
}

void default_route(const char *interface, const char *gateway, const char *gateway6) {
  struct netlink_batch batch;
  int index = link_index(interface);
  netlink_open(&batch);
  link_add_default_route(&batch, index, gateway);
  link_add_default_route(&batch, index, gateway6);
  netlink_commit(&batch);
  netlink_close(&batch);
}
