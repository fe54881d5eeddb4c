// Builds and sends batches of rtnetlink requests.
#include "net-netlink.h"
#include "slipway.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

// One write carries at most this much, so that it fits the kernel's default socket buffer.
enum { SEND_LIMIT = 64 * 1024, ANSWER_SIZE = 64 * 1024 };

void netlink_open(struct netlink_batch *batch) { netlink_open_family(batch, NETLINK_ROUTE); }

void netlink_open_family(struct netlink_batch *batch, int family) {
  *batch = (struct netlink_batch){0};
  batch->fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, family);
  if (batch->fd < 0) fail("netlink socket");
  // Answers then carry only the header of the request they answer.
  int on = 1;
  if (setsockopt(batch->fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof on) < 0) fail("NETLINK_CAP_ACK");
}

static char *reserve(struct netlink_batch *batch, size_t length) {
  size_t aligned = NLMSG_ALIGN(length);
  if (batch->used + aligned > batch->capacity) {
    batch->capacity = (batch->used + aligned) * 2 + 1024;
    batch->buffer = realloc(batch->buffer, batch->capacity);
    if (!batch->buffer) fail("netlink batch");
  }
  char *place = batch->buffer + batch->used;
  memset(place, 0, aligned);
  batch->used += aligned;
  return place;
}

static struct nlmsghdr *message(struct netlink_batch *batch) {
  return (struct nlmsghdr *)(batch->buffer + batch->message);
}

static void measure(struct netlink_batch *batch) {
  message(batch)->nlmsg_len = (uint32_t)(batch->used - batch->message);
}

void *netlink_request(struct netlink_batch *batch, uint16_t type, uint16_t flags, size_t payload) {
  batch->message = batch->used;
  reserve(batch, NLMSG_HDRLEN + payload);
  struct nlmsghdr *header = message(batch);
  header->nlmsg_type = type;
  header->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | NLM_F_ACK | flags);
  header->nlmsg_seq = (uint32_t)batch->count;
  measure(batch);
  batch->requests = realloc(batch->requests, (batch->count + 1) * sizeof *batch->requests);
  if (!batch->requests) fail("netlink batch");
  batch->requests[batch->count++] = (struct netlink_request){.what = "netlink request", .subject = ""};
  return NLMSG_DATA(message(batch));
}

void *netlink_request_unanswered(struct netlink_batch *batch, uint16_t type, size_t payload) {
  void *place = netlink_request(batch, type, 0, payload);
  message(batch)->nlmsg_flags = NLM_F_REQUEST;
  batch->requests[batch->count - 1].unanswered = true;
  return place;
}

void netlink_describe(struct netlink_batch *batch, const char *what, const char *subject, int tolerated) {
  struct netlink_request *request = &batch->requests[batch->count - 1];
  *request = (struct netlink_request){what, subject, tolerated, request->unanswered};
}

void netlink_attribute(struct netlink_batch *batch, uint16_t type, const void *value, size_t length) {
  struct rtattr *attribute = (struct rtattr *)reserve(batch, RTA_LENGTH(length));
  attribute->rta_type = type;
  attribute->rta_len = (uint16_t)RTA_LENGTH(length);
  if (length) memcpy(RTA_DATA(attribute), value, length);
  measure(batch);
}

void netlink_text(struct netlink_batch *batch, uint16_t type, const char *text) {
  netlink_attribute(batch, type, text, strlen(text) + 1);
}

void netlink_number(struct netlink_batch *batch, uint16_t type, uint32_t value) {
  netlink_attribute(batch, type, &value, sizeof value);
}

size_t netlink_nest(struct netlink_batch *batch, uint16_t type, size_t header) {
  size_t nest = batch->used;
  struct rtattr *attribute = (struct rtattr *)reserve(batch, RTA_LENGTH(header));
  attribute->rta_type = type;
  measure(batch);
  return nest;
}

void netlink_nest_end(struct netlink_batch *batch, size_t nest) {
  ((struct rtattr *)(batch->buffer + nest))->rta_len = (uint16_t)(batch->used - nest);
}

static void send_all(struct netlink_batch *batch, size_t start, size_t end) {
  struct sockaddr_nl kernel = {.nl_family = AF_NETLINK};
  ssize_t sent = sendto(batch->fd, batch->buffer + start, end - start, 0, (struct sockaddr *)&kernel, sizeof kernel);
  if (sent < 0) fail("netlink send");
}

static void judge(const struct netlink_request *request, int error) {
  if (error == 0 || error == request->tolerated) return;
  errno = error;
  if (!*request->subject) fail(request->what);
  failf(request->what, "%s: %s", request->subject, strerror(error));
}

// Reads answers until `count` requests have theirs.
static void receive(struct netlink_batch *batch, size_t count) {
  static char answers[ANSWER_SIZE];
  while (count > 0) {
    ssize_t length = recv(batch->fd, answers, sizeof answers, 0);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) fail("netlink receive");
    size_t left = (size_t)length;
    for (struct nlmsghdr *header = (void *)answers; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
      if (header->nlmsg_type != NLMSG_ERROR || header->nlmsg_seq >= batch->count) continue;
      const struct netlink_request *request = &batch->requests[header->nlmsg_seq];
      judge(request, -((struct nlmsgerr *)NLMSG_DATA(header))->error);
      if (!request->unanswered) count--;
    }
  }
}

void netlink_commit(struct netlink_batch *batch) {
  size_t start = 0, end = 0, pending = 0;
  while (start < batch->used) {
    while (end < batch->used) {
      const struct nlmsghdr *header = (struct nlmsghdr *)(batch->buffer + end);
      size_t next = end + header->nlmsg_len;
      if (next - start > SEND_LIMIT && end > start) break;
      end = next;
      if (header->nlmsg_flags & NLM_F_ACK) pending++;
    }
    send_all(batch, start, end);
    receive(batch, pending);
    start = end;
    pending = 0;
  }
  batch->used = 0;
  batch->count = 0;
}

void netlink_close(struct netlink_batch *batch) {
  close(batch->fd);
  free(batch->buffer);
  free(batch->requests);
}
