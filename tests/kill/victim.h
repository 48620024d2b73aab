// One writer in a process of its own, to be stopped or killed at a step.
#ifndef TESTS_KILL_VICTIM_H
#define TESTS_KILL_VICTIM_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum { VICTIM_FIRST = 3 }; ///< frames it publishes before it waits for victim_go

struct victim_params {
    const char *stream;
    const char *create_plan; ///< failpoints on its way to the first frame; NULL = none
    const char *plan;        ///< and from victim_go on; NULL = none
    uint64_t seed;           ///< of its frames' pattern
    bool forks;              ///< it has a child, which does nothing and lives until victim_finish
};

/// A zeroed one is none.
struct victim {
    pid_t pid;
    int ready, go, nursery; ///< pipes; the last keeps its child
};

/// Starts it. It dies with us. Fails the test if it cannot.
void victim_start(const struct victim_params *params, struct victim *victim);

/// Waits until it has published VICTIM_FIRST frames. False: it ended before.
bool victim_await(const struct victim *victim);

/// From now on its plan holds, and it publishes a frame about every millisecond.
void victim_go(const struct victim *victim);

/// Waits until it was stopped or is dead; returns its wait status.
int victim_wait(struct victim *victim);

/// Ends it as its stream's owner would and returns its exit status; kills it if it does not end.
int victim_close(struct victim *victim);

/// Kills it if it lives, and its child.
void victim_finish(struct victim *victim);

#endif
