// Version 2 of control groups knows no list of devices: a small program, run by the kernel at every opening of a device, decides.
#pragma once
#include "slipway.h"

// One permission. A number of -1 stands for every number, type 'a' for both kinds.
struct device_rule {
  char type; // 'c', 'b' or 'a'
  int major, minor;
  const char *access; // some of "rwm"
};

// Attaches to the group a program that allows what one of the rules allows, and nothing else. False when the kernel refuses, errno says why.
bool cgroup_guard_devices(const char *directory, const struct device_rule *rules, size_t count);
