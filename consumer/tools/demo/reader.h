// A reader of the demo: a process of its own that takes frames and reports how it goes through a pipe.
#ifndef CONSUMER_TOOLS_DEMO_READER_H
#define CONSUMER_TOOLS_DEMO_READER_H

#include <tachy/read.h>

struct reader_task {
    char stream[64];
    tachy_reading reading;
};

/// Smaller than PIPE_BUF, so one write is one report.
struct reader_report {
    int64_t at_ns;
    int64_t first_ns; ///< when the first frame with pictures was handed out; 0: not yet
    tachy_stats stats;
    char sees[48]; ///< what is in the middle of the picture
};

/// The whole life of the process; returns its exit status.
int reader_run(const struct reader_task *task, int pipe);

#endif
