#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "request.h"

enum { LONGEST = 64 * 1024 * 1024 };

static bool receive(int connection, void *bytes, size_t length) {
  for (size_t done = 0; done < length;) {
    ssize_t count = recv(connection, (char *)bytes + done, length - done, MSG_WAITALL);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) return false;
    done += (size_t)count;
  }
  return true;
}

bool request_receive(int connection, struct request *request) {
  unsigned char header[5];
  uint32_t length;
  if (!receive(connection, header, sizeof header)) return false;
  memcpy(&length, header + 1, sizeof length);
  request->type = (char)header[0];
  request->length = ntohl(length);
  if (request->length > LONGEST) return false;
  request->text = malloc(request->length + 1);
  if (request->text == NULL) fail("memory");
  request->text[request->length] = '\0';
  return receive(connection, request->text, request->length);
}
