// Sets and counters of nf_tables.
#include "net-nftables-expression.h"
#include "slipway.h"
#include <endian.h>
#include <errno.h>
#include <linux/netfilter/nfnetlink.h>
#include <string.h>
#include <sys/socket.h>

// How nft(8) knows what a set's keys are: its own number for IPv4 addresses.
enum { KEYS_ARE_IPV4_ADDRESSES = 7 };

static void add_elements(struct netlink_batch *batch, const in_addr_t *addresses, size_t count) {
  size_t elements = nft_nest(batch, NFTA_SET_ELEM_LIST_ELEMENTS);
  for (size_t i = 0; i < count; i++) {
    size_t element = nft_nest(batch, NFTA_LIST_ELEM), key = nft_nest(batch, NFTA_SET_ELEM_KEY);
    netlink_attribute(batch, NFTA_DATA_VALUE, &addresses[i], sizeof addresses[i]);
    netlink_nest_end(batch, key);
    netlink_nest_end(batch, element);
  }
  netlink_nest_end(batch, elements);
}

void nftables_addresses(struct netlink_batch *batch, const struct nftables_table *table, const char *set, const in_addr_t *addresses,
                        size_t count) {
  nft_request(batch, table, NFT_MSG_NEWSET, NLM_F_CREATE, "create set of addresses", set);
  netlink_text(batch, NFTA_SET_TABLE, table->name);
  netlink_text(batch, NFTA_SET_NAME, set);
  nft_number(batch, NFTA_SET_KEY_TYPE, KEYS_ARE_IPV4_ADDRESSES);
  nft_number(batch, NFTA_SET_KEY_LEN, sizeof *addresses);
  nft_number(batch, NFTA_SET_ID, 1);
  if (count == 0) return;
  nft_request(batch, table, NFT_MSG_NEWSETELEM, NLM_F_CREATE, "add addresses to set", set);
  netlink_text(batch, NFTA_SET_ELEM_LIST_TABLE, table->name);
  netlink_text(batch, NFTA_SET_ELEM_LIST_SET, set);
  add_elements(batch, addresses, count);
}

static void name_counter(struct netlink_batch *batch, const struct nftables_table *table, const char *counter) {
  netlink_text(batch, NFTA_OBJ_TABLE, table->name);
  netlink_text(batch, NFTA_OBJ_NAME, counter);
  nft_number(batch, NFTA_OBJ_TYPE, NFT_OBJECT_COUNTER);
}

void nftables_counter(struct netlink_batch *batch, const struct nftables_table *table, const char *counter) {
  nft_request(batch, table, NFT_MSG_NEWOBJ, NLM_F_CREATE, "create counter", counter);
  name_counter(batch, table, counter);
  netlink_nest_end(batch, nft_nest(batch, NFTA_OBJ_DATA));
}

// The attribute of that type among `length` bytes of them; NULL: there is none.
static const struct rtattr *find(const struct rtattr *attributes, size_t length, uint16_t type) {
  for (const struct rtattr *item = attributes; RTA_OK(item, length); item = RTA_NEXT(item, length))
    if ((item->rta_type & NLA_TYPE_MASK) == type) return item;
  return NULL;
}

uint64_t nftables_counted(struct netlink_batch *batch, const struct nftables_table *table, const char *counter) {
  struct {
    struct nlmsghdr header;
    struct nfgenmsg family;
    char attributes[1024];
  } answer;
  const uint16_t type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETOBJ;
  struct nfgenmsg *header = netlink_request_unanswered(batch, type, sizeof *header);
  *header = (struct nfgenmsg){.nfgen_family = table->family, .version = NFNETLINK_V0};
  name_counter(batch, table, counter);
  netlink_commit(batch);
  ssize_t length = recv(batch->fd, &answer, sizeof answer, 0);
  if (length < 0) fail("netlink receive");
  const size_t start = NLMSG_LENGTH(sizeof answer.family);
  const struct rtattr *data = NULL, *packets = NULL;
  if ((size_t)length > start) data = find((const void *)answer.attributes, (size_t)length - start, NFTA_OBJ_DATA);
  if (data) packets = find(RTA_DATA(data), RTA_PAYLOAD(data), NFTA_COUNTER_PACKETS);
  if (!packets) failf("counter", "%s: %s", counter, strerror(ENOENT));
  uint64_t count;
  memcpy(&count, RTA_DATA(packets), sizeof count);
  return be64toh(count);
}
