// Sequenced packets keep messages whole, whoever of several processes sends them.
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "channel.h"
#include "fail.h"

static int reporting_channel = -1;

void channel_pair(int ends[2]) {
  if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) < 0) fail("socketpair");
}

void channel_send(int channel, char type, const char *text, int fd) {
  char control[CMSG_SPACE(sizeof(int))] = {0};
  struct iovec parts[2] = {{&type, 1}, {(char *)text, text == NULL ? 0 : strlen(text)}};
  struct msghdr header = {.msg_iov = parts, .msg_iovlen = 2};
  if (fd >= 0) {
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    struct cmsghdr *item = CMSG_FIRSTHDR(&header);
    item->cmsg_level = SOL_SOCKET;
    item->cmsg_type = SCM_RIGHTS;
    item->cmsg_len = CMSG_LEN(sizeof(int));
    memcpy(CMSG_DATA(item), &fd, sizeof fd);
  }
  while (sendmsg(channel, &header, MSG_NOSIGNAL) < 0 && errno == EINTR) continue;
}

static int descriptor_of(struct msghdr *header) {
  int fd = -1;
  for (struct cmsghdr *item = CMSG_FIRSTHDR(header); item != NULL; item = CMSG_NXTHDR(header, item))
    if (item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_RIGHTS) memcpy(&fd, CMSG_DATA(item), sizeof fd);
  return fd;
}

bool channel_receive(int channel, struct message *message) {
  char control[CMSG_SPACE(sizeof(int))];
  struct iovec parts[2] = {{&message->type, 1}, {message->text, sizeof message->text - 1}};
  struct msghdr header = {
      .msg_iov = parts, .msg_iovlen = 2, .msg_control = control, .msg_controllen = sizeof control};
  ssize_t count;
  while ((count = recvmsg(channel, &header, MSG_CMSG_CLOEXEC)) < 0 && errno == EINTR) continue;
  if (count <= 0) return false;
  message->length = (size_t)count - 1;
  message->text[message->length] = '\0';
  message->fd = descriptor_of(&header);
  return true;
}

static void report(int code, const char *text) {
  char coded[4096];
  snprintf(coded, sizeof coded, "%c%s", (char)code, text);
  channel_send(reporting_channel, CHANNEL_FAILED, coded, -1);
  _exit(1);
}

void channel_reports_failures(int channel) {
  reporting_channel = channel;
  fail_through(report);
}

void channel_warn(const char *format, ...) {
  char text[1024];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  channel_send(reporting_channel, CHANNEL_WARNING, text, -1);
}
