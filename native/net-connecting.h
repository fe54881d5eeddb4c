// Connections that nobody has answered yet; for net-proxy-tcp.c.
#pragma once
#include "net-side.h"

struct connecting {
  struct aged aged;
  bool is_old;
  void (*give_up)(struct connecting *connecting); // it is over; no call of connecting_end is needed any more, nor does one harm
};

void connecting_open(void);
void connecting_begin(struct connecting *connecting);
void connecting_end(struct connecting *connecting); // answered, or over; as often as one likes
// Gives up the one that has waited for longest, if any has waited long.
bool connecting_make_room(void);
