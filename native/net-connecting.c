// Connections that nobody has answered yet. Where packets are dropped without a word that takes minutes, and each holds descriptors
// that others may need: then those that have waited for long make room.
#include "net-connecting.h"
#include <stddef.h>

enum {
  PATIENCE = 3 * 1000,      // milliseconds; whoever answers later than that is rare
  FOR_EVER = 10 * 60 * 1000 // the kernel gives up before
};

static void grown_old(struct aged *member);
static void given_up(struct aged *member);

static struct age_list young = {.lifetime = PATIENCE, .expired = grown_old};
static struct age_list old = {.lifetime = FOR_EVER, .expired = given_up};

static void grown_old(struct aged *member) {
  CONTAINER_OF(member, struct connecting, aged)->is_old = true;
  age_start(&old, member);
}

static void given_up(struct aged *member) {
  struct connecting *connecting = CONTAINER_OF(member, struct connecting, aged);
  connecting->give_up(connecting);
}

void connecting_open(void) {
  age_list_register(&young);
  age_list_register(&old);
}

void connecting_begin(struct connecting *connecting) { age_start(&young, &connecting->aged); }

void connecting_end(struct connecting *connecting) { age_end(connecting->is_old ? &old : &young, &connecting->aged); }

bool connecting_make_room(void) {
  struct aged *member = old.oldest;
  if (!member) return false;
  age_end(&old, member);
  given_up(member);
  return true;
}
