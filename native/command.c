#define _GNU_SOURCE
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "fail.h"

static const char default_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

static const char *variable(char **env, const char *name) {
  size_t length = strlen(name);
  for (char **item = env; item != NULL && *item != NULL; item++)
    if (strncmp(*item, name, length) == 0 && (*item)[length] == '=') return *item + length + 1;
  return NULL;
}

void command_set_home(struct list *env, const char *home) {
  const char *given = variable(env->items, "HOME");
  if (given != NULL && *given != '\0') return;
  char *text = NULL;
  if (asprintf(&text, "HOME=%s", home) < 0) fail("memory");
  if (given == NULL) list_add(env, text);
  else
    for (size_t i = 0; i < env->count; i++)
      if (strcmp(env->items[i], "HOME=") == 0) env->items[i] = text;
}

__attribute__((noreturn)) static void refuse(const char *command, const char *path, int error) {
  struct stat status;
  if (stat(path, &status) == 0 && S_ISDIR(status.st_mode))
    fail_code(CODE_CANNOT_RUN, "exec: \"%s\": is a directory: permission denied", command);
  if (error == ENOENT || error == ENOTDIR) fail_code(CODE_NOT_FOUND, "exec: \"%s\": stat %s: %s", command, path, reason(error));
  if (error == EACCES) fail_code(CODE_CANNOT_RUN, "exec: \"%s\": permission denied", command);
  fail_code(CODE_SETUP, "exec %s: %s", path, reason(error));
}

static bool is_executable(const char *path) {
  struct stat status;
  return stat(path, &status) == 0 && !S_ISDIR(status.st_mode) && access(path, X_OK) == 0;
}

// The first file of that name that may be executed, as a shell would find it; a name that is there but may not be is kept in `denied`.
static bool search(const char *command, const char *path, char found[PATH_MAX], bool *is_denied) {
  for (const char *at = path;; at++) {
    size_t length = strcspn(at, ":");
    int written = snprintf(found, PATH_MAX, "%.*s%s%s", (int)length, at, length == 0 ? "./" : "/", command);
    if (written > 0 && written < PATH_MAX) {
      if (is_executable(found)) return true;
      struct stat status;
      if (stat(found, &status) == 0 && S_ISREG(status.st_mode)) *is_denied = true;
    }
    at += length;
    if (*at == '\0') return false;
  }
}

void command_execute(char **args, char **env) {
  static char *const empty[] = {NULL};
  const char *command = args[0];
  char **environment = env != NULL ? env : (char **)empty;
  char found[PATH_MAX];
  if (strchr(command, '/') != NULL) {
    execve(command, args, environment);
    refuse(command, command, errno);
  }
  const char *path = variable(environment, "PATH");
  bool is_denied = false;
  if (*command == '\0' || !search(command, path != NULL ? path : default_path, found, &is_denied)) {
    if (is_denied) fail_code(CODE_CANNOT_RUN, "exec: \"%s\": permission denied", command);
    fail_code(CODE_NOT_FOUND, "exec: \"%s\": executable file not found in $PATH", command);
  }
  execve(found, args, environment);
  refuse(command, found, errno);
}
