// Where control groups can be made.
#pragma once
#include "probe-report.h"

// Adds the member `cgroup`: a directory per controller in which groups can be made and joined, or null.
void probe_cgroups(struct report *report);
