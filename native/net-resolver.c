// The resolver of one container: answers from the names tables, hands other questions on. UDP and TCP.
#define _GNU_SOURCE
#include "net-resolver.h"
#include "net-names.h"
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
  DATAGRAMS = 64,     // questions taken in one turn
  CONNECTIONS = 64,
  IDLE = 10 * 1000,   // milliseconds that a TCP connection may say nothing
  UNSENT = 256 * 1024,
  ADDRESSES = 1024,   // of one name
  BACKLOG = 64,
};

struct dns_connection {
  struct watch watch;
  struct aged aged;
  size_t received; // bytes of the question that is coming in, with its length
  size_t unsent, sent;
  uint8_t *output;
  uint8_t question[DNS_LENGTH + DNS_QUERY + DNS_FORWARD_ROOM];
};

static void connection_expired(struct aged *member);

static struct watch datagrams = {.fd = -1}, listener = {.fd = -1};
static struct age_list connections = {.lifetime = IDLE, .expired = connection_expired};
static size_t connection_count;
static uint8_t answer_buffer[DNS_LENGTH + DNS_MESSAGE];
static unsigned rotation;

static void end(struct dns_connection *connection) {
  if (connection->watch.fd < 0) return;
  forward_forget(connection);
  age_end(&connections, &connection->aged);
  watch_end(&connection->watch);
  free(connection->output);
  connection->output = NULL;
  connection_count--;
  loop_bury(connection);
}

static void connection_expired(struct aged *member) { end(CONTAINER_OF(member, struct dns_connection, aged)); }

// Sends what is waiting; false when the connection has failed.
static bool flush(struct dns_connection *connection) {
  while (connection->sent < connection->unsent) {
    ssize_t count = send(connection->watch.fd, connection->output + connection->sent, connection->unsent - connection->sent,
                         MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) {
      watch_change(&connection->watch, EPOLLIN | EPOLLOUT);
      return true;
    }
    if (count < 0) return false;
    connection->sent += (size_t)count;
  }
  connection->sent = connection->unsent = 0;
  return true;
}

static bool append(struct dns_connection *connection, const uint8_t *bytes, size_t length) {
  size_t total = connection->unsent + length;
  if (total > UNSENT) return false;
  uint8_t *output = realloc(connection->output, total);
  if (!output) return false;
  memcpy(output + connection->unsent, bytes, length);
  connection->output = output;
  connection->unsent = total;
  return true;
}

void resolver_reply(const struct asker *asker, uint8_t *answer, size_t length) {
  struct dns_connection *connection = asker->connection;
  if (!connection) {
    (void)!sendto(datagrams.fd, answer, length, MSG_DONTWAIT | MSG_NOSIGNAL, (const struct sockaddr *)&asker->address,
                  address_length(&asker->address));
    return;
  }
  if (connection->watch.fd < 0) return;
  uint8_t *framed = answer - DNS_LENGTH;
  framed[0] = (uint8_t)(length >> 8);
  framed[1] = (uint8_t)length;
  if (!append(connection, framed, length + DNS_LENGTH) || !flush(connection)) end(connection);
}

static void add_addresses(struct dns_answer *answer, const struct dns_question *question, struct names_address *addresses,
                          int count) {
  unsigned start = rotation++;
  for (int i = 0; i < count; i++) {
    const struct names_address *address = &addresses[(start + (unsigned)i) % (unsigned)count];
    uint16_t type = address->v6 ? DNS_AAAA : DNS_A;
    if (question->type != type && question->type != DNS_ANY) continue;
    if (!dns_add_address(answer, type, address->bytes)) return;
  }
}

// Fills in what the tables know; false when the name is in none of them.
static bool answer_from_tables(struct dns_answer *answer, const struct dns_question *question) {
  static struct names_address addresses[ADDRESSES];
  if (!*question->name || (question->class != DNS_IN && question->class != DNS_ANY)) return false;
  if (question->type == DNS_PTR) {
    struct names_address address;
    const char *name = names_parse_reverse(question->name, &address) ? names_reverse(&address) : NULL;
    return name && dns_add_pointer(answer, name);
  }
  int count = names_find(question->name, addresses, ADDRESSES);
  if (count < 0) return false;
  add_addresses(answer, question, addresses, count);
  return true;
}

static void handle(const struct asker *asker, uint8_t *query, size_t length) {
  uint8_t *bytes = answer_buffer + DNS_LENGTH;
  struct dns_question question;
  int code = dns_read_question(query, length, &question);
  if (code < 0) return;
  if (code > 0) {
    resolver_reply(asker, bytes, dns_refusal(bytes, query, length, code));
    return;
  }
  struct dns_answer answer;
  dns_begin(&answer, bytes, asker->connection ? DNS_MESSAGE : question.udp_size, query, &question);
  if (!answer_from_tables(&answer, &question)) {
    forward_question(asker, query, length, &question);
    return;
  }
  dns_end(&answer, DNS_NOERROR, &question);
  resolver_reply(asker, bytes, answer.length);
}

static void datagrams_ready(struct watch *watch, uint32_t events) {
  (void)events;
  static uint8_t query[DNS_QUERY + DNS_FORWARD_ROOM];
  for (int i = 0; i < DATAGRAMS; i++) {
    struct asker asker = {0};
    socklen_t length = sizeof asker.address;
    ssize_t size = recvfrom(watch->fd, query, DNS_QUERY, MSG_DONTWAIT, (struct sockaddr *)&asker.address, &length);
    if (size < 0 && errno == EAGAIN) return;
    if (size > 0) handle(&asker, query, (size_t)size);
  }
}

// Takes the next whole question out of what has come in. False: there is none yet.
static bool take_question(struct dns_connection *connection) {
  if (connection->received < DNS_LENGTH) return false;
  size_t length = (size_t)connection->question[0] << 8 | connection->question[1];
  if (length > DNS_QUERY) {
    end(connection);
    return false;
  }
  if (connection->received < DNS_LENGTH + length) return false;
  static uint8_t query[DNS_QUERY + DNS_FORWARD_ROOM];
  memcpy(query, connection->question + DNS_LENGTH, length);
  connection->received -= DNS_LENGTH + length;
  memmove(connection->question, connection->question + DNS_LENGTH + length, connection->received);
  struct asker asker = {.connection = connection};
  handle(&asker, query, length);
  return connection->watch.fd >= 0;
}

static void connection_ready(struct watch *watch, uint32_t events) {
  struct dns_connection *connection = CONTAINER_OF(watch, struct dns_connection, watch);
  if (events & EPOLLOUT) {
    if (!flush(connection)) {
      end(connection);
      return;
    }
    if (connection->unsent == 0) watch_change(watch, EPOLLIN);
  }
  size_t room = DNS_LENGTH + DNS_QUERY - connection->received;
  ssize_t count = recv(watch->fd, connection->question + connection->received, room, MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) {
    end(connection);
    return;
  }
  connection->received += (size_t)count;
  age_start(&connections, &connection->aged);
  while (take_question(connection)) continue;
}

static void add_connection(int fd) {
  // The one that has been silent for longest makes room.
  if (connection_count >= CONNECTIONS) end(CONTAINER_OF(connections.oldest, struct dns_connection, aged));
  struct dns_connection *connection = calloc(1, sizeof *connection);
  if (!connection) {
    close(fd);
    return;
  }
  connection->watch = (struct watch){connection_ready, fd};
  connection_count++;
  age_start(&connections, &connection->aged);
  if (!watch_start(&connection->watch, EPOLLIN)) end(connection);
}

// Edge-triggered: when descriptors have run out, the next to connect is the occasion to try again.
static void listener_ready(struct watch *watch, uint32_t events) {
  (void)events;
  for (;;) {
    int fd = accept4(watch->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd >= 0)
      add_connection(fd);
    else if (errno != EINTR && errno != ECONNABORTED)
      return;
  }
}

void resolver_start(const struct side *side) {
  datagrams = (struct watch){datagrams_ready, side->resolver[0]};
  listener = (struct watch){listener_ready, side->resolver[1]};
  age_list_register(&connections);
  forward_open(&side->upstream_sockets, &side->upstreams);
  if (!watch_start(&datagrams, EPOLLIN) || !watch_start(&listener, EPOLLIN | EPOLLET)) fail("watch the resolver's sockets");
}

static int resolver_socket(int type, uint16_t port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(RESOLVER_ADDRESS)};
  int on = 1, fd = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) fail("resolver socket");
  // Works where somebody in the container has taken `lo` down, too.
  setsockopt(fd, IPPROTO_IP, IP_FREEBIND, &on, sizeof on);
  if (type == SOCK_STREAM) setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (bind(fd, (struct sockaddr *)&address, sizeof address) < 0) fail("bind the resolver's address");
  if (type == SOCK_STREAM && listen(fd, BACKLOG) < 0) fail("listen on the resolver's address");
  return fd;
}

void resolver_listen(uint16_t port, int fds[2]) {
  fds[0] = resolver_socket(SOCK_DGRAM, port);
  fds[1] = resolver_socket(SOCK_STREAM, port);
}
