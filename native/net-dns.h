// Reading and writing DNS messages (RFC 1035, and RFC 6891 for the size a client takes).
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
  DNS_HEADER = 12,
  DNS_MESSAGE = 65535,
  DNS_UDP_LEAST = 512,  // what every client takes
  DNS_UDP_MOST = 4096,  // what is sent to one that says it takes more
  DNS_NAME = 256,

  DNS_A = 1,
  DNS_PTR = 12,
  DNS_AAAA = 28,
  DNS_OPT = 41,
  DNS_ANY = 255,
  DNS_IN = 1,

  DNS_NOERROR = 0,
  DNS_FORMERR = 1,
  DNS_SERVFAIL = 2,
  DNS_NXDOMAIN = 3,
  DNS_NOTIMP = 4,
  DNS_REFUSED = 5,
};

struct dns_question {
  uint16_t id, type, class;
  bool recursion_desired;
  char name[DNS_NAME]; // lower case, without the last dot; empty for the root and for labels no host name can have
  size_t end;          // offset of the first byte after the question
  size_t edns;         // offset of the OPT record, 0: none
  size_t udp_size;     // what a UDP client takes
};

// Reads a query. 0: fine; a DNS_* code: answer with it; -1: not to be answered at all.
int dns_read_question(const uint8_t *packet, size_t length, struct dns_question *question);

// An answer being written.
struct dns_answer {
  uint8_t *bytes;
  size_t length, limit;
  bool truncated;
};
// Begins an answer to a query with its question as it was written. `limit` is the most the answer may take.
void dns_begin(struct dns_answer *answer, uint8_t *buffer, size_t limit, const uint8_t *query, const struct dns_question *question);
// Adds an address of the name asked for; false when it does not fit.
bool dns_add_address(struct dns_answer *answer, uint16_t type, const uint8_t *bytes);
bool dns_add_pointer(struct dns_answer *answer, const char *name);
void dns_end(struct dns_answer *answer, int code, const struct dns_question *question);
// Answers a query with nothing but a code; works for queries whose question could not be read.
size_t dns_refusal(uint8_t *buffer, const uint8_t *query, size_t length, int code);

// Whether `reply` is an answer to the question of `query`. Only an error may come without a question.
bool dns_answers(const uint8_t *query, size_t question_end, const uint8_t *reply, size_t length);
int dns_code(const uint8_t *reply);
bool dns_is_truncated(const uint8_t *reply);
// Cuts a reply down to its question and says so.
size_t dns_truncate(uint8_t *reply, size_t question_end);
void dns_set_id(uint8_t *packet, uint16_t id);
// Adds an OPT record to a query that has none, or raises the size it gives. Returns the new length.
size_t dns_raise_udp_size(uint8_t *query, size_t length, const struct dns_question *question);
// Takes the OPT record out of a reply, where it is the last one. Returns the new length.
size_t dns_drop_edns(uint8_t *reply, size_t length);
