// Tables of names, read again when the file has been replaced. Finding that out costs one stat(2) per table and question.
#define _GNU_SOURCE
#include "net-names.h"
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { TABLE_SIZE = 16 * 1024 * 1024 };

struct name {
  const char *text;
  size_t line; // index of its address
};

struct line {
  struct names_address address;
  const char *first;
};

// A name of a container's own for one that others are known by.
struct alias {
  const char *text, *target;
};

struct table {
  char *path;
  struct table *next;     // of the tables side by side
  struct table *included; // those named in its `include` lines
  bool known;             // `version` is of what was read
  struct stat version;
  char *text;
  struct line *lines;
  struct name *names; // sorted
  struct alias *aliases;
  size_t line_count, name_count, alias_count;
  enum names_ports ports; // of the `ports` line
  struct names_address ports_address;
};

static struct table *tables;

static struct table *table_new(char *path, struct table *next) {
  struct table *table = calloc(1, sizeof *table);
  if (!table || !path) fail("names table");
  table->path = path;
  table->next = next;
  return table;
}

static void clear(struct table *table) {
  while (table->included) {
    struct table *first = table->included;
    table->included = first->next;
    clear(first);
    free(first->path);
    free(first);
  }
  free(table->text);
  free(table->lines);
  free(table->names);
  free(table->aliases);
  *table = (struct table){.path = table->path, .next = table->next};
}

void names_open(const struct list *paths) {
  for (size_t i = paths->count; i > 0; i--) tables = table_new(strdup(paths->items[i - 1]), tables);
}

static bool parse_address(const char *text, struct names_address *address) {
  *address = (struct names_address){0};
  if (inet_pton(AF_INET, text, address->bytes) == 1) return true;
  address->v6 = true;
  return inet_pton(AF_INET6, text, address->bytes) == 1;
}

static void *grow(void *items, size_t count, size_t size) {
  // Room doubles at each power of two.
  if (count & (count - 1)) return items;
  void *more = realloc(items, (count ? count * 2 : 1) * size);
  if (!more) fail("names table");
  return more;
}

static void add_include(struct table *table, const char *file) {
  const char *slash = strrchr(table->path, '/');
  char *path;
  int folder = slash ? (int)(slash - table->path) + 1 : 0;
  if (asprintf(&path, "%.*s%s", folder, table->path, file) < 0) fail("names table");
  table->included = table_new(path, table->included);
}

static char *next_word(char **rest) { return strtok_r(NULL, " \t\r", rest); }

static void add_alias(struct table *table, const char *text, const char *target) {
  if (!text || !target) return;
  table->aliases = grow(table->aliases, table->alias_count, sizeof *table->aliases);
  table->aliases[table->alias_count++] = (struct alias){text, target};
}

static void read_line(struct table *table, char *text, bool with_includes) {
  char *rest = NULL, *word = strtok_r(text, " \t\r", &rest);
  struct line line = {0};
  if (!word) return;
  if (strcmp(word, "include") == 0) {
    char *file = next_word(&rest);
    if (with_includes && file && !strchr(file, '/')) add_include(table, file);
    return;
  }
  if (strcmp(word, "alias") == 0) {
    const char *alias = next_word(&rest);
    add_alias(table, alias, next_word(&rest));
    return;
  }
  if (strcmp(word, "ports") == 0) {
    const char *address = next_word(&rest);
    table->ports = address && parse_address(address, &table->ports_address) ? PORTS_SAID : PORTS_NOWHERE;
    return;
  }
  if (!parse_address(word, &line.address)) return;
  while ((word = next_word(&rest))) {
    for (char *letter = word; *letter; letter++) *letter = (char)tolower((unsigned char)*letter);
    if (!line.first) line.first = word;
    table->names = grow(table->names, table->name_count, sizeof *table->names);
    table->names[table->name_count++] = (struct name){word, table->line_count};
  }
  table->lines = grow(table->lines, table->line_count, sizeof *table->lines);
  table->lines[table->line_count++] = line;
}

static int compare_names(const void *a, const void *b) {
  const struct name *left = a, *right = b;
  int order = strcmp(left->text, right->text);
  return order ? order : (left->line > right->line) - (left->line < right->line);
}

static char *read_text(int fd, size_t size) {
  char *text = malloc(size + 1);
  size_t used = 0;
  while (text && used < size) {
    ssize_t count = read(fd, text + used, size - used);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    used += (size_t)count;
  }
  if (text) text[used] = 0;
  return text;
}

static bool same_version(const struct stat *a, const struct stat *b) {
  return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
         a->st_mtim.tv_sec == b->st_mtim.tv_sec && a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

static void load(struct table *table, bool with_includes) {
  int fd = open(table->path, O_RDONLY | O_CLOEXEC);
  struct stat version;
  if (fd < 0) return;
  char *text = NULL;
  if (fstat(fd, &version) == 0 && S_ISREG(version.st_mode) && version.st_size <= TABLE_SIZE)
    text = read_text(fd, (size_t)version.st_size);
  close(fd);
  if (!text) return; // what was known stays until it can be read
  clear(table);
  table->text = text;
  table->known = true;
  table->version = version;
  char *rest = NULL;
  for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) read_line(table, line, with_includes);
  if (table->name_count > 1) qsort(table->names, table->name_count, sizeof *table->names, compare_names);
}

static void refresh(struct table *list, bool with_includes) {
  for (struct table *table = list; table; table = table->next) {
    struct stat version;
    if (stat(table->path, &version) < 0) {
      if (errno == ENOENT) clear(table);
    } else if (!table->known || !same_version(&version, &table->version)) {
      load(table, with_includes);
    }
    refresh(table->included, false);
  }
}

// The first entry of a name in a sorted table, or where it would be.
static size_t lower_bound(const struct table *table, const char *name) {
  size_t low = 0, high = table->name_count;
  while (low < high) {
    size_t middle = low + (high - low) / 2;
    if (strcmp(table->names[middle].text, name) < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return low;
}

static bool is_among(const struct names_address *addresses, int count, const struct names_address *address) {
  for (int i = 0; i < count; i++)
    if (memcmp(&addresses[i], address, sizeof *address) == 0) return true;
  return false;
}

static int collect(const struct table *list, const char *name, struct names_address *addresses, int limit, int count) {
  for (const struct table *table = list; table; table = table->next) {
    for (size_t i = lower_bound(table, name); i < table->name_count && !strcmp(table->names[i].text, name); i++) {
      const struct names_address *address = &table->lines[table->names[i].line].address;
      if (count < limit && !is_among(addresses, count, address)) addresses[count++] = *address;
    }
    count = collect(table->included, name, addresses, limit, count);
  }
  return count;
}

int names_find(const char *name, struct names_address *addresses, int limit) {
  refresh(tables, true);
  int count = collect(tables, name, addresses, limit, 0);
  for (const struct table *table = tables; table; table = table->next)
    for (size_t i = 0; i < table->alias_count; i++)
      if (strcmp(table->aliases[i].text, name) == 0) count = collect(tables, table->aliases[i].target, addresses, limit, count);
  return count > 0 ? count : -1;
}

enum names_ports names_ports(struct names_address *address) {
  refresh(tables, true);
  for (const struct table *table = tables; table; table = table->next) {
    if (table->ports == PORTS_UNSAID) continue;
    *address = table->ports_address;
    return table->ports;
  }
  return PORTS_UNSAID;
}

static const char *reverse_in(const struct table *list, const struct names_address *address) {
  for (const struct table *table = list; table; table = table->next) {
    for (size_t i = 0; i < table->line_count; i++) {
      const struct line *line = &table->lines[i];
      if (line->first && memcmp(&line->address, address, sizeof *address) == 0) return line->first;
    }
    const char *found = reverse_in(table->included, address);
    if (found) return found;
  }
  return NULL;
}

const char *names_reverse(const struct names_address *address) {
  refresh(tables, true);
  return reverse_in(tables, address);
}

static bool parse_reverse_v6(const char *name, size_t length, struct names_address *address) {
  *address = (struct names_address){.v6 = true};
  if (length != 63) return false; // 32 digits and the dots between them
  for (size_t i = 0; i < 32; i++) {
    char digit = name[i * 2];
    if (!isxdigit((unsigned char)digit) || (i < 31 && name[i * 2 + 1] != '.')) return false;
    unsigned value = digit <= '9' ? (unsigned)(digit - '0') : (unsigned)(digit - 'a' + 10);
    address->bytes[15 - i / 2] |= (uint8_t)(value << (i % 2 ? 4 : 0));
  }
  return true;
}

bool names_parse_reverse(const char *name, struct names_address *address) {
  static const char v4[] = ".in-addr.arpa", v6[] = ".ip6.arpa";
  size_t length = strlen(name);
  if (length > sizeof v6 && strcmp(name + length - sizeof v6 + 1, v6) == 0)
    return parse_reverse_v6(name, length - sizeof v6 + 1, address);
  if (length <= sizeof v4 || strcmp(name + length - sizeof v4 + 1, v4) != 0) return false;
  unsigned bytes[4];
  char end;
  if (sscanf(name, "%3u.%3u.%3u.%3u.in-addr.arp%c", bytes + 3, bytes + 2, bytes + 1, bytes, &end) != 5) return false;
  *address = (struct names_address){0};
  for (int i = 0; i < 4; i++) {
    if (bytes[i] > 255) return false;
    address->bytes[i] = (uint8_t)bytes[i];
  }
  return true;
}
