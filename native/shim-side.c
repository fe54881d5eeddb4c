#include <unistd.h>

#include "shim-side.h"
#include "side.h"

// One that has died at once would do so again.
enum { PAUSE = 500 }; // milliseconds between two starts

int shim_side_due(const struct shim *shim) {
  if (!shim->side_is_missing || !shim->has_started || shim->has_exited) return -1;
  long wait = shim->side_started + PAUSE - shim_clock();
  return wait > 0 ? (int)wait : 0;
}

void shim_side_renew(struct shim *shim) {
  if (shim_side_due(shim) != 0) return;
  pid_t pid = side_start_again(shim->specification, shim->process);
  shim->side_started = shim_clock();
  shim->side_is_missing = pid < 0;
  shim->side = pid < 0 ? 0 : pid;
}

void shim_side_close_ports(struct shim *shim) {
  const struct specification *s = shim->specification;
  for (size_t i = 0; i < s->port_count; i++) {
    // Those that were never bound are 0 or below.
    if (s->ports[i].listener > 2) close(s->ports[i].listener);
    if (s->ports[i].listener6 > 2) close(s->ports[i].listener6);
  }
}
