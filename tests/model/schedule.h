// Threads of the model: coroutines of processes, one running at a time, switched before operations on shared places.
#ifndef TESTS_MODEL_SCHEDULE_H
#define TESTS_MODEL_SCHEDULE_H

#include <stdbool.h>
#include <stdint.h>

enum { THREADS_MAX = 5, NO_PROCESS = -1, SCHEDULE_START_NS = 1000000000 };

/// What a thread does, and for whom.
struct role {
    const char *name;
    int process;
    void (*play)(void *context);
    void *context;
};

/// Runs them until all have ended. `victim`: the process that may be killed, once; `after_kill`: what the kernel does then, when it
/// comes to it.
void schedule_run(const struct role *roles, unsigned count, int victim,
                  void (*after_kill)(void *context), void *context);

/// After an execution that did not come to its end.
void schedule_stop(void);

/// Whether threads run: before and after, operations are plain ones on bytes.
bool schedule_is_running(void);

unsigned schedule_thread(void); ///< who runs
const char *schedule_name(void);
bool schedule_was_killed(int process);

/// Before an operation: another thread may come first (`shared`), and the process may be killed (`effect`: others can tell).
void schedule_step(bool shared, bool effect);

/// Anybody may go on from here.
void schedule_yield(void);

/// Sleeps until schedule_wake of `word` or `own`, or (true) its timeout, which ends when nothing else can happen, or with
/// `early` at any time.
bool schedule_sleep(const volatile void *word, const volatile void *own, int64_t until_ns,
                    bool early);
void schedule_wake(const volatile void *word);

/// Model time.
int64_t schedule_now_ns(void);
void schedule_pass(int64_t ns);

/// What the thread was told: part of the state. Everything that an operation gives back goes here.
void schedule_note(uint64_t what);

uint64_t schedule_hash(void);

#endif
