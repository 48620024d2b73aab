// The project's other programs: where they are, and becoming one of them.
#ifndef CONSUMER_TOOLS_PROGRAM_H
#define CONSUMER_TOOLS_PROGRAM_H

#include <limits.h>
#include <stdbool.h>

struct program_path {
    char text[PATH_MAX];
};

/// Finds program `name` beside the running one, in ../libexec/tachy, or in PATH.
bool program_find(const char *name, struct program_path *path);

/// The path of the running program, for messages; "tachy" if it cannot be told.
const char *program_self(void);

/// Becomes program `name`. Returns only if that fails: the exit status, with a line said.
int program_become(const char *name, char **argv);

#endif
