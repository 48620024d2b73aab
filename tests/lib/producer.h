// A real tachy-produce for a test: started with a name of its own, seen through libtachy, ended without a trace.
#ifndef TESTS_LIB_PRODUCER_H
#define TESTS_LIB_PRODUCER_H

#include <tachy/read.h>

#include "tests/lib/process.h"

enum { PRODUCER_ARGUMENTS_MAX = 32 };

struct producer {
    struct process process;
    const char *name;
    char commands[64]; ///< a temporary file of commands; "" = none
};

/// Starts tachy-produce with a name of its own and these further arguments (NULL at the end). `commands` is the JSON for --commands, or NULL.
/// The validation layer watches (TACHY_VALIDATE=1): a complaint makes the exit status 1.
void producer_start(struct producer *producer, const char *commands, const char *const arguments[]);

/// Attaches to the stream of that avatar, waiting for the producer to come up. Fails the test, showing what the producer said, if it does not.
tachy_stream *producer_attach(struct producer *producer, const char *avatar, tachy_reading reading);

/// The next frame that has this plane (NULL: any); fails the test if there is none within five minutes. The first frames after
/// an attach may have been drawn before anybody wanted their planes.
tachy_frame *producer_next(struct producer *producer, tachy_stream *stream, const char *plane);

/// Sends SIGTERM and wants exit status 0, a silent validation layer and nothing left in /dev/shm.
void producer_end(struct producer *producer);

#endif
