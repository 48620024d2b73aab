// Processes that the demo starts. They are in groups of their own, so that Ctrl-C reaches the demo alone, and the
// kernel ends them if the demo dies.
#ifndef CONSUMER_TOOLS_DEMO_CHILD_H
#define CONSUMER_TOOLS_DEMO_CHILD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/// Forks. 0 in the child, its number in the parent, -1 on failure (errno).
pid_t child_fork(void);

/// Runs the program at `path`, its standard output thrown away. -1 on failure (errno).
pid_t child_run(const char *path, char **argv);

/// Has it ended? Then *outcome is its exit status (128 + signal if one ended it) and *pid becomes 0.
bool child_has_ended(pid_t *pid, int *outcome);

/// Asks it to end, waits, and makes it end when patience is over. Sets *pid to 0. Legal for 0.
void child_end(pid_t *pid, int64_t patience_ns);

#endif
