#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "connection.h"

enum { HEADER = 5, READ_SIZE = 16 * 1024 };

struct connection *connection_add(struct connection **list, int fd) {
  struct connection *connection = calloc(1, sizeof *connection);
  if (connection == NULL) fail("memory");
  int flags = fcntl(fd, F_GETFL);
  if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) < 0) fail("control connection");
  connection->fd = fd;
  connection->next = *list;
  *list = connection;
  return connection;
}

size_t connection_pending(const struct connection *connection) {
  return connection->out_end - connection->out_start;
}

void connection_close(struct connection *connection) {
  if (connection->fd < 0) return;
  close(connection->fd);
  free(connection->out);
  connection->fd = -1;
  connection->out = NULL;
  connection->out_start = connection->out_end = connection->out_capacity = 0;
}

void connection_sweep(struct connection **list) {
  while (*list != NULL) {
    struct connection *connection = *list;
    if (connection->fd >= 0) {
      list = &connection->next;
      continue;
    }
    *list = connection->next;
    free(connection);
  }
}

static void keep(struct connection *connection, const char *bytes, size_t length) {
  if (length == 0) return;
  size_t pending = connection_pending(connection);
  if (connection->out_start > 0 && connection->out_end + length > connection->out_capacity) {
    memmove(connection->out, connection->out + connection->out_start, pending);
    connection->out_start = 0;
    connection->out_end = pending;
  }
  if (connection->out_end + length > connection->out_capacity) {
    size_t capacity = connection->out_capacity < 4096 ? 4096 : connection->out_capacity;
    while (capacity < pending + length) capacity *= 2;
    char *larger = realloc(connection->out, capacity);
    if (larger == NULL) fail("memory");
    connection->out = larger;
    connection->out_capacity = capacity;
  }
  memcpy(connection->out + connection->out_end, bytes, length);
  connection->out_end += length;
}

// Number of bytes the other side took; closes the connection when there is no other side.
static size_t write_some(struct connection *connection, const struct iovec *parts, int count) {
  struct msghdr header = {.msg_iov = (struct iovec *)parts, .msg_iovlen = (size_t)count};
  for (;;) {
    ssize_t written = sendmsg(connection->fd, &header, MSG_NOSIGNAL);
    if (written >= 0) return (size_t)written;
    if (errno == EINTR) continue;
    if (errno != EAGAIN) connection_close(connection);
    return 0;
  }
}

void connection_send(struct connection *connection, char type, const void *payload, size_t length) {
  if (connection->fd < 0) return;
  char header[HEADER] = {type};
  uint32_t size = htonl((uint32_t)length);
  memcpy(header + 1, &size, sizeof size);
  size_t written = 0;
  if (connection_pending(connection) == 0) {
    struct iovec parts[2] = {{header, HEADER}, {(void *)payload, length}};
    written = write_some(connection, parts, 2);
    if (connection->fd < 0) return;
  }
  if (written < HEADER) keep(connection, header + written, HEADER - written);
  size_t done = written < HEADER ? 0 : written - HEADER;
  keep(connection, (const char *)payload + done, length - done);
}

void connection_flush(struct connection *connection) {
  struct iovec part = {connection->out + connection->out_start, connection_pending(connection)};
  connection->out_start += write_some(connection, &part, 1);
  if (connection->fd < 0 || connection_pending(connection) > 0) return;
  free(connection->out); // an idle connection holds no memory
  connection->out = NULL;
  connection->out_start = connection->out_end = connection->out_capacity = 0;
}

static void finish_frame(struct connection *connection, const struct connection_handler *handler) {
  char type = (char)connection->header[0];
  size_t length = connection->payload_length;
  connection->header_length = connection->payload_length = 0;
  if (type != 'I') handler->frame(handler->context, connection, type, connection->payload, length);
}

static size_t take_header(struct connection *connection, const char *bytes, size_t length) {
  size_t taken = HEADER - connection->header_length;
  if (taken > length) taken = length;
  memcpy(connection->header + connection->header_length, bytes, taken);
  connection->header_length += taken;
  if (connection->header_length == HEADER) {
    uint32_t size;
    memcpy(&size, connection->header + 1, sizeof size);
    connection->payload_left = ntohl(size);
  }
  return taken;
}

static size_t take_payload(struct connection *connection, const char *bytes, size_t length, const struct connection_handler *handler) {
  size_t taken = connection->payload_left < length ? connection->payload_left : length;
  if (connection->header[0] == 'I') {
    connection->has_fed = true;
    handler->input(handler->context, connection, bytes, taken);
  } else {
    size_t room = sizeof connection->payload - connection->payload_length;
    size_t kept = taken < room ? taken : room;
    memcpy(connection->payload + connection->payload_length, bytes, kept);
    connection->payload_length += kept;
  }
  connection->payload_left -= taken;
  return taken;
}

void connection_read(struct connection *connection, const struct connection_handler *handler) {
  static char bytes[READ_SIZE];
  ssize_t count = recv(connection->fd, bytes, sizeof bytes, 0);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) {
    connection_close(connection);
    return;
  }
  for (size_t at = 0; at < (size_t)count && connection->fd >= 0;) {
    if (connection->header_length < HEADER) at += take_header(connection, bytes + at, (size_t)count - at);
    else at += take_payload(connection, bytes + at, (size_t)count - at, handler);
    if (connection->header_length == HEADER && connection->payload_left == 0) finish_frame(connection, handler);
  }
}
