// Mounts of overlay file systems.
#pragma once
#include "mount-options.h"

// Mounts on the folder that `place` is open on. -1 and errno on failure.
int overlay_mount(int place, const struct mount_options *options);
