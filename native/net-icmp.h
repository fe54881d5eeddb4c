// ICMP messages about what a container has sent, made from what the kernel says of the same thing sent by this process.
#pragma once
#include <netinet/in.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>

enum { ICMP_START = 8 }; // bytes of a packet that an error has to quote

// A packet of a container, behind its IP header.
struct icmp_packet {
  struct sockaddr_storage source, destination;
  uint16_t length;                 // of the whole
  unsigned char start[ICMP_START];
  unsigned char protocol;          // 0: ICMP of its family
};

struct icmp_error {
  unsigned char type, code; // 0, 0: none
  uint32_t info;            // the MTU, where that is what was wrong
};

unsigned char icmp_echo_type(int family);
unsigned char icmp_answer_type(int family);
uint16_t icmp_checksum(const void *bytes, size_t length);

// Makes the kernel keep the errors that a socket's packets meet with, and who sent them.
void icmp_want_errors(int fd, int family);
// The next of them: fills in the start of the packet that was sent (behind its IP header), and gives its length. -1 with errno EAGAIN:
// none is left. An error that did not come from the network has type 0.
ssize_t icmp_receive_error(int fd, unsigned char *bytes, size_t size, struct icmp_error *error, struct sockaddr_storage *offender);
// What a router would say whose attempt to send on ended in `errno`. Type 0: nothing.
struct icmp_error icmp_unreachable(int family, int error);

// The raw socket of the engine's network namespace by which containers are told, one for each family.
void icmp_open(int family, int fd);
// Sends a message to a container as if from `source`; NULL: from its gateway.
void icmp_tell(const struct sockaddr_storage *container, const unsigned char *bytes, size_t length, const struct sockaddr_storage *source);
// Tells a container what has become of a packet that it has sent.
void icmp_tell_error(const struct icmp_packet *packet, const struct icmp_error *error, const struct sockaddr_storage *offender);
