// Links, addresses and routes. Every function works in the network namespace of the caller and does its work in one or two
// netlink transactions.
#include "net-egress.h"
#include "net-netlink.h"
#include "slipway.h"
#include <arpa/inet.h>
#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

struct address {
  int family; // AF_UNSPEC: none
  unsigned char bytes[16];
  size_t length;
  unsigned char prefix;
};

static bool given(const char *text) { return text && *text; }

// "a.b.c.d/n", "x:y::z/n", or without "/n" for a single address.
static struct address parse_address(const char *text) {
  struct address address = {0};
  if (!given(text)) return address;
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

static int index_of(const char *interface) {
  unsigned index = if_nametoindex(interface);
  if (!index) failf("interface", "%s: %s", interface, strerror(errno));
  return (int)index;
}

static void check_name(const char *name) {
  if (!given(name) || strlen(name) >= IFNAMSIZ) failf("interface", "'%s': not an interface name", name ? name : "");
}

static bool has_ipv6(void) { return access("/proc/net/if_inet6", F_OK) == 0; }

// Forwarding is judged by the interface a packet comes in by. A new namespace takes the host's setting for IPv4 over, so it is
// said for each interface; IPv6 begins with none.
static void forwarding_off(struct netlink_batch *batch) {
  size_t inet = netlink_nest(batch, AF_INET | NLA_F_NESTED, 0);
  size_t settings = netlink_nest(batch, IFLA_INET_CONF | NLA_F_NESTED, 0);
  netlink_number(batch, IPV4_DEVCONF_FORWARDING, 0);
  netlink_nest_end(batch, settings);
  netlink_nest_end(batch, inet);
}

struct raise {
  bool forwarding_off;
  bool no_link_local; // spares IPv6's neighbour and multicast traffic where the network has no IPv6
};

// The settings are a request of their own: within one, the kernel raises the interface before it reads them.
static void raise_link(struct netlink_batch *batch, int index, const char *name, struct raise raise) {
  struct ifinfomsg *info;
  if (raise.forwarding_off || raise.no_link_local) {
    info = netlink_request(batch, RTM_NEWLINK, 0, sizeof *info);
    *info = (struct ifinfomsg){.ifi_index = index};
    netlink_describe(batch, "set up interface", name, 0);
    size_t families = netlink_nest(batch, IFLA_AF_SPEC | NLA_F_NESTED, 0);
    if (raise.forwarding_off) forwarding_off(batch);
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
  struct address address = parse_address(text);
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

static void add_default_route(struct netlink_batch *batch, int index, const char *gateway) {
  struct address address = parse_address(gateway);
  if (address.family == AF_UNSPEC) return;
  struct rtmsg *route = netlink_request(batch, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, sizeof *route);
  *route = (struct rtmsg){.rtm_family = (unsigned char)address.family,
                          .rtm_table = RT_TABLE_MAIN,
                          .rtm_protocol = RTPROT_BOOT,
                          .rtm_scope = RT_SCOPE_UNIVERSE,
                          .rtm_type = RTN_UNICAST};
  netlink_describe(batch, "default route", gateway, 0);
  netlink_attribute(batch, RTA_GATEWAY, address.bytes, address.length);
  netlink_number(batch, RTA_OIF, (uint32_t)index);
}

void link_up(const char *interface) {
  struct netlink_batch batch;
  int index = index_of(interface);
  netlink_open(&batch);
  raise_link(&batch, index, interface, (struct raise){0});
  netlink_commit(&batch);
  netlink_close(&batch);
}

// A bridge without a fixed MAC takes the lowest of its ports', and changes it under its neighbours as they come and go.
static void bridge_mac(const struct address *address, unsigned char mac[6]) {
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

static void add_addresses(struct netlink_batch *batch, int index, const char *text) {
  char *copy = strdup(given(text) ? text : ""), *rest = NULL;
  if (!copy) fail("addresses");
  for (char *one = strtok_r(copy, ",", &rest); one; one = strtok_r(NULL, ",", &rest)) add_address(batch, index, one);
  free(copy);
}

// The first of several addresses.
static struct address first_address(const char *text) {
  char first[INET6_ADDRSTRLEN + 5];
  if (!given(text)) return (struct address){0};
  snprintf(first, sizeof first, "%.*s", (int)strcspn(text, ","), text);
  return parse_address(first);
}

// What is said of a bridge's containers is kept on the bridge itself, in the number of its interface group.
static uint32_t group_of(const struct bridge *bridge) {
  return (bridge->outbound ? EGRESS_GROUP : 0) | (bridge->isolated ? ISOLATED_GROUP : 0);
}

static void create_bridge(struct netlink_batch *batch, const struct bridge *bridge) {
  struct address first = first_address(given(bridge->addresses) ? bridge->addresses : bridge->addresses6);
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
  check_name(bridge->name);
  struct netlink_batch batch;
  netlink_open(&batch);
  create_bridge(&batch, bridge);
  if (given(bridge->addresses6)) ipv6_forwarding_off();
  int index = index_of(bridge->name);
  bool small = bridge->mtu > 0 && bridge->mtu < 1280; // IPv6 does not attach to such a link
  raise_link(&batch, index, bridge->name,
             (struct raise){.forwarding_off = true, .no_link_local = !given(bridge->addresses6) && !small && has_ipv6()});
  add_addresses(&batch, index, bridge->addresses);
  add_addresses(&batch, index, bridge->addresses6);
  netlink_commit(&batch);
  netlink_close(&batch);
}

void link_delete(const char *name) {
  check_name(name);
  struct netlink_batch batch;
  netlink_open(&batch);
  netlink_request(&batch, RTM_DELLINK, 0, sizeof(struct ifinfomsg));
  netlink_describe(&batch, "delete interface", name, ENODEV);
  netlink_text(&batch, IFLA_IFNAME, name);
  netlink_commit(&batch);
  netlink_close(&batch);
}

void bridge_delete(const char *name) { link_delete(name); }

bool parse_mac(const char *text, unsigned char mac[6]) {
  char end;
  return strlen(text) == 17 &&
         sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%c", mac, mac + 1, mac + 2, mac + 3, mac + 4, mac + 5, &end) == 6;
}

static void peer_mac(struct netlink_batch *batch, const char *text) {
  if (!given(text)) return;
  unsigned char mac[6];
  if (!parse_mac(text, mac)) failf("MAC address", "%s: not of the form 02:42:ac:11:00:02", text);
  netlink_attribute(batch, IFLA_ADDRESS, mac, sizeof mac);
}

// `batch` is empty, and lends its socket.
static uint32_t group_of_interface(struct netlink_batch *batch, const char *name) {
  struct {
    struct nlmsghdr header;
    struct ifinfomsg info;
    char attributes[16 * 1024];
  } answer;
  netlink_request_unanswered(batch, RTM_GETLINK, sizeof(struct ifinfomsg));
  netlink_text(batch, IFLA_IFNAME, name);
  netlink_commit(batch);
  ssize_t length = recv(batch->fd, &answer, sizeof answer, 0);
  if (length < (ssize_t)NLMSG_LENGTH(sizeof answer.info) || answer.header.nlmsg_type != RTM_NEWLINK)
    failf("interface", "%s: %s", name, strerror(ENODEV));
  uint32_t group = 0;
  size_t left = (size_t)length - NLMSG_LENGTH(sizeof answer.info);
  for (struct rtattr *item = IFLA_RTA(&answer.info); RTA_OK(item, left); item = RTA_NEXT(item, left))
    if (item->rta_type == IFLA_GROUP) memcpy(&group, RTA_DATA(item), sizeof group);
  return group;
}

// The kernel names the near end, unless something more has to be said of it.
static void choose_near_name(char name[IFNAMSIZ]) {
  uint64_t number;
  if (getrandom(&number, sizeof number, 0) != sizeof number) fail("getrandom");
  snprintf(name, IFNAMSIZ, "veth%010llx", (unsigned long long)number & 0xffffffffff);
}

static void isolate(struct netlink_batch *batch, const char *near) {
  struct ifinfomsg *info = netlink_request(batch, RTM_SETLINK, 0, sizeof *info);
  info->ifi_family = AF_BRIDGE;
  info->ifi_index = index_of(near);
  netlink_describe(batch, "isolate interface", near, 0);
  size_t port = netlink_nest(batch, IFLA_PROTINFO | NLA_F_NESTED, 0);
  unsigned char on = 1;
  netlink_attribute(batch, IFLA_BRPORT_ISOLATED, &on, sizeof on);
  netlink_nest_end(batch, port);
}

// One message makes the pair, puts the near end on its bridge and up, and the far end, named, into the container. The far end must not
// be raised here: the kernel answers ENOTCONN.
static void create_pair(struct netlink_batch *batch, const struct endpoint *endpoint, pid_t pid, const char *near) {
  check_name(endpoint->interface);
  struct ifinfomsg *info = netlink_request(batch, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof *info);
  info->ifi_flags = info->ifi_change = IFF_UP;
  netlink_describe(batch, "create interface", endpoint->interface, 0);
  if (given(near)) netlink_text(batch, IFLA_IFNAME, near);
  netlink_number(batch, IFLA_MASTER, (uint32_t)index_of(endpoint->bridge));
  if (endpoint->mtu > 0) netlink_number(batch, IFLA_MTU, (uint32_t)endpoint->mtu);
  size_t link = netlink_nest(batch, IFLA_LINKINFO, 0);
  netlink_text(batch, IFLA_INFO_KIND, "veth");
  size_t veth = netlink_nest(batch, IFLA_INFO_DATA, 0);
  size_t peer = netlink_nest(batch, VETH_INFO_PEER, sizeof(struct ifinfomsg));
  netlink_text(batch, IFLA_IFNAME, endpoint->interface);
  netlink_number(batch, IFLA_NET_NS_PID, (uint32_t)pid);
  peer_mac(batch, endpoint->mac);
  if (endpoint->mtu > 0) netlink_number(batch, IFLA_MTU, (uint32_t)endpoint->mtu);
  netlink_nest_end(batch, peer);
  netlink_nest_end(batch, veth);
  netlink_nest_end(batch, link);
}

// The container has not been told of its interface yet when it is isolated: no packet comes first.
static void create_endpoint(struct netlink_batch *batch, const struct endpoint *endpoint, pid_t pid) {
  char near[IFNAMSIZ] = "";
  bool isolated = group_of_interface(batch, endpoint->bridge) & ISOLATED_GROUP;
  if (isolated) choose_near_name(near);
  create_pair(batch, endpoint, pid, near);
  netlink_commit(batch);
  if (!isolated) return;
  isolate(batch, near);
  netlink_commit(batch);
}

void endpoints_create(const struct endpoint *endpoints, size_t count, pid_t pid) {
  struct netlink_batch batch;
  netlink_open(&batch);
  for (size_t i = 0; i < count; i++) create_endpoint(&batch, &endpoints[i], pid);
  netlink_close(&batch);
}

void endpoints_configure(const struct endpoint *endpoints, size_t count) {
  struct netlink_batch batch;
  netlink_open(&batch);
  raise_link(&batch, index_of("lo"), "lo", (struct raise){0});
  bool ipv6 = has_ipv6();
  for (size_t i = 0; i < count; i++) {
    const struct endpoint *endpoint = &endpoints[i];
    int index = index_of(endpoint->interface);
    bool small = endpoint->mtu > 0 && endpoint->mtu < 1280;
    // A container on two networks must not be a way from one to the other unless its own sysctls ask for it later.
    raise_link(&batch, index, endpoint->interface,
               (struct raise){.forwarding_off = true, .no_link_local = !given(endpoint->address6) && !small && ipv6});
    add_address(&batch, index, endpoint->address);
    add_address(&batch, index, endpoint->address6);
    add_default_route(&batch, index, endpoint->gateway);
    add_default_route(&batch, index, endpoint->gateway6);
  }
  netlink_commit(&batch);
  netlink_close(&batch);
}

void default_route(const char *interface, const char *gateway, const char *gateway6) {
  struct netlink_batch batch;
  int index = index_of(interface);
  netlink_open(&batch);
  add_default_route(&batch, index, gateway);
  add_default_route(&batch, index, gateway6);
  netlink_commit(&batch);
  netlink_close(&batch);
}
