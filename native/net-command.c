// `net`: changes the engine's network namespace, and the network of a container that runs.
#include "net-netlink.h"
#include "slipway.h"
#include "sysctl.h"
#include <net/if.h>
#include <net/if_arp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static const char *argument(int argc, char **argv, int index) { return index < argc && *argv[index] ? argv[index] : NULL; }

static pid_t parse_pid(const char *text) {
  char *end;
  long pid = strtol(text, &end, 10);
  if (*end || pid <= 0 || pid > INT32_MAX) failf("net", "%s: not a process id", text);
  return (pid_t)pid;
}

static int parse_mtu(const char *text) { return text ? atoi(text) : 0; }

static bool has_mac(int fd, const char *interface, const unsigned char mac[6]) {
  struct ifreq request = {0};
  strncpy(request.ifr_name, interface, IFNAMSIZ - 1);
  if (ioctl(fd, SIOCGIFHWADDR, &request) < 0 || request.ifr_hwaddr.sa_family != ARPHRD_ETHER) return false;
  return memcmp(request.ifr_hwaddr.sa_data, mac, 6) == 0;
}

// The interface with a MAC address, which the engine knows, unlike the name that the kernel chose. NULL: there is none.
static const char *find_by_mac(const unsigned char mac[6]) {
  static char found[IFNAMSIZ];
  int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  struct if_nameindex *interfaces = if_nameindex();
  if (fd < 0 || !interfaces) fail("list interfaces");
  *found = 0;
  for (struct if_nameindex *entry = interfaces; entry->if_index && !*found; entry++)
    if (has_mac(fd, entry->if_name, mac)) snprintf(found, sizeof found, "%s", entry->if_name);
  if_freenameindex(interfaces);
  close(fd);
  return *found ? found : NULL;
}

// An interface of the caller's namespace by its name or its MAC address. NULL: no interface has that address.
static const char *find_interface(const char *text) {
  unsigned char mac[6];
  return parse_mac(text, mac) ? find_by_mac(mac) : text;
}

static int connect_container(int argc, char **argv) {
  if (argc != 11) failf("net connect", "expected PID INTERFACE BRIDGE ADDRESSES MAC GATEWAY ADDRESSES6 GATEWAY6 MTU SUBNETS");
  pid_t pid = parse_pid(argv[1]);
  struct endpoint endpoint = {.interface = argv[2], .bridge = argv[3], .addresses = argv[4], .mac = argv[5], .gateway = argv[6],
                              .addresses6 = argv[7], .gateway6 = argv[8], .mtu = parse_mtu(argv[9]), .subnets = argv[10]};
  endpoints_create(&endpoint, 1, pid);
  enter_network_namespace(pid);
  if (strchr(endpoint.interface, '%')) {
    if (!*endpoint.mac) failf("net connect", "%s: a name with a pattern needs a MAC address", endpoint.interface);
    endpoint.interface = find_interface(endpoint.mac);
    if (!endpoint.interface) failf("net connect", "the interface with MAC address %s has gone", endpoint.mac);
  }
  endpoints_configure(&endpoint, 1);
  return 0;
}

static int disconnect_container(int argc, char **argv) {
  if (argc != 3) failf("net disconnect", "expected PID INTERFACE");
  enter_network_namespace(parse_pid(argv[1]));
  const char *interface = find_interface(argv[2]);
  if (interface) link_delete(interface);
  return 0;
}

static int change_gateway(int argc, char **argv) {
  if (argc < 4) failf("net gateway", "expected PID INTERFACE GATEWAY [GATEWAY6]");
  enter_network_namespace(parse_pid(argv[1]));
  const char *interface = find_interface(argv[2]);
  if (!interface) failf("net gateway", "%s: no interface has this MAC address", argv[2]);
  default_route(interface, argument(argc, argv, 3), argument(argc, argv, 4));
  return 0;
}

static int set_sysctls(int argc, char **argv) {
  if (argc < 5 || argc % 2 == 0) failf("net sysctl", "expected PID INTERFACE KEY VALUE [KEY VALUE]...");
  enter_network_namespace(parse_pid(argv[1]));
  const char *interface = find_interface(argv[2]);
  if (!interface) failf("net sysctl", "%s: no interface has this MAC address", argv[2]);
  for (int i = 3; i < argc; i += 2) {
    char key[256];
    const char *place = strstr(argv[i], "IFNAME");
    if (!place) failf("net sysctl", "%s: IFNAME is not in it", argv[i]);
    snprintf(key, sizeof key, "%.*s%s%s", (int)(place - argv[i]), argv[i], interface, place + strlen("IFNAME"));
    sysctl_set(key, argv[i + 1]);
  }
  return 0;
}

static int add_bridge(int argc, char **argv) {
  struct bridge bridge = {.name = argv[1],
                          .addresses = argument(argc, argv, 2),
                          .addresses6 = argument(argc, argv, 3),
                          .mtu = parse_mtu(argument(argc, argv, 4))};
  for (int i = 5; i < argc; i++) {
    if (!strcmp(argv[i], "outbound"))
      bridge.outbound = true;
    else if (!strcmp(argv[i], "isolated"))
      bridge.isolated = true;
    else
      failf("net bridge-add", "expected outbound or isolated, not '%s'", argv[i]);
  }
  bridge_add(&bridge);
  return 0;
}

static int dispatch(int argc, char **argv) {
  const char *verb = argc > 0 ? argv[0] : "";
  if (!strcmp(verb, "bridge-add") && argc >= 3) return add_bridge(argc, argv);
  if (!strcmp(verb, "bridge-del") && argc == 2) {
    bridge_delete(argv[1]);
    return 0;
  }
  if (!strcmp(verb, "connect")) return connect_container(argc, argv);
  if (!strcmp(verb, "disconnect")) return disconnect_container(argc, argv);
  if (!strcmp(verb, "gateway")) return change_gateway(argc, argv);
  if (!strcmp(verb, "sysctl")) return set_sysctls(argc, argv);
  failf("net", "expected bridge-add, bridge-del, connect, disconnect, gateway or sysctl, not '%s'", verb);
}

int command_net(int argc, char **argv) {
  if (anchor_pid && anchor_rootless) enter_user_namespace(anchor_pid);
  if (anchor_pid) enter_network_namespace(anchor_pid);
  return dispatch(argc, argv);
}
