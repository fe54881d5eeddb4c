// A container's interfaces: pairs of which one end is on a bridge and the other in the container.
#include "net-egress.h"
#include "net-link.h"
#include "slipway.h"
#include <errno.h>
#include <linux/if_bridge.h>
#include <linux/if_link.h>
#include <linux/veth.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

bool parse_mac(const char *text, unsigned char mac[6]) {
  char end;
  return strlen(text) == 17 &&
         sscanf(text, "%2hhx:%2hhx:%2hhx:%2hhx:%2hhx:%2hhx%c", mac, mac + 1, mac + 2, mac + 3, mac + 4, mac + 5, &end) == 6;
}

static void peer_mac(struct netlink_batch *batch, const char *text) {
  if (!is_given(text)) return;
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
  info->ifi_index = link_index(near);
  netlink_describe(batch, "isolate interface", near, 0);
  size_t port = netlink_nest(batch, IFLA_PROTINFO | NLA_F_NESTED, 0);
  unsigned char on = 1;
  netlink_attribute(batch, IFLA_BRPORT_ISOLATED, &on, sizeof on);
  netlink_nest_end(batch, port);
}

// One message makes the pair, puts the near end on its bridge and up, and the far end, named, into the container. The far end must not
// be raised here: the kernel answers ENOTCONN.
static void create_pair(struct netlink_batch *batch, const struct endpoint *endpoint, pid_t pid, const char *near) {
  link_check_name(endpoint->interface);
  struct ifinfomsg *info = netlink_request(batch, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof *info);
  info->ifi_flags = info->ifi_change = IFF_UP;
  netlink_describe(batch, "create interface", endpoint->interface, 0);
  if (is_given(near)) netlink_text(batch, IFLA_IFNAME, near);
  netlink_number(batch, IFLA_MASTER, (uint32_t)link_index(endpoint->bridge));
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
  link_raise(&batch, link_index("lo"), "lo", (struct link_raise){0});
  bool ipv6 = link_has_ipv6();
  for (size_t i = 0; i < count; i++) {
    const struct endpoint *endpoint = &endpoints[i];
    int index = link_index(endpoint->interface);
    bool small = endpoint->mtu > 0 && endpoint->mtu < 1280;
    // A container on two networks must not be a way from one to the other unless its own sysctls ask for it later.
    link_raise(&batch, index, endpoint->interface,
               (struct link_raise){.forwarding_off = true, .no_link_local = !is_given(endpoint->addresses6) && !small && ipv6});
    link_add_addresses(&batch, index, endpoint->addresses);
    link_add_addresses(&batch, index, endpoint->addresses6);
    link_add_subnets(&batch, index, endpoint->subnets);
    link_add_default_route(&batch, index, endpoint->gateway);
    link_add_default_route(&batch, index, endpoint->gateway6);
  }
  netlink_commit(&batch);
  netlink_close(&batch);
}
