// The resolver's two halves: those who ask (net-resolver.c), and the upstreams that are asked in turn (net-forward.c).
#pragma once
#include "net-dns.h"
#include "net-side.h"

// Who asked, and how to reach them.
struct asker {
  struct dns_connection *connection; // NULL: over UDP, from `address`
  struct sockaddr_storage address;
};
// Sends an answer. `answer` has two bytes of room in front for the length that TCP wants.
void resolver_reply(const struct asker *asker, uint8_t *answer, size_t length);

void forward_open(int socket, const struct list *upstreams);
// Asks the upstreams; the asker gets their answer, or SERVFAIL. `query` has DNS_FORWARD_ROOM bytes of room behind it.
void forward_question(const struct asker *asker, uint8_t *query, size_t length, const struct dns_question *question);
// The connection is gone: nobody waits for its answers any more.
void forward_forget(const struct dns_connection *connection);

enum { DNS_QUERY = 4096, DNS_FORWARD_ROOM = 16, DNS_LENGTH = 2 };
