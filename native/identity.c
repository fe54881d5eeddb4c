#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "channel.h"
#include "fail.h"
#include "identity.h"
#include "rooted.h"

enum { FIELDS = 7 };

// A file of the image: nothing but a regular file is read, whatever is there under that name.
static FILE *open_database(int root, const char *path) {
  int fd = rooted_open(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) return NULL;
  struct stat status;
  if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
    close(fd);
    return NULL;
  }
  return fdopen(fd, "r");
}

// Splits at colons; false for a line with too few fields.
static bool split(char *line, char *fields[FIELDS], size_t least) {
  line[strcspn(line, "\n")] = '\0';
  size_t count = 0;
  for (char *rest = line; count < FIELDS && rest != NULL;) fields[count++] = strsep(&rest, ":");
  for (size_t i = count; i < FIELDS; i++) fields[i] = "";
  return count >= least;
}

static bool parse_id(const char *text, unsigned *id) {
  if (*text < '0' || *text > '9') return false;
  char *end;
  unsigned long long value = strtoull(text, &end, 10);
  if (*end != '\0' || value > 0x7fffffff) return false;
  *id = (unsigned)value;
  return true;
}

// A number that is no id is no name either.
__attribute__((noreturn)) static void refuse(const char *kind, const char *name, const char *file) {
  const char *digits = name + (*name == '-');
  if (*digits != '\0' && strspn(digits, "0123456789") == strlen(digits)) fail_code(CODE_SETUP, "uids and gids must be in range 0-2147483647");
  fail_code(CODE_SETUP, "unable to find %s %s: no matching entries in %s file", kind, name, file);
}

static void add_group(struct identity *identity, gid_t gid) {
  for (size_t i = 0; i < identity->group_count; i++)
    if (identity->groups[i] == gid) return;
  gid_t *groups = realloc(identity->groups, (identity->group_count + 1) * sizeof *groups);
  if (groups == NULL) fail("memory");
  groups[identity->group_count++] = gid;
  identity->groups = groups;
}

// `name` receives the user's name, which the group file goes by.
static void resolve_user(struct identity *identity, const char *user, int root, char *name, size_t size) {
  unsigned id = 0, uid, gid;
  bool is_id = parse_id(user, &id), is_found = false;
  char *line = NULL, *fields[FIELDS];
  size_t capacity = 0;
  FILE *file = open_database(root, "/etc/passwd");
  while (!is_found && file != NULL && getline(&line, &capacity, file) > 0) {
    if (!split(line, fields, 4) || !parse_id(fields[2], &uid) || !parse_id(fields[3], &gid)) continue;
    if (strcmp(fields[0], user) != 0 && !(is_id && uid == id)) continue;
    is_found = true;
    identity->uid = uid;
    identity->gid = gid;
    snprintf(name, size, "%s", fields[0]);
    if (*fields[5] != '\0') snprintf(identity->home, sizeof identity->home, "%s", fields[5]);
  }
  free(line);
  if (file != NULL) fclose(file);
  if (is_found) return;
  if (!is_id) refuse("user", user, "passwd");
  identity->uid = id;
}

static bool lists_member(const char *members, const char *name) {
  size_t length = strlen(name);
  for (const char *at = members; length > 0 && *at != '\0';) {
    size_t size = strcspn(at, ",");
    if (size == length && memcmp(at, name, length) == 0) return true;
    at += size + (at[size] == ',');
  }
  return false;
}

// Finds `wanted` (NULL: none) by name or number, and adds every group that lists `member` (NULL: none).
static bool search_groups(struct identity *identity, int root, const char *wanted, const char *member, gid_t *found) {
  unsigned id = 0, gid;
  bool is_id = wanted != NULL && parse_id(wanted, &id), is_found = false;
  char *line = NULL, *fields[FIELDS];
  size_t capacity = 0;
  FILE *file = open_database(root, "/etc/group");
  while (file != NULL && getline(&line, &capacity, file) > 0) {
    if (!split(line, fields, 3) || !parse_id(fields[2], &gid)) continue;
    if (member != NULL && lists_member(fields[3], member)) add_group(identity, gid);
    if (wanted == NULL || is_found || strcmp(fields[0], wanted) != 0) continue;
    is_found = true;
    *found = gid;
  }
  free(line);
  if (file != NULL) fclose(file);
  if (!is_found && is_id) *found = id;
  return is_found || is_id;
}

static gid_t require_group(struct identity *identity, int root, const char *group) {
  gid_t gid = 0;
  if (search_groups(identity, root, group, NULL, &gid)) return gid;
  refuse("group", group, "group");
}

// Whether this user namespace has the id at all, and whether it has any but one.
static bool is_mapped(const char *map, unsigned id, bool *is_single) {
  unsigned long inside, outside, count, total = 0;
  bool has = false;
  FILE *file = fopen(map, "re");
  if (file == NULL) fail(map);
  while (fscanf(file, "%lu %lu %lu", &inside, &outside, &count) == 3) {
    total += count;
    has |= id >= inside && id - inside < count;
  }
  fclose(file);
  *is_single = total == 1;
  return has;
}

static void fit_to_namespace(struct identity *identity) {
  bool is_single;
  if (!is_mapped("/proc/self/uid_map", identity->uid, &is_single)) {
    if (!is_single) fail_code(128, "user %u is outside of the subordinate ids", (unsigned)identity->uid);
    channel_warn("user %u is not available without subordinate ids: the process runs as root of its user namespace", (unsigned)identity->uid);
    identity->uid = 0;
  }
  if (!is_mapped("/proc/self/gid_map", identity->gid, &is_single)) {
    if (!is_single) fail_code(128, "group %u is outside of the subordinate ids", (unsigned)identity->gid);
    identity->gid = 0;
  }
  size_t kept = 0;
  for (size_t i = 0; i < identity->group_count; i++)
    if (is_mapped("/proc/self/gid_map", identity->groups[i], &is_single)) identity->groups[kept++] = identity->groups[i];
  if (kept < identity->group_count && !is_single) channel_warn("some additional groups are outside of the subordinate ids");
  identity->group_count = kept;
}

void identity_resolve(struct identity *identity, const struct specification *s, int root) {
  *identity = (struct identity){.home = "/"};
  char user[256], name[256] = "";
  const char *colon = s->user == NULL ? NULL : strchr(s->user, ':');
  const char *group = colon == NULL || colon[1] == '\0' ? NULL : colon + 1;
  size_t length = s->user == NULL ? 0 : colon == NULL ? strlen(s->user) : (size_t)(colon - s->user);
  if (length >= sizeof user) failf("user", "name too long");
  snprintf(user, sizeof user, "%.*s", (int)length, s->user == NULL ? "" : s->user);

  resolve_user(identity, *user == '\0' ? "0" : user, root, name, sizeof name);
  if (group != NULL) identity->gid = require_group(identity, root, group);
  else if (*name != '\0') search_groups(identity, root, NULL, name, NULL);
  // Among the additional ones, too: a program that lays down its own group must not lose what the group is refused (CVE-2022-36109).
  add_group(identity, identity->gid);
  for (size_t i = 0; i < s->groups.count; i++) {
    gid_t gid = require_group(identity, root, s->groups.items[i]);
    add_group(identity, gid);
  }
  if (s->rootless) fit_to_namespace(identity);
}

static bool may_set_groups(void) {
  char answer[16] = "";
  FILE *file = fopen("/proc/self/setgroups", "re");
  if (file == NULL) return true; // no /proc in this root: the kernel decides
  if (fgets(answer, sizeof answer, file) == NULL) answer[0] = '\0';
  fclose(file);
  return strncmp(answer, "deny", 4) != 0;
}

void identity_assume(const struct identity *identity) {
  if (setgroups(identity->group_count, identity->groups) < 0 && (errno != EPERM || may_set_groups())) fail("setgroups");
  if (setresgid(identity->gid, identity->gid, identity->gid) < 0) fail("setgid");
  if (setresuid(identity->uid, identity->uid, identity->uid) < 0) fail("setuid");
}
