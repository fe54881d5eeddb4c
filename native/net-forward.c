// Questions that no table answers go to the upstreams, one after the other, under ids of this process's own: as datagrams, and over TCP
// where a client on TCP would else be given less than there is.
#define _GNU_SOURCE
#include "net-resolver.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

enum {
  UPSTREAMS = 3,
  TRY_TIME = 2000, // milliseconds for each upstream: all of them have had their turn soon after a client asks again
  PENDING = 1024,
  BUCKETS = 256,
  ID_ATTEMPTS = 64,
  REPLIES = 64,    // taken in one turn
};

struct pending {
  struct aged aged;
  struct pending *next; // in its bucket
  struct asker asker;
  struct dns_question question;
  uint16_t id;
  int upstream;
  bool raised;   // the size in the query is this process's, not the client's
  bool streamed; // the upstream has been asked over TCP
  size_t length;
  uint8_t query[]; // as it is sent to the upstream
};

static void try_expired(struct aged *member);

static struct watch replies = {.fd = -1};
static int family;
static struct sockaddr_storage upstreams[UPSTREAMS];        // as the socket for datagrams has to be given them
static struct sockaddr_storage stream_upstreams[UPSTREAMS]; // as they are
static int upstream_count;
static struct pending *buckets[BUCKETS];
static size_t pending_count;
static struct age_list tries = {.lifetime = TRY_TIME, .expired = try_expired};
static uint8_t buffer[DNS_LENGTH + DNS_MESSAGE];

static struct pending *find(uint16_t id) {
  struct pending *pending = buckets[id % BUCKETS];
  while (pending && pending->id != id) pending = pending->next;
  return pending;
}

// Unforeseeable, so that only the upstream can answer.
static bool choose_id(uint16_t *id) {
  for (int i = 0; i < ID_ATTEMPTS; i++) {
    if (getrandom(id, sizeof *id, 0) != sizeof *id) return false;
    if (!find(*id)) return true;
  }
  return false;
}

// From here on its answers are strangers' and forward_forget no longer sees it; the caller frees it.
static void take_out(struct pending *pending) {
  struct pending **link = &buckets[pending->id % BUCKETS];
  while (*link != pending) link = &(*link)->next;
  *link = pending->next;
  age_end(&tries, &pending->aged);
  pending_count--;
}

void forward_forget(const struct dns_connection *connection) {
  for (size_t i = 0; i < BUCKETS; i++) {
    for (struct pending *pending = buckets[i], *next; pending; pending = next) {
      next = pending->next;
      if (pending->asker.connection != connection) continue;
      take_out(pending);
      free(pending);
    }
  }
}

static void refuse(const struct asker *asker, const uint8_t *query, size_t length, uint16_t id) {
  size_t size = dns_refusal(buffer + DNS_LENGTH, query, length, DNS_SERVFAIL);
  dns_set_id(buffer + DNS_LENGTH, id);
  resolver_reply(asker, buffer + DNS_LENGTH, size);
}

static bool send_query(const struct pending *pending) {
  const struct sockaddr_storage *to = &upstreams[pending->upstream];
  ssize_t sent = sendto(replies.fd, pending->query, pending->length, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)to,
                        address_length(to));
  return sent == (ssize_t)pending->length;
}

// Asks the next upstream that can be written to; with none left the asker is told.
static void ask_from(struct pending *pending, int upstream) {
  for (pending->upstream = upstream; pending->upstream < upstream_count; pending->upstream++) {
    pending->streamed = false;
    if (!send_query(pending)) continue;
    age_start(&tries, &pending->aged);
    return;
  }
  take_out(pending);
  refuse(&pending->asker, pending->query, pending->length, pending->question.id);
  free(pending);
}

static void try_expired(struct aged *member) {
  struct pending *pending = CONTAINER_OF(member, struct pending, aged);
  ask_from(pending, pending->upstream + 1);
}

void forward_question(const struct asker *asker, uint8_t *query, size_t length, const struct dns_question *question) {
  uint16_t id;
  struct pending *pending = NULL;
  if (upstream_count > 0 && pending_count < PENDING && choose_id(&id))
    pending = calloc(1, sizeof *pending + length + DNS_FORWARD_ROOM);
  if (!pending) {
    refuse(asker, query, length, question->id);
    return;
  }
  pending->asker = *asker;
  pending->question = *question;
  pending->id = id;
  pending->length = length;
  memcpy(pending->query, query, length);
  dns_set_id(pending->query, id);
  // A client on TCP has room for all that fits in one datagram, and mostly that is all there is.
  pending->raised = asker->connection != NULL;
  if (pending->raised) pending->length = dns_raise_udp_size(pending->query, length, question);
  pending->next = buckets[id % BUCKETS];
  buckets[id % BUCKETS] = pending;
  pending_count++;
  ask_from(pending, 0);
}

static bool is_from(const struct sockaddr_storage *a, const struct sockaddr_storage *b) {
  if (a->ss_family != b->ss_family) return false;
  if (a->ss_family == AF_INET) {
    const struct sockaddr_in *x = (const void *)a, *y = (const void *)b;
    return x->sin_port == y->sin_port && x->sin_addr.s_addr == y->sin_addr.s_addr;
  }
  const struct sockaddr_in6 *x = (const void *)a, *y = (const void *)b;
  return x->sin6_port == y->sin6_port && !memcmp(&x->sin6_addr, &y->sin6_addr, sizeof x->sin6_addr);
}

static bool is_worth_another_try(const struct pending *pending, int code) {
  if (pending->upstream + 1 >= upstream_count) return false;
  return code == DNS_SERVFAIL || code == DNS_REFUSED || code == DNS_NOTIMP || code == DNS_FORMERR;
}

static bool ask_again_over_tcp(struct pending *pending) {
  if (pending->streamed || !pending->asker.connection) return false;
  if (!stream_ask(&stream_upstreams[pending->upstream], pending->query, pending->length)) return false;
  pending->streamed = true;
  age_start(&tries, &pending->aged);
  return true;
}

static void pass_on(struct pending *pending, uint8_t *reply, size_t length) {
  if (dns_is_truncated(reply) && ask_again_over_tcp(pending)) return;
  if (is_worth_another_try(pending, dns_code(reply))) {
    ask_from(pending, pending->upstream + 1);
    return;
  }
  if (pending->raised && !pending->question.edns) length = dns_drop_edns(reply, length);
  if (!pending->asker.connection && length > pending->question.udp_size) length = dns_truncate(reply, pending->question.end);
  dns_set_id(reply, pending->question.id);
  take_out(pending);
  resolver_reply(&pending->asker, reply, length);
  free(pending);
}

void forward_reply(const struct sockaddr_storage *from, uint8_t *reply, size_t length) {
  if (length < DNS_HEADER) return;
  struct pending *pending = find((uint16_t)(reply[0] << 8 | reply[1]));
  if (!pending || !pending->streamed || !is_from(from, &stream_upstreams[pending->upstream])) return;
  if (!dns_answers(pending->query, pending->question.end, reply, length)) return;
  memcpy(buffer + DNS_LENGTH, reply, length); // there is room in front of it for the length
  pass_on(pending, buffer + DNS_LENGTH, length);
}

void forward_stream_ended(const struct sockaddr_storage *upstream, bool answered) {
  for (size_t i = 0; i < BUCKETS; i++) {
    for (struct pending *pending = buckets[i], *next; pending; pending = next) {
      next = pending->next;
      const struct sockaddr_storage *asked = &stream_upstreams[pending->upstream];
      if (!pending->streamed || !is_from(upstream, asked)) continue;
      if (!answered || !stream_ask(asked, pending->query, pending->length)) ask_from(pending, pending->upstream + 1);
    }
  }
}

static void reply_ready(struct watch *watch, uint32_t events) {
  (void)events;
  uint8_t *reply = buffer + DNS_LENGTH;
  for (int i = 0; i < REPLIES; i++) {
    struct sockaddr_storage from = {0};
    socklen_t from_length = sizeof from;
    ssize_t length = recvfrom(watch->fd, reply, DNS_MESSAGE, MSG_DONTWAIT, (struct sockaddr *)&from, &from_length);
    if (length < 0 && errno == EAGAIN) return;
    if (length < DNS_HEADER) continue;
    struct pending *pending = find((uint16_t)(reply[0] << 8 | reply[1]));
    if (!pending || !is_from(&from, &upstreams[pending->upstream])) continue;
    if (!dns_answers(pending->query, pending->question.end, reply, (size_t)length)) continue;
    pass_on(pending, reply, (size_t)length);
  }
}

// An IPv4 address as a socket of the other family has to be given it.
static bool fit_to_family(struct sockaddr_storage *address) {
  if (address->ss_family == family) return true;
  if (address->ss_family != AF_INET || family != AF_INET6) return false;
  struct sockaddr_in v4;
  memcpy(&v4, address, sizeof v4);
  struct sockaddr_in6 mapped = {.sin6_family = AF_INET6, .sin6_port = v4.sin_port};
  mapped.sin6_addr.s6_addr[10] = mapped.sin6_addr.s6_addr[11] = 0xff;
  memcpy(&mapped.sin6_addr.s6_addr[12], &v4.sin_addr, 4);
  memcpy(address, &mapped, sizeof mapped);
  return true;
}

void forward_open(const struct upstream_sockets *sockets, const struct list *addresses) {
  socklen_t length = sizeof family;
  int fd = sockets->datagrams;
  if (fd < 0 || getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &length) < 0) return;
  for (size_t i = 0; i < addresses->count && upstream_count < UPSTREAMS; i++) {
    struct sockaddr_storage address;
    if (!address_parse(addresses->items[i], 53, &address)) continue;
    stream_upstreams[upstream_count] = address;
    if (fit_to_family(&address)) upstreams[upstream_count++] = address;
  }
  stream_open(sockets->stream, AF_INET);
  stream_open(sockets->stream6, AF_INET6);
  replies = (struct watch){reply_ready, fd};
  age_list_register(&tries);
  if (!watch_start(&replies, EPOLLIN)) fail("watch the upstream socket");
}

static int open_datagrams(void) {
  int off = 0, fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd >= 0 && setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof off) == 0) return fd;
  if (fd >= 0) close(fd);
  fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) fail("upstream socket");
  return fd;
}

struct upstream_sockets upstream_open(void) {
  return (struct upstream_sockets){
      .datagrams = open_datagrams(),
      .stream = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
      .stream6 = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0),
  };
}
