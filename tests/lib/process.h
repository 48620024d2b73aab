// Programs under test as real processes: start, look at what they said, end.
#ifndef TESTS_LIB_PROCESS_H
#define TESTS_LIB_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct process {
    pid_t pid; ///< 0: none
    int said;  ///< a file that holds its stdout and stderr
};

/// Starts argv[0] (a path); it dies with us. Fails the test if it cannot.
void process_start(struct process *process, const char *const argv[]);

/// Sends `signal` (0: none), waits up to 5 minutes and returns the exit status, 128 + n for death by signal n; 255 if it had to be killed.
int process_end(struct process *process, int signal);

/// Whether it still runs.
bool process_runs(const struct process *process);

/// What it has said so far, NUL-terminated; the caller frees it.
char *process_said(const struct process *process);

/// "t<pid>-<n>": a producer name that no other test uses. Valid until the program ends.
const char *test_producer_name(void);

/// How many objects of that producer are in /dev/shm.
size_t test_shm_count(const char *producer);

#endif
