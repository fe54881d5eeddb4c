// Flags are the kernel's, under the names mount(8) gives them; everything else belongs to the file system.
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "mount-options.h"

static const struct flag {
  const char *name;
  unsigned long flag;
  uint64_t attribute;
  unsigned long cleared; // of the flags that came before
} flags[] = {
    {"rw", 0, 0, MS_RDONLY},
    {"ro", MS_RDONLY, MOUNT_ATTR_RDONLY, 0},
    {"suid", 0, 0, MS_NOSUID},
    {"nosuid", MS_NOSUID, MOUNT_ATTR_NOSUID, 0},
    {"dev", 0, 0, MS_NODEV},
    {"nodev", MS_NODEV, MOUNT_ATTR_NODEV, 0},
    {"exec", 0, 0, MS_NOEXEC},
    {"noexec", MS_NOEXEC, MOUNT_ATTR_NOEXEC, 0},
    {"async", 0, 0, MS_SYNCHRONOUS},
    {"sync", MS_SYNCHRONOUS, 0, 0},
    {"dirsync", MS_DIRSYNC, 0, 0},
    {"atime", 0, 0, MS_NOATIME},
    {"noatime", MS_NOATIME, MOUNT_ATTR_NOATIME, 0},
    {"diratime", 0, 0, MS_NODIRATIME},
    {"nodiratime", MS_NODIRATIME, MOUNT_ATTR_NODIRATIME, 0},
    {"relatime", MS_RELATIME, MOUNT_ATTR_RELATIME, 0},
    {"norelatime", 0, 0, MS_RELATIME},
    {"strictatime", MS_STRICTATIME, MOUNT_ATTR_STRICTATIME, 0},
    {"nostrictatime", 0, 0, MS_STRICTATIME},
    {"defaults", 0, 0, 0},
};

static const struct propagation {
  const char *name;
  uint64_t value;
  bool recursive;
} propagations[] = {
    {"private", MS_PRIVATE, false}, {"rprivate", MS_PRIVATE, true}, {"shared", MS_SHARED, false},
    {"rshared", MS_SHARED, true},   {"slave", MS_SLAVE, false},     {"rslave", MS_SLAVE, true},
};

// A comma after a backslash is part of a value: overlay's way to have commas in paths.
static size_t option_length(const char *option) {
  size_t length = 0;
  while (option[length] != '\0' && option[length] != ',') length += option[length] == '\\' && option[length + 1] != '\0' ? 2 : 1;
  return length;
}

static bool is_named(const char *option, size_t length, const char *name) {
  return strlen(name) == length && memcmp(option, name, length) == 0;
}

static bool take_flag(struct mount_options *parsed, const char *option, size_t length) {
  for (size_t i = 0; i < sizeof flags / sizeof *flags; i++) {
    if (!is_named(option, length, flags[i].name)) continue;
    parsed->flags = (parsed->flags & ~flags[i].cleared) | flags[i].flag;
    parsed->attributes |= flags[i].attribute;
    return true;
  }
  for (size_t i = 0; i < sizeof propagations / sizeof *propagations; i++) {
    if (!is_named(option, length, propagations[i].name)) continue;
    parsed->propagation = propagations[i].value;
    parsed->recursive_propagation = propagations[i].recursive;
    return true;
  }
  return false;
}

// The value of `name=…`, with what a backslash protects unprotected; NULL where the option is another.
static char *own_value(const char *option, size_t length, const char *name) {
  size_t name_length = strlen(name);
  if (length <= name_length || memcmp(option, name, name_length) != 0 || option[name_length] != '=') return NULL;
  char *value = malloc(length), *out = value;
  if (value == NULL) fail("memory");
  for (const char *at = option + name_length + 1; at < option + length; at++) {
    if (*at == '\\' && at + 1 < option + length) at++;
    *out++ = *at;
  }
  *out = '\0';
  return value;
}

// Those that are the engine's and not the kernel's.
static bool take_own(struct mount_options *parsed, const char *option, size_t length) {
  if (is_named(option, length, "ro-here")) return parsed->readonly_here = true;
  char *subpath = own_value(option, length, "subpath"), *shared_with = own_value(option, length, "shared-with");
  if (subpath != NULL) parsed->subpath = subpath;
  if (shared_with != NULL) parsed->shared_with = shared_with;
  return subpath != NULL || shared_with != NULL;
}

struct mount_options mount_options_parse(const char *options) {
  struct mount_options parsed = {.data = malloc(strlen(options) + 1)};
  if (parsed.data == NULL) fail("memory");
  char *out = parsed.data;
  for (const char *at = options; *at != '\0';) {
    size_t length = option_length(at);
    if (length > 0 && !take_flag(&parsed, at, length) && !take_own(&parsed, at, length)) {
      if (out != parsed.data) *out++ = ',';
      memcpy(out, at, length);
      out += length;
    }
    at += length;
    if (*at == ',') at++;
  }
  *out = '\0';
  return parsed;
}

void mount_options_free(struct mount_options *options) {
  free(options->subpath);
  free(options->shared_with);
  free(options->data);
}

static char *find_value(char *data, const char *name, size_t *length) {
  for (char *at = data; *at != '\0';) {
    *length = option_length(at);
    size_t name_length = strlen(name);
    if (*length > name_length && at[name_length] == '=' && memcmp(at, name, name_length) == 0) return at;
    at += *length;
    if (*at == ',') at++;
  }
  return NULL;
}

bool mount_options_drop(char *data, const char *name) {
  size_t length;
  char *at = find_value(data, name, &length);
  if (at == NULL) return false;
  char *rest = at + length;
  if (*rest == ',') rest++;
  else if (at > data) at--; // the last one takes the comma before it along
  memmove(at, rest, strlen(rest) + 1);
  return true;
}

char *mount_options_value(const char *data, const char *name) {
  size_t length;
  char *at = find_value((char *)data, name, &length);
  return at == NULL ? NULL : strndup(at + strlen(name) + 1, length - strlen(name) - 1);
}
