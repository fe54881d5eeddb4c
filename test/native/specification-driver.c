// Parses the directives on standard input and prints some of what they say.
#include "../../native/specification.h"
#include <stdio.h>

int main(void) {
  static struct specification s;
  specification_read(&s, 0);
  for (size_t i = 0; i < s.endpoint_count; i++)
    printf("%s %s %d %s\n", s.endpoints[i].interface, s.endpoints[i].bridge, s.endpoints[i].mtu, s.endpoints[i].subnets);
  printf("resolver %d\n", s.resolver_port);
  for (size_t i = 0; i < s.args.count; i++) puts(s.args.items[i]);
  return 0;
}
