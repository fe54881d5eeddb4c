// The uplink's interfaces. The engine's routes by it are in a table of their own: only what is marked asks there.
#define _GNU_SOURCE
#include "net-egress.h"
#include "net-link.h"
#include "uplink.h"
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/veth.h>
#include <net/if.h>

const char uplink_interface[] = "uplink";

// As large as can be: what does not fit is for those to find who send it or carry it on, for they can say so to its sender.
enum { PAIR_MTU = 65535 };

// `peer` 0: no single one.
static void add_address(struct netlink_batch *batch, int index, in_addr_t own, in_addr_t peer) {
  struct ifaddrmsg *info = netlink_request(batch, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof *info);
  *info = (struct ifaddrmsg){.ifa_family = AF_INET, .ifa_prefixlen = 32, .ifa_index = (unsigned)index};
  netlink_describe(batch, "address of the uplink", "", 0);
  netlink_attribute(batch, IFA_LOCAL, &own, sizeof own);
  netlink_attribute(batch, IFA_ADDRESS, peer ? &peer : &own, sizeof own);
}

void uplink_pair_create(struct uplink_pair *pair, int engine) {
  struct netlink_batch batch;
  netlink_open(&batch);
  netlink_request(&batch, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof(struct ifinfomsg));
  netlink_describe(&batch, "create uplink", pair->name, 0);
  netlink_text(&batch, IFLA_IFNAME, pair->name);
  netlink_number(&batch, IFLA_MTU, PAIR_MTU);
  size_t link = netlink_nest(&batch, IFLA_LINKINFO, 0);
  netlink_text(&batch, IFLA_INFO_KIND, "veth");
  size_t veth = netlink_nest(&batch, IFLA_INFO_DATA, 0);
  size_t peer = netlink_nest(&batch, VETH_INFO_PEER, sizeof(struct ifinfomsg));
  netlink_text(&batch, IFLA_IFNAME, uplink_interface);
  netlink_number(&batch, IFLA_MTU, PAIR_MTU);
  netlink_number(&batch, IFLA_NET_NS_FD, (uint32_t)engine);
  netlink_nest_end(&batch, peer);
  netlink_nest_end(&batch, veth);
  netlink_nest_end(&batch, link);
  netlink_commit(&batch);
  pair->index = link_index(pair->name);
  link_raise(&batch, pair->index, pair->name, (struct link_raise){.no_link_local = link_has_ipv6()});
  add_address(&batch, pair->index, pair->host, pair->engine);
  netlink_commit(&batch);
  netlink_close(&batch);
}

void uplink_pair_forward(const struct uplink_pair *pair, struct netlink_batch *links) {
  struct ifinfomsg *info = netlink_request(links, RTM_NEWLINK, 0, sizeof *info);
  *info = (struct ifinfomsg){.ifi_index = pair->index};
  netlink_describe(links, "set up interface", pair->name, 0);
  link_ipv4_setting(links, IPV4_DEVCONF_FORWARDING, 1);
  netlink_commit(links);
}

// Where packets are from is judged by the routes of their mark: there is none to the world without.
static void put_in_group(struct netlink_batch *batch, int index) {
  struct ifinfomsg *info = netlink_request(batch, RTM_NEWLINK, 0, sizeof *info);
  *info = (struct ifinfomsg){.ifi_index = index};
  netlink_describe(batch, "set up interface", uplink_interface, 0);
  netlink_number(batch, IFLA_GROUP, UPLINK_GROUP);
  link_ipv4_setting(batch, IPV4_DEVCONF_SRC_VMARK, 1);
}

void uplink_interface_settle(in_addr_t own, in_addr_t gateway) {
  struct netlink_batch batch;
  int index = link_index(uplink_interface);
  netlink_open(&batch);
  put_in_group(&batch, index);
  link_raise(&batch, index, uplink_interface, (struct link_raise){.no_link_local = link_has_ipv6()});
  add_address(&batch, index, own, 0);
  struct rtmsg *route = netlink_request(&batch, RTM_NEWROUTE, NLM_F_CREATE | NLM_F_REPLACE, sizeof *route);
  *route = (struct rtmsg){.rtm_family = AF_INET,
                          .rtm_table = UPLINK_TABLE,
                          .rtm_protocol = RTPROT_BOOT,
                          .rtm_scope = RT_SCOPE_UNIVERSE,
                          .rtm_type = RTN_UNICAST,
                          .rtm_flags = RTNH_F_ONLINK};
  netlink_describe(&batch, "route by the uplink", "", 0);
  netlink_attribute(&batch, RTA_GATEWAY, &gateway, sizeof gateway);
  netlink_number(&batch, RTA_OIF, (uint32_t)index);
  netlink_commit(&batch);
  netlink_close(&batch);
}
