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
  if (length < 0 || (size_t)length >= sizeof path) failf("sysctl", "\"%s\" is not a name", key);
  // Whichever stands first parts the name, and the other one is part of it: net.ipv4.conf.eth0/1.forwarding.
  if (key[strcspn(key, "./")] == '.')
    for (char *at = path + strlen("/proc/sys/"); *at != '\0'; at++)
      if (*at == '.' || *at == '/') *at = *at == '.' ? '/' : '.';
  if (strstr(path, "..") != NULL) failf("sysctl", "\"%s\" is not a name", key);
  int fd = open(path, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, value, strlen(value)) < 0) failf("sysctl", "%s: %s", key, strerror(errno));
  close(fd);
}
