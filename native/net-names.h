// The names tables that a container's questions are answered from.
#pragma once
#include "slipway.h"

struct names_address {
  bool v6;
  uint8_t bytes[16];
};

// Where published ports lead, as a table says.
enum names_ports { PORTS_UNSAID, PORTS_NOWHERE, PORTS_SAID };

void names_open(const struct list *paths);
enum names_ports names_ports(struct names_address *address);
// Addresses of a name in lower case, all tables together, at most `limit`. Negative: no table has the name.
int names_find(const char *name, struct names_address *addresses, int limit);
// The name that is first in the line of an address; NULL: none.
const char *names_reverse(const struct names_address *address);
// The address that a name below in-addr.arpa or ip6.arpa stands for.
bool names_parse_reverse(const char *name, struct names_address *address);
