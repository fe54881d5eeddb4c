// `net`: changes the engine's network namespace, and the network of a container that runs.
#include "net-netlink.h"
#include "slipway.h"
#include <stdlib.h>
#include <string.h>

static const char *argument(int argc, char **argv, int index) { return index < argc && *argv[index] ? argv[index] : NULL; }

static pid_t parse_pid(const char *text) {
  char *end;
  long pid = strtol(text, &end, 10);
  if (*end || pid <= 0 || pid > INT32_MAX) failf("net", "%s: not a process id", text);
  return (pid_t)pid;
}

static int parse_mtu(const char *text) { return text ? atoi(text) : 0; }

static int connect_container(int argc, char **argv) {
  if (argc != 10) failf("net connect", "expected PID INTERFACE BRIDGE ADDRESS MAC GATEWAY ADDRESS6 GATEWAY6 MTU");
  pid_t pid = parse_pid(argv[1]);
  struct endpoint endpoint = {.interface = argv[2], .bridge = argv[3], .address = argv[4], .mac = argv[5], .gateway = argv[6],
                              .address6 = argv[7], .gateway6 = argv[8], .mtu = parse_mtu(argv[9])};
  endpoints_create(&endpoint, 1, pid);
  enter_network_namespace(pid);
  endpoints_configure(&endpoint, 1);
  return 0;
}

static int disconnect_container(int argc, char **argv) {
  if (argc != 3) failf("net disconnect", "expected PID INTERFACE");
  enter_network_namespace(parse_pid(argv[1]));
  link_delete(argv[2]);
  return 0;
}

static int change_gateway(int argc, char **argv) {
  if (argc < 4) failf("net gateway", "expected PID INTERFACE GATEWAY [GATEWAY6]");
  enter_network_namespace(parse_pid(argv[1]));
  default_route(argv[2], argv[3], argument(argc, argv, 4));
  return 0;
}

static int dispatch(int argc, char **argv) {
  const char *verb = argc > 0 ? argv[0] : "";
  if (!strcmp(verb, "bridge-add") && argc >= 3) {
    bridge_add(argv[1], argument(argc, argv, 2), argument(argc, argv, 3), parse_mtu(argument(argc, argv, 4)));
    return 0;
  }
  if (!strcmp(verb, "bridge-del") && argc == 2) {
    bridge_delete(argv[1]);
    return 0;
  }
  if (!strcmp(verb, "connect")) return connect_container(argc, argv);
  if (!strcmp(verb, "disconnect")) return disconnect_container(argc, argv);
  if (!strcmp(verb, "gateway")) return change_gateway(argc, argv);
  failf("net", "expected bridge-add, bridge-del, connect, disconnect or gateway, not '%s'", verb);
}

int command_net(int argc, char **argv) {
  if (anchor_pid && anchor_rootless) enter_user_namespace(anchor_pid);
  if (anchor_pid) enter_network_namespace(anchor_pid);
  return dispatch(argc, argv);
}
