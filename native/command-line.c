// The kernel shows arguments from where it has put them, one behind the other: what is written there is what is shown.
#include "command-line.h"

#include <stddef.h>
#include <string.h>

static char *begin;
static size_t length;

void command_line_show_as_shim(char **argv) {
  begin = argv[0];
  for (int i = 0; argv[i] != NULL; i++) {
    length = (size_t)(argv[i] + strlen(argv[i]) - begin);
    if (strcmp(argv[i], "starter") == 0) memcpy(argv[i], "shim\0\0\0", strlen("starter"));
  }
}

void command_line_replace(const char *text) {
  if (begin == NULL) return;
  memset(begin, 0, length);
  strncpy(begin, text, length);
}
