// Connections that control a shim: frames in, frames out, each connection with a bounded buffer of its own.
#pragma once
#include "slipway.h"

enum { CONNECTION_BUFFER_LIMIT = 256 * 1024 };

struct connection {
  struct connection *next;
  int fd;               // -1: closed, to be removed
  bool wants[2];        // stdout, stderr
  bool has_fed;         // has sent input
  unsigned char header[5];
  size_t header_length;
  size_t payload_left;  // of the frame being read
  unsigned char payload[4];
  size_t payload_length;
  char *out;            // bytes that the other side has not taken yet
  size_t out_start, out_end, out_capacity;
};

// What arrives. `input` gets the payload of `I` in pieces, `frame` every other one when it is whole (at most 4 bytes of it).
struct connection_handler {
  void (*frame)(void *context, struct connection *from, char type, const unsigned char *payload, size_t length);
  void (*input)(void *context, struct connection *from, const char *bytes, size_t length);
  void *context;
};

// Takes over `fd`, which becomes non-blocking, and puts the new connection at the head of `list`.
struct connection *connection_add(struct connection **list, int fd);
// Sends a frame as far as the other side takes it at once and keeps the rest, whatever the limit says.
void connection_send(struct connection *connection, char type, const void *payload, size_t length);
void connection_flush(struct connection *connection);
size_t connection_pending(const struct connection *connection);
// Reads once and hands out what came. Closes the connection at its end.
void connection_read(struct connection *connection, const struct connection_handler *handler);
void connection_close(struct connection *connection);
// Frees those that are closed.
void connection_sweep(struct connection **list);
