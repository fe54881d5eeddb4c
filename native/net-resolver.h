// The resolver's two halves: those who ask (net-resolver.c), and the upstreams that are asked in turn (net-forward.c).
#pragma once
#include "net-dns.h"
#include "net-side.h"

enum {
  RESOLVER_ADDRESS = 0x7f00000b, // 127.0.0.11
  RESOLVER_PORT = 53,            // where it is asked, wherever it listens
};

// Who asked, and how to reach them.
struct asker {
  struct dns_connection *connection; // NULL: over UDP, from `address`
  struct sockaddr_storage address;
};
// Sends an answer. `answer` has two bytes of room in front for the length that TCP wants.
void resolver_reply(const struct asker *asker, uint8_t *answer, size_t length);

void forward_open(const struct upstream_sockets *sockets, const struct list *upstreams);
// Asks the upstreams; the asker gets their answer, or SERVFAIL. `query` has DNS_FORWARD_ROOM bytes of room behind it.
void forward_question(const struct asker *asker, uint8_t *query, size_t length, const struct dns_question *question);
// The connection is gone: nobody waits for its answers any more.
void forward_forget(const struct dns_connection *connection);

// An upstream has said something over TCP.
void forward_reply(const struct sockaddr_storage *from, uint8_t *reply, size_t length);
// An upstream has hung up; `answered` some questions, so that it may well answer the others on another connection.
void forward_stream_ended(const struct sockaddr_storage *upstream, bool answered);

// net-forward-tcp.c: asks over TCP; what comes back goes to forward_reply. False: it cannot be asked.
bool stream_ask(const struct sockaddr_storage *upstream, const uint8_t *query, size_t length);
// A TCP socket of the host's network namespace, or -1.
void stream_open(int fd, int family);

enum { DNS_QUERY = 4096, DNS_FORWARD_ROOM = 16, DNS_LENGTH = 2 };
