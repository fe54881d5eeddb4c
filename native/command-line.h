// What whoever looks through the processes is told of this one's arguments.
#pragma once

// Keeps the arguments of `main` to be changed later, by this process or one forked from it; "starter" among them becomes "shim".
void command_line_show_as_shim(char **argv);

// Shows `text` in the place of the arguments that were kept, as much of it as fits; nothing of them is left to be read.
void command_line_replace(const char *text);
