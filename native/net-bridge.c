// Bridges, in the network namespace of the caller.
#include "net-egress.h"
#include "net-link.h"
#include "slipway.h"
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// A bridge without a fixed MAC takes the lowest of its ports', and changes it under its neighbours as they come and go.
static void bridge_mac(const struct link_address *address, unsigned char mac[6]) {
  mac[0] = 0x02;
  mac[1] = 0x42;
  memcpy(mac + 2, address->bytes + address->length - 4, 4);
}

static void ipv6_forwarding_off(void) {
  static const char path[] = "/proc/sys/net/ipv6/conf/all/forwarding";
  FILE *file = fopen(path, "re");
  if (!file) return; // no IPv6
  int setting = fgetc(file);
  fclose(file);
  if (setting == '0') return;
  file = fopen(path, "we");
  if (!file || fputs("0", file) < 0 || fclose(file) != 0) fail("switch IPv6 forwarding off");
}

// The first of several addresses.
static struct link_address first_address(const char *text) {
  char first[INET6_ADDRSTRLEN + 5];
  if (!is_given(text)) return (struct link_address){0};
  snprintf(first, sizeof first, "%.*s", (int)strcspn(text, ","), text);
  return link_parse_address(first);
}

// What is said of a bridge's containers is kept on the bridge itself, in the number of its interface group.
static uint32_t group_of(const struct bridge *bridge) {
  return (bridge->outbound ? EGRESS_GROUP : 0) | (bridge->isolated ? ISOLATED_GROUP : 0);
}

static void create_bridge(struct netlink_batch *batch, const struct bridge *bridge) {
  struct link_address first = first_address(is_given(bridge->addresses) ? bridge->addresses : bridge->addresses6);
  netlink_request(batch, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof(struct ifinfomsg));
  netlink_describe(batch, "create bridge", bridge->name, EEXIST);
  netlink_text(batch, IFLA_IFNAME, bridge->name);
  if (first.family != AF_UNSPEC) {
    unsigned char mac[6];
    bridge_mac(&first, mac);
    netlink_attribute(batch, IFLA_ADDRESS, mac, sizeof mac);
  }
  if (bridge->mtu > 0) netlink_number(batch, IFLA_MTU, (uint32_t)bridge->mtu);
  netlink_number(batch, IFLA_GROUP, group_of(bridge));
  size_t link = netlink_nest(batch, IFLA_LINKINFO, 0);
  netlink_text(batch, IFLA_INFO_KIND, "bridge");
  netlink_nest_end(batch, link);
  netlink_commit(batch);
}

void bridge_add(const struct bridge *bridge) {
  link_check_name(bridge->name);
  struct netlink_batch batch;
  netlink_open(&batch);
  create_bridge(&batch, bridge);
  if (is_given(bridge->addresses6)) ipv6_forwarding_off();
  int index = link_index(bridge->name);
  bool small = bridge->mtu > 0 && bridge->mtu < 1280; // IPv6 does not attach to such a link
  // Where something is to be routed at all, rules say what (net-egress-rules.c).
  link_raise(&batch, index, bridge->name,
             (struct link_raise){.forwarding_off = !bridge->outbound, .no_link_local = !is_given(bridge->addresses6) && !small && link_has_ipv6()});
  link_add_addresses(&batch, index, bridge->addresses);
  link_add_addresses(&batch, index, bridge->addresses6);
  netlink_commit(&batch);
  netlink_close(&batch);
}

void bridge_delete(const char *name) { link_delete(name); }
