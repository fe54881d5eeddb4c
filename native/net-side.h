// What the parts of the process beside a container share: one event loop, and lists whose members grow old.
#pragma once
#include "slipway.h"
#include <netinet/in.h>
#include <stdint.h>
#include <sys/epoll.h>
#include <sys/socket.h>

// net-loop.c

// Something with a descriptor; the first member of what it belongs to.
struct watch {
  void (*ready)(struct watch *watch, uint32_t events);
  int fd;
};
bool watch_start(struct watch *watch, uint32_t events);
void watch_change(struct watch *watch, uint32_t events);
// Closes the descriptor. Events that were fetched already no longer reach it; its memory may be given to loop_bury.
void watch_end(struct watch *watch);
// No longer watches the descriptor, but keeps it open; events that were fetched already no longer reach it.
void watch_stop(struct watch *watch);
// Frees memory once no fetched event can point at it.
void loop_bury(void *memory);

// A member of a list in which all live equally long after their last use.
struct aged {
  struct aged *older, *younger;
  int64_t deadline; // milliseconds of the loop's clock
};
struct age_list {
  struct aged *oldest, *youngest;
  int64_t lifetime; // milliseconds
  void (*expired)(struct aged *member); // called when its time is over; it is out of the list then
  struct age_list *next;
};
void age_list_register(struct age_list *list);
void age_start(struct age_list *list, struct aged *member); // enters it, or makes it young again
void age_end(struct age_list *list, struct aged *member);

// Work that goes on in the next round, after everyone else had a turn. Returns whether there is more.
void loop_set_backlog(bool (*work)(void));
__attribute__((noreturn)) void loop_run(void);
void loop_open(void);

#define CONTAINER_OF(pointer, type, member) ((type *)((char *)(pointer) - offsetof(type, member)))

// net-proxy-tcp.c, net-proxy-udp.c, net-resolver.c: each starts its watches and returns.
void tcp_proxy_start(int listener, const struct sockaddr_storage *target);
void udp_proxy_start(int socket, const struct sockaddr_storage *target);
void resolver_start(const struct side *side);

// net-side.c: where a published port leads by now: the container may have come to another network. False: nowhere.
bool side_port_target(struct sockaddr_storage *target);

// net-address.c: an IP address and port. False: not an address.
bool address_parse(const char *text, int port, struct sockaddr_storage *address);
socklen_t address_length(const struct sockaddr_storage *address);
