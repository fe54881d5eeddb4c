#pragma once

// Sets "a.b.c" of the caller's namespaces. The caller sees the host's /proc, which shows the namespaces of whoever looks.
void sysctl_set(const char *key, const char *value);
