// Drives the networking files of the native binary without the rest of it: `net …` as the binary has it, and `side`, which does
// what `run` does for a container's ports and DNS.
//   side ENGINE_PID CONTAINER_PID [publish PROTOCOL HOST_ADDRESS HOST_PORT ADDRESS PORT | names PATH | upstream ADDRESS | resolver PORT]…
//   way outside|host ADDRESS PORT   prints where a container's connection to that address goes on to, or "nowhere"
// `side` prints the report of the bound ports and an empty line, and serves until it is killed. The caller is the host.
#define _GNU_SOURCE
#include "../../native/net-egress.h"
#include "../../native/net-side.h"
#include "../../native/slipway.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

pid_t anchor_pid;
bool anchor_rootless;

void fail(const char *step) {
  fprintf(stderr, "slipway-native: %s: %s\n", step, strerror(errno));
  exit(1);
}

void failf(const char *step, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  fprintf(stderr, "slipway-native: %s: ", step);
  vfprintf(stderr, format, arguments);
  fputc('\n', stderr);
  exit(1);
}

void list_add(struct list *list, char *item) {
  list->items = realloc(list->items, (list->count + 2) * sizeof *list->items);
  list->items[list->count++] = item;
  list->items[list->count] = NULL;
}

static void enter(const char *path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || setns(fd, CLONE_NEWNET) < 0) fail(path);
  close(fd);
}

void enter_network_namespace(pid_t pid) {
  char path[64];
  snprintf(path, sizeof path, "/proc/%d/ns/net", pid);
  enter(path);
}

void enter_user_namespace(pid_t pid) { failf("enter_user_namespace", "%d: not for this driver", pid); }

static void serve(int argc, char **argv) {
  struct publish ports[64];
  struct side side = {.ports = ports, .resolver = {-1, -1}};
  uint16_t resolver = 0;
  for (int i = 2; i < argc; i++) {
    if (!strcmp(argv[i], "publish") && side.port_count < 64) {
      ports[side.port_count++] = (struct publish){.protocol = argv[i + 1], .host_address = argv[i + 2], .container_address = argv[i + 4],
                                                  .host_port = atoi(argv[i + 3]), .container_port = atoi(argv[i + 5])};
      i += 5;
    } else if (!strcmp(argv[i], "names")) {
      list_add(&side.names, argv[++i]);
    } else if (!strcmp(argv[i], "upstream")) {
      list_add(&side.upstreams, argv[++i]);
    } else if (!strcmp(argv[i], "resolver")) {
      resolver = (uint16_t)atoi(argv[++i]);
    } else {
      failf("side", "%s: unknown", argv[i]);
    }
  }
  publish_listen(ports, side.port_count);
  side.upstream_sockets = upstream_open();
  if (resolver) {
    enter_network_namespace(atoi(argv[1]));
    resolver_listen(resolver, side.resolver);
    resolver_rules(resolver);
  }
  // Everything is bound: what is sent from now on waits to be read.
  char *report = publish_report(ports, side.port_count);
  printf("%s\n", report);
  fflush(stdout);
  free(report);
  enter_network_namespace(atoi(argv[0]));
  side_serve(&side);
}

static int print_way(char **argv) {
  struct sockaddr_storage destination;
  struct way_out way;
  char text[INET6_ADDRSTRLEN];
  if (!address_parse(argv[1], atoi(argv[2]), &destination)) return 2;
  bool leads = strcmp(argv[0], "host") == 0 ? way_to_host(&destination, &way) : way_to_outside(&destination, &way);
  const struct sockaddr_in *v4 = (void *)&way.target;
  const struct sockaddr_in6 *v6 = (void *)&way.target;
  bool is_v6 = way.target.ss_family == AF_INET6;
  inet_ntop(way.target.ss_family, is_v6 ? (const void *)&v6->sin6_addr : &v4->sin_addr, text, sizeof text);
  if (leads) printf("%s %d\n", text, ntohs(is_v6 ? v6->sin6_port : v4->sin_port));
  else puts("nowhere");
  return 0;
}

int main(int argc, char **argv) {
  if (argc == 5 && !strcmp(argv[1], "way")) return print_way(argv + 2);
  if (argc > 2 && !strcmp(argv[1], "--anchor")) {
    anchor_pid = atoi(argv[2]);
    argv += 2;
    argc -= 2;
  }
  if (argc > 2 && !strcmp(argv[1], "net")) return command_net(argc - 2, argv + 2);
  if (argc > 3 && !strcmp(argv[1], "side")) serve(argc - 2, argv + 2);
  return 2;
}
