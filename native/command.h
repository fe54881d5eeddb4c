// Finding and executing the command of a container.
#pragma once
#include "slipway.h"

// Adds HOME to the environment when it has none.
void command_set_home(struct list *env, const char *home);
// Looks the command up on the PATH of `env` and executes it; fails with the status and the words Docker has for it.
__attribute__((noreturn)) void command_execute(char **args, char **env);
