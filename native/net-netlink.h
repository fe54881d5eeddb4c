// Batches of rtnetlink requests: many changes, one write, one round of answers.
#pragma once
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct netlink_batch {
  int fd;
  char *buffer;
  size_t used, capacity;
  size_t message; // offset of the message being built
  struct netlink_request {
    const char *what, *subject; // for the failure's text
    int tolerated;              // an errno that counts as success
    bool unanswered;            // the kernel says something only when it refuses
  } *requests;
  size_t count;
};

// Opens a socket in the caller's network namespace: for links, addresses and routes, or for what `family` names (NETLINK_NETFILTER).
void netlink_open(struct netlink_batch *batch);
void netlink_open_family(struct netlink_batch *batch, int family);
// Begins a request; `what` and `subject` must outlive the batch. Returns the zeroed payload, valid until the next call.
void *netlink_request(struct netlink_batch *batch, uint16_t type, uint16_t flags, size_t payload);
void *netlink_request_unanswered(struct netlink_batch *batch, uint16_t type, size_t payload);
void netlink_describe(struct netlink_batch *batch, const char *what, const char *subject, int tolerated);
void netlink_attribute(struct netlink_batch *batch, uint16_t type, const void *value, size_t length);
void netlink_text(struct netlink_batch *batch, uint16_t type, const char *text);
void netlink_number(struct netlink_batch *batch, uint16_t type, uint32_t value);
// Opens a nested attribute (with `header` bytes of fixed fields in front); returns what netlink_nest_end wants.
size_t netlink_nest(struct netlink_batch *batch, uint16_t type, size_t header);
void netlink_nest_end(struct netlink_batch *batch, size_t nest);
// Sends everything and reads every answer; the first refusal that is not tolerated ends the process.
void netlink_commit(struct netlink_batch *batch);
void netlink_close(struct netlink_batch *batch);

// net-link.c, for net-command.c.
void link_delete(const char *name); // one that is not there is fine
void default_route(const char *interface, const char *gateway, const char *gateway6);
// net-endpoint.c
bool parse_mac(const char *text, unsigned char mac[6]);
