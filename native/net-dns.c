// Reading and writing DNS messages. Everything read here comes from strangers: every offset is checked before it is used, and
// compression pointers are only stepped over, never followed.
#define _GNU_SOURCE
#include "net-dns.h"
#include <ctype.h>
#include <string.h>

enum { TIME_TO_LIVE = 600, OPT_RECORD = 11, RECORD_FIXED = 10 };

static uint16_t get16(const uint8_t *bytes) { return (uint16_t)(bytes[0] << 8 | bytes[1]); }

static void put16(uint8_t *bytes, unsigned value) {
  bytes[0] = (uint8_t)(value >> 8);
  bytes[1] = (uint8_t)value;
}

// Reads an uncompressed name as text. Returns the offset behind it, 0 when it is malformed.
static size_t read_name(const uint8_t *packet, size_t length, size_t at, char text[DNS_NAME]) {
  size_t start = at, used = 0;
  bool plain = true;
  for (;;) {
    if (at >= length || packet[at] > 63) return 0;
    size_t label = packet[at++];
    if (at + label > length || at + label - start > 255) return 0;
    if (label == 0) break;
    if (used > 0) text[used++] = '.';
    for (size_t i = 0; i < label; i++) {
      uint8_t byte = packet[at + i];
      if (byte == '.' || byte <= ' ' || byte >= 127) plain = false;
      text[used++] = (char)(byte >= 'A' && byte <= 'Z' ? byte + 32 : byte);
    }
    at += label;
  }
  text[plain ? used : 0] = 0;
  return at;
}

// Steps over a name that may be compressed. 0: malformed.
static size_t skip_name(const uint8_t *packet, size_t length, size_t at) {
  while (at < length) {
    uint8_t label = packet[at];
    if (label >= 0xc0) return at + 2 <= length ? at + 2 : 0;
    if (label > 63) return 0;
    at += (size_t)label + 1;
    if (label == 0) return at <= length ? at : 0;
  }
  return 0;
}

// Steps over a record. 0: malformed.
static size_t skip_record(const uint8_t *packet, size_t length, size_t at) {
  at = skip_name(packet, length, at);
  if (!at || at + RECORD_FIXED > length) return 0;
  at += RECORD_FIXED + (size_t)get16(packet + at + 8);
  return at <= length ? at : 0;
}

static unsigned record_count(const uint8_t *packet) {
  return (unsigned)get16(packet + 6) + get16(packet + 8) + get16(packet + 10);
}

// The offset of the OPT record among those that follow `at`; 0: none, or what comes first is malformed.
static size_t find_edns(const uint8_t *packet, size_t length, size_t at) {
  for (unsigned left = record_count(packet); left > 0; left--) {
    size_t next = skip_record(packet, length, at);
    if (!next) return 0;
    if (packet[at] == 0 && get16(packet + at + 1) == DNS_OPT) return at;
    at = next;
  }
  return 0;
}

int dns_read_question(const uint8_t *packet, size_t length, struct dns_question *question) {
  memset(question, 0, sizeof *question);
  if (length < DNS_HEADER || packet[2] & 0x80) return -1;
  question->id = get16(packet);
  question->recursion_desired = packet[2] & 1;
  if (packet[2] & 0x78) return DNS_NOTIMP;
  if (get16(packet + 4) != 1) return DNS_FORMERR;
  size_t at = read_name(packet, length, DNS_HEADER, question->name);
  if (!at || at + 4 > length) return DNS_FORMERR;
  question->type = get16(packet + at);
  question->class = get16(packet + at + 2);
  question->end = at + 4;
  question->edns = find_edns(packet, length, question->end);
  question->udp_size = question->edns ? get16(packet + question->edns + 3) : DNS_UDP_LEAST;
  if (question->udp_size < DNS_UDP_LEAST) question->udp_size = DNS_UDP_LEAST;
  if (question->udp_size > DNS_UDP_MOST) question->udp_size = DNS_UDP_MOST;
  return 0;
}

// Flags of an answer: a response, recursion available, and what is copied from the query.
static void write_header(uint8_t *bytes, const uint8_t *query, int code) {
  memset(bytes, 0, DNS_HEADER);
  memcpy(bytes, query, 2);
  bytes[2] = (uint8_t)(0x80 | (query[2] & 0x79));
  bytes[3] = (uint8_t)(0x80 | code);
}

void dns_begin(struct dns_answer *answer, uint8_t *buffer, size_t limit, const uint8_t *query,
               const struct dns_question *question) {
  size_t reserve = question->edns ? OPT_RECORD : 0;
  *answer = (struct dns_answer){.bytes = buffer, .length = question->end, .limit = limit - reserve};
  write_header(buffer, query, DNS_NOERROR);
  put16(buffer + 4, 1);
  memcpy(buffer + DNS_HEADER, query + DNS_HEADER, question->end - DNS_HEADER);
}

// Room for a record with `size` bytes of data under the name that was asked for; NULL when it does not fit.
static uint8_t *add_record(struct dns_answer *answer, uint16_t type, size_t size) {
  size_t total = 2 + RECORD_FIXED + size;
  if (answer->length + total > answer->limit) {
    answer->truncated = true;
    return NULL;
  }
  uint8_t *record = answer->bytes + answer->length;
  put16(record, 0xc000 | DNS_HEADER);
  put16(record + 2, type);
  put16(record + 4, DNS_IN);
  put16(record + 6, 0);
  put16(record + 8, TIME_TO_LIVE);
  put16(record + 10, (unsigned)size);
  answer->length += total;
  put16(answer->bytes + 6, get16(answer->bytes + 6) + 1u);
  return record + 2 + RECORD_FIXED;
}

bool dns_add_address(struct dns_answer *answer, uint16_t type, const uint8_t *bytes) {
  size_t size = type == DNS_AAAA ? 16 : 4;
  uint8_t *place = add_record(answer, type, size);
  if (place) memcpy(place, bytes, size);
  return place != NULL;
}

bool dns_add_pointer(struct dns_answer *answer, const char *name) {
  uint8_t wire[DNS_NAME];
  size_t used = 0;
  while (*name) {
    size_t label = strcspn(name, ".");
    if (label == 0 || label > 63 || used + label + 2 > sizeof wire - 1) return false;
    wire[used++] = (uint8_t)label;
    memcpy(wire + used, name, label);
    used += label;
    name += label;
    if (*name) name++;
  }
  wire[used++] = 0;
  uint8_t *place = add_record(answer, DNS_PTR, used);
  if (place) memcpy(place, wire, used);
  return place != NULL;
}

void dns_end(struct dns_answer *answer, int code, const struct dns_question *question) {
  if (answer->truncated) answer->bytes[2] |= 2;
  answer->bytes[3] = (uint8_t)((answer->bytes[3] & 0xf0) | code);
  if (!question->edns) return;
  uint8_t *record = answer->bytes + answer->length;
  memset(record, 0, OPT_RECORD);
  put16(record + 1, DNS_OPT);
  put16(record + 3, DNS_UDP_MOST);
  put16(answer->bytes + 10, 1);
  answer->length += OPT_RECORD;
}

size_t dns_refusal(uint8_t *buffer, const uint8_t *query, size_t length, int code) {
  struct dns_question question;
  if (dns_read_question(query, length, &question) == 0) {
    struct dns_answer answer;
    dns_begin(&answer, buffer, DNS_UDP_LEAST, query, &question);
    dns_end(&answer, code, &question);
    return answer.length;
  }
  write_header(buffer, query, code);
  return DNS_HEADER;
}

static bool same_bytes_but_case(const uint8_t *a, const uint8_t *b, size_t length) {
  for (size_t i = 0; i < length; i++)
    if (tolower(a[i]) != tolower(b[i])) return false;
  return true;
}

bool dns_answers(const uint8_t *query, size_t question_end, const uint8_t *reply, size_t length) {
  if (length < DNS_HEADER || !(reply[2] & 0x80)) return false;
  if (get16(reply + 4) == 0) return dns_code(reply) != DNS_NOERROR;
  if (get16(reply + 4) != 1 || length < question_end) return false;
  return same_bytes_but_case(query + DNS_HEADER, reply + DNS_HEADER, question_end - DNS_HEADER);
}

int dns_code(const uint8_t *reply) { return reply[3] & 0x0f; }

bool dns_is_truncated(const uint8_t *reply) { return reply[2] & 2; }

size_t dns_truncate(uint8_t *reply, size_t question_end) {
  reply[2] |= 2;
  memset(reply + 6, 0, 6);
  if (get16(reply + 4) == 0) return DNS_HEADER;
  return question_end;
}

void dns_set_id(uint8_t *packet, uint16_t id) { put16(packet, id); }

size_t dns_raise_udp_size(uint8_t *query, size_t length, const struct dns_question *question) {
  if (question->edns) {
    put16(query + question->edns + 3, DNS_UDP_MOST);
    return length;
  }
  // Without an OPT record nothing useful follows the question; what does is left out.
  uint8_t *record = query + question->end;
  memset(record, 0, OPT_RECORD);
  put16(record + 1, DNS_OPT);
  put16(record + 3, DNS_UDP_MOST);
  memset(query + 6, 0, 6);
  put16(query + 10, 1);
  return question->end + OPT_RECORD;
}

size_t dns_drop_edns(uint8_t *reply, size_t length) {
  size_t question_end = DNS_HEADER;
  if (get16(reply + 4) == 1) {
    question_end = skip_name(reply, length, DNS_HEADER);
    if (!question_end || question_end + 4 > length) return length;
    question_end += 4;
  }
  size_t edns = find_edns(reply, length, question_end);
  // The last record is among the additional ones only if there are any.
  if (!edns || skip_record(reply, length, edns) != length || get16(reply + 10) == 0) return length;
  put16(reply + 10, get16(reply + 10) - 1u);
  return edns;
}
