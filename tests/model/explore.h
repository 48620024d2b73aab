// Runs a scenario again and again, each time with other choices: all of them within a bound, or many at random.
//
// A choice of 0 is what a machine would most likely do: go on with the same thread, read the newest value. Anything else
// costs one of a small number of deviations; within it every execution is explored but those that come to a state from which
// all was explored before.
#ifndef TESTS_MODEL_EXPLORE_H
#define TESTS_MODEL_EXPLORE_H

#include <stdbool.h>
#include <stdint.h>

enum choice_kind {
    CHOOSE_SWITCH, ///< another thread goes on here
    CHOOSE_OLD,    ///< a load gets an older value
    CHOOSE_GAP,    ///< a store comes before others in modification order
    CHOOSE_LATE,   ///< a timeout ends now
    CHOOSE_NEXT,   ///< who goes on when a thread rests: free
    CHOOSE_KILL,   ///< the process is killed here: free
    CHOICE_KINDS,
};

struct exploration {
    unsigned deviations;      ///< explore all executions with at most so many
    uint64_t executions_most; ///< give that up after so many
    uint64_t random_most;     ///< then so many at random
    uint64_t seed;
};

struct findings {
    uint64_t executions, random, states, steps, cut; ///< `cut`: ended by a limit of the model
    bool complete;                                   ///< all within the bound were explored
    bool failed;
    char why[256];
};

/// What is explored.
struct subject {
    /// One execution; it sets everything back first. Ends by returning, or by explore_fail and the like.
    void (*run)(void *context);
    /// The hash of all that decides what comes.
    uint64_t (*state)(void);
    /// From now on executions with the same choices are to be the same: what was learnt so far holds.
    void (*settle)(void);
    void *context;
};

void explore(const struct exploration *exploration, const struct subject *subject,
             struct findings *findings);

/// 0 .. options - 1.
unsigned explore_choose(enum choice_kind kind, unsigned options);

/// The property that does not hold. Does not return.
void explore_fail(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

/// The execution is of no interest any more. Does not return.
void explore_abandon(void) __attribute__((noreturn));

/// The model is too small. Does not return.
void explore_give_up(const char *why) __attribute__((noreturn));

/// Before each operation; an execution may have so many.
void explore_count_step(void);

/// Whether this is the execution that failed, once more, for its trace.
bool explore_is_tracing(void);

#endif
