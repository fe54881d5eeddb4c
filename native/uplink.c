// The process that keeps the uplink: it tries one way after the other, and tells in a file what has come of it.
#define _GNU_SOURCE
#include "uplink.h"
#include "net-nftables.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <ifaddrs.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "descriptors.h"
#include "fail.h"

enum {
  AGAIN = 60, // seconds until ways that were refused are tried again
  REPORT = 2048,
  OTHERS = 2,
};

static int report = -1;
static const struct uplink_options *offered;
static char refused[UPLINK_WAYS][UPLINK_REASON];

// One write of always the same length, so that nobody reads half of it.
static void tell(const char *way) {
  char text[REPORT];
  memset(text, '\n', sizeof text);
  int length = snprintf(text, sizeof text, "wish %s\nway %s\n", offered->wish, way);
  for (size_t i = 0; i < offered->count; i++)
    if (*refused[i]) length += snprintf(text + length, sizeof text - (size_t)length, "refused %s %s\n", offered->ways[i].name, refused[i]);
  text[length] = '\n';
  if (pwrite(report, text, sizeof text, 0) < 0) return; // a full disk: containers are to have a way out all the same
}

static const char *way_of(const struct uplink *uplink, size_t way) {
  return uplink->state == UPLINK_OPEN ? offered->ways[way].name : "proxy";
}

static void remember(size_t way, const char *reason) {
  snprintf(refused[way], sizeof refused[way], "%s", reason);
  for (char *at = refused[way]; *at; at++)
    if (*at == '\n') *at = ' ';
}

void uplink_set(struct uplink *uplink, size_t way, enum uplink_state state) {
  const enum uplink_state before = uplink->state;
  if (before == state) return;
  uplink->state = state;
  uplink_rules(uplink, before);
  if (state == UPLINK_OPEN) remember(way, "");
  tell(way_of(uplink, way));
}

void uplink_refuse(struct uplink *uplink, size_t way, const char *reason) {
  if (uplink->state == UPLINK_CLOSED && strcmp(refused[way], reason) == 0) return;
  remember(way, reason);
  uplink_set(uplink, way, UPLINK_CLOSED);
  tell("proxy");
}

static void read_own_addresses(struct uplink *uplink) {
  struct ifaddrs *all;
  if (getifaddrs(&all) < 0) fail("addresses of the host");
  uplink->own_count = 0;
  for (const struct ifaddrs *one = all; one; one = one->ifa_next) {
    if (!one->ifa_addr || one->ifa_addr->sa_family != AF_INET) continue;
    const in_addr_t address = ((const struct sockaddr_in *)one->ifa_addr)->sin_addr.s_addr;
    bool known = ntohl(address) >> 24 == 127;
    for (size_t i = 0; i < uplink->own_count; i++) known |= uplink->own[i] == address;
    if (known) continue;
    uplink->own = realloc(uplink->own, (uplink->own_count + 1) * sizeof *uplink->own);
    if (!uplink->own) fail("memory");
    uplink->own[uplink->own_count++] = address;
  }
  freeifaddrs(all);
}

void uplink_drain(int notices) {
  static char notice[65536];
  while (recv(notices, notice, sizeof notice, 0) >= 0 || errno == ENOBUFS) continue;
}

static void take_changes(struct uplink *uplink) {
  uplink_drain(uplink->changes);
  read_own_addresses(uplink);
  if (uplink->state != UPLINK_CLOSED) uplink_rules(uplink, uplink->state);
}

void uplink_wait(struct uplink *uplink, struct pollfd *others, size_t count, int milliseconds) {
  struct pollfd all[OTHERS + 1] = {{.fd = uplink->changes, .events = POLLIN}};
  memcpy(all + 1, others, count * sizeof *others);
  if (poll(all, count + 1, milliseconds) < 0 && errno != EINTR) fail("poll");
  memcpy(others, all + 1, count * sizeof *others);
  if (all[0].revents) take_changes(uplink);
}

static int open_changes(void) {
  int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  struct sockaddr_nl addresses = {.nl_family = AF_NETLINK, .nl_groups = RTMGRP_IPV4_IFADDR};
  if (fd < 0 || bind(fd, (struct sockaddr *)&addresses, sizeof addresses) < 0) fail("watching addresses");
  return fd;
}

static int open_rules(const void *nothing) {
  (void)nothing;
  struct netlink_batch batch;
  netlink_open_family(&batch, NETLINK_NETFILTER);
  return batch.fd;
}

// All rules go with their sockets. Whoever started this process will start another at its end, which is not to be soon.
void uplink_give_up(int code, const char *text) {
  (void)code;
  remember(0, text);
  tell("proxy");
  descriptors_keep_only(NULL, 0);
  sigprocmask(SIG_SETMASK, &(sigset_t){0}, NULL); // the anchor's end is this process's, too
  poll(NULL, 0, AGAIN * 1000);
  _exit(1);
}

static void rest(struct uplink *uplink) {
  struct pollfd none;
  const time_t end = time(NULL) + AGAIN;
  for (time_t now; (now = time(NULL)) < end;) uplink_wait(uplink, &none, 0, (int)(end - now) * 1000);
}

void uplink_keep(const struct uplink_options *options, int engine) {
  struct uplink uplink = {.options = options, .engine = engine};
  char why[UPLINK_REASON];
  offered = options;
  report = open(options->report, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
  if (report < 0) fail(options->report);
  fail_through(uplink_give_up);
  uplink.changes = open_changes();
  read_own_addresses(&uplink);
  if (!inside(&uplink, open_rules, NULL, -1, &uplink.rules.fd, why)) failf("uplink", "%s", why);
  tell("proxy");
  for (;;) {
    bool used = false;
    for (size_t i = 0; i < options->count && !used; i++)
      used = options->ways[i].program ? uplink_program(&uplink, i) : uplink_nat(&uplink, i);
    if (!used) rest(&uplink);
  }
}
