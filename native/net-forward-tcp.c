// Questions whose answers are too long for a datagram, over TCP. The sockets have to be made in the host's network namespace, which this
// process has left; so there is one for each family, and it is disconnected and connected again as long as the container lives.
#define _GNU_SOURCE
#include "net-resolver.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { UNSENT = 64 * 1024 };

struct stream {
  struct watch watch;
  int fd; // that of the watch only while it is connected or about to be
  struct sockaddr_storage upstream;
  bool connected, answered;
  size_t unsent, received;
  uint8_t output[UNSENT];
  uint8_t input[DNS_LENGTH + DNS_MESSAGE];
};

static struct stream *streams[2]; // IPv4, IPv6; NULL: none

static struct stream *stream_for(const struct sockaddr_storage *upstream) { return streams[upstream->ss_family == AF_INET6]; }

static void disconnect(struct stream *stream) {
  const struct sockaddr nobody = {.sa_family = AF_UNSPEC};
  watch_stop(&stream->watch);
  connect(stream->fd, &nobody, sizeof nobody);
  stream->upstream.ss_family = AF_UNSPEC;
  stream->connected = stream->answered = false;
  stream->unsent = stream->received = 0;
}

static bool flush(struct stream *stream) {
  while (stream->unsent > 0) {
    ssize_t count = send(stream->fd, stream->output, stream->unsent, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno != EAGAIN) return false;
    if (count < 0) break;
    stream->unsent -= (size_t)count;
    memmove(stream->output, stream->output + count, stream->unsent);
  }
  watch_change(&stream->watch, stream->unsent > 0 ? EPOLLIN | EPOLLOUT : EPOLLIN);
  return true;
}

static void take_replies(struct stream *stream) {
  for (;;) {
    size_t length = (size_t)stream->input[0] << 8 | stream->input[1];
    if (stream->received < DNS_LENGTH || stream->received < DNS_LENGTH + length) return;
    stream->answered = true;
    forward_reply(&stream->upstream, stream->input + DNS_LENGTH, length);
    stream->received -= DNS_LENGTH + length;
    memmove(stream->input, stream->input + DNS_LENGTH + length, stream->received);
  }
}

static void upstream_hung_up(struct stream *stream) {
  struct sockaddr_storage upstream = stream->upstream;
  bool answered = stream->answered;
  disconnect(stream);
  forward_stream_ended(&upstream, answered);
}

static void stream_ready(struct watch *watch, uint32_t events) {
  struct stream *stream = CONTAINER_OF(watch, struct stream, watch);
  if (events & EPOLLOUT) {
    stream->connected = true;
    if (!flush(stream)) return upstream_hung_up(stream);
  }
  if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR))) return;
  ssize_t count = recv(stream->fd, stream->input + stream->received, sizeof stream->input - stream->received, MSG_DONTWAIT);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return;
  if (count <= 0) return upstream_hung_up(stream);
  stream->received += (size_t)count;
  take_replies(stream);
}

static bool same_address(const struct sockaddr_storage *a, const struct sockaddr_storage *b) {
  return a->ss_family == b->ss_family && memcmp(a, b, address_length(a)) == 0;
}

static bool connect_to(struct stream *stream, const struct sockaddr_storage *upstream) {
  if (stream->upstream.ss_family != AF_UNSPEC) disconnect(stream);
  if (connect(stream->fd, (const struct sockaddr *)upstream, address_length(upstream)) < 0 && errno != EINPROGRESS) return false;
  stream->upstream = *upstream;
  stream->watch = (struct watch){stream_ready, stream->fd};
  return watch_start(&stream->watch, EPOLLIN | EPOLLOUT);
}

bool stream_ask(const struct sockaddr_storage *upstream, const uint8_t *query, size_t length) {
  struct stream *stream = stream_for(upstream);
  if (!stream || length > DNS_MESSAGE) return false;
  if (!same_address(&stream->upstream, upstream) && !connect_to(stream, upstream)) return false;
  if (stream->unsent + DNS_LENGTH + length > UNSENT) return false;
  uint8_t *place = stream->output + stream->unsent;
  place[0] = (uint8_t)(length >> 8);
  place[1] = (uint8_t)length;
  memcpy(place + DNS_LENGTH, query, length);
  stream->unsent += DNS_LENGTH + length;
  if (!stream->connected || flush(stream)) return true;
  disconnect(stream);
  return false;
}

void stream_open(int fd, int family) {
  if (fd < 0) return;
  struct stream *stream = calloc(1, sizeof *stream);
  if (!stream) fail("resolver");
  stream->fd = fd;
  streams[family == AF_INET6] = stream;
}
