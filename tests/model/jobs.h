// Work dealt out to processes of its own, as many at a time as there are cores: each starts from the same state.
#ifndef TESTS_MODEL_JOBS_H
#define TESTS_MODEL_JOBS_H

#include <stddef.h>

enum { JOB_TEXT_BYTES = 16384, JOB_CRASHED = 100 };

struct job {
    size_t index;
    int status;                ///< what `work` gave; JOB_CRASHED: a signal ended it
    char text[JOB_TEXT_BYTES]; ///< the end of what it printed
};

/// Runs work(0) to work(count - 1), and `done` as each ends.
void jobs_run(size_t count, int (*work)(size_t index), void (*done)(const struct job *job));

#endif
