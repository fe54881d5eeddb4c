#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "slipway.h"
#include "sysctl.h"

void sysctl_set(const char *key, const char *value) {
  char path[512];
  int length = snprintf(path, sizeof path, "/proc/sys/%s", key);
  if (length < 0 || (size_t)length >= sizeof path || strstr(key, "..") != NULL) failf("sysctl", "\"%s\" is not a name", key);
  for (char *at = path + strlen("/proc/sys/"); *at != '\0'; at++)
    if (*at == '.') *at = '/';
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, value, strlen(value)) < 0) failf("sysctl", "%s: %s", key, strerror(errno));
  close(fd);
}
