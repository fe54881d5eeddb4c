#pragma once
#include "uplink.h"

// Makes the engine's network namespace, keeps it, and sees to it that somebody carries what containers send out, and that there is an
// uplink if one is wished for. Prints its pid. Caller: root, or root of the engine's user namespace, in the host's network namespace, with one
// thread.
__attribute__((noreturn)) void anchor_keep(char **argv, bool rootless, const struct uplink_options *uplink);
