// Prints the names of all tables of nf_tables in the caller's network namespace.
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/rtnetlink.h>
#include <stdio.h>
#include <sys/socket.h>

static void print_name(const struct nlmsghdr *header) {
  const size_t start = NLMSG_LENGTH(sizeof(struct nfgenmsg));
  size_t left = header->nlmsg_len - start;
  for (const struct rtattr *item = (const void *)((const char *)header + start); RTA_OK(item, left); item = RTA_NEXT(item, left))
    if (item->rta_type == NFTA_TABLE_NAME) puts(RTA_DATA(item));
}

int main(void) {
  static char answers[65536];
  struct {
    struct nlmsghdr header;
    struct nfgenmsg family;
  } ask = {{sizeof ask, NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETTABLE, NLM_F_REQUEST | NLM_F_DUMP, 0, 0}, {0}};
  int fd = socket(AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER);
  if (fd < 0 || send(fd, &ask, sizeof ask, 0) < 0) return 1;
  for (;;) {
    ssize_t length = recv(fd, answers, sizeof answers, 0);
    if (length < 0) return 1;
    for (const struct nlmsghdr *header = (void *)answers; NLMSG_OK(header, length); header = NLMSG_NEXT(header, length)) {
      if (header->nlmsg_type == NLMSG_DONE) return 0;
      if (header->nlmsg_type == NLMSG_ERROR) return 1;
      print_name(header);
    }
  }
}
