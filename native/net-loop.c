// The event loop of the process beside a container.
#include "net-side.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { ROUND = 256 };

static int epoll = -1;
static int64_t now;
static struct age_list *age_lists;
static bool (*backlog)(void);

// What died in this round.
static struct grave {
  struct grave *next;
  void *memory;
} *graves;

static void ignore(struct watch *watch, uint32_t events) {
  (void)watch;
  (void)events;
}

static void read_clock(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  now = (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

void loop_open(void) {
  epoll = epoll_create1(EPOLL_CLOEXEC);
  if (epoll < 0) fail("epoll_create1");
  read_clock();
}

bool watch_start(struct watch *watch, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = watch};
  return epoll_ctl(epoll, EPOLL_CTL_ADD, watch->fd, &event) == 0;
}

void watch_change(struct watch *watch, uint32_t events) {
  struct epoll_event event = {.events = events, .data.ptr = watch};
  epoll_ctl(epoll, EPOLL_CTL_MOD, watch->fd, &event);
}

void watch_stop(struct watch *watch) {
  if (watch->fd >= 0) epoll_ctl(epoll, EPOLL_CTL_DEL, watch->fd, NULL);
  watch->fd = -1;
  watch->ready = ignore;
}

void watch_end(struct watch *watch) {
  if (watch->fd >= 0) close(watch->fd);
  watch->fd = -1;
  watch->ready = ignore;
}

void loop_bury(void *memory) {
  struct grave *grave = malloc(sizeof *grave);
  if (!grave) return; // losing a little memory is better than losing the container's ports
  *grave = (struct grave){graves, memory};
  graves = grave;
}

static void empty_graves(void) {
  while (graves) {
    struct grave *grave = graves;
    graves = grave->next;
    free(grave->memory);
    free(grave);
  }
}

void age_list_register(struct age_list *list) {
  list->next = age_lists;
  age_lists = list;
}

void age_end(struct age_list *list, struct aged *member) {
  if (!member->deadline) return;
  *(member->older ? &member->older->younger : &list->oldest) = member->younger;
  *(member->younger ? &member->younger->older : &list->youngest) = member->older;
  *member = (struct aged){0};
}

void age_start(struct age_list *list, struct aged *member) {
  age_end(list, member);
  member->deadline = now + list->lifetime;
  member->older = list->youngest;
  *(list->youngest ? &list->youngest->younger : &list->oldest) = member;
  list->youngest = member;
}

static int wait_time(void) {
  int64_t next = -1;
  for (struct age_list *list = age_lists; list; list = list->next)
    if (list->oldest && (next < 0 || list->oldest->deadline < next)) next = list->oldest->deadline;
  if (next < 0) return -1;
  int64_t left = next - now;
  return left < 0 ? 0 : left > 60000 ? 60000 : (int)left;
}

static void expire(void) {
  for (struct age_list *list = age_lists; list; list = list->next) {
    while (list->oldest && list->oldest->deadline <= now) {
      struct aged *member = list->oldest;
      age_end(list, member);
      list->expired(member);
    }
  }
}

void loop_set_backlog(bool (*work)(void)) { backlog = work; }

void loop_run(void) {
  struct epoll_event events[ROUND];
  bool more = false;
  for (;;) {
    int count = epoll_wait(epoll, events, ROUND, more ? 0 : wait_time());
    if (count < 0 && errno != EINTR) fail("epoll_wait");
    read_clock();
    for (int i = 0; i < count; i++) {
      struct watch *watch = events[i].data.ptr;
      watch->ready(watch, events[i].events);
    }
    more = backlog && backlog();
    expire();
    empty_graves();
  }
}
