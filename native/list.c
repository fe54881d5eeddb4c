// A growing list of strings, always ended by NULL so that it can be handed to execve.
#define _GNU_SOURCE
#include <stdlib.h>

#include "slipway.h"

void list_add(struct list *list, char *item) {
  char **items = realloc(list->items, (list->count + 2) * sizeof *items);
  if (items == NULL) fail("memory");
  items[list->count] = item;
  items[list->count + 1] = NULL;
  list->items = items;
  list->count++;
}
