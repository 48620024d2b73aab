// The processes of a demo: one producer and a reader of each of its streams, started and ended together.
#ifndef CONSUMER_TOOLS_DEMO_SESSION_H
#define CONSUMER_TOOLS_DEMO_SESSION_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "consumer/tools/demo/table.h"

enum { AVATARS = TABLE_ROWS_MAX };

struct session {
    uint32_t width, height; ///< of the pictures, by what is free in /dev/shm
    char name[48];          ///< of the producer
    pid_t producer, readers[AVATARS];
    int pipes[AVATARS]; ///< reports come out of these; -1: closed
    struct table table;
};

#define SESSION_NONE                                                                               \
    {                                                                                              \
        .pipes = { -1, -1 }                                                                        \
    } // before the start

/// `session` is SESSION_NONE. `name` may be NULL: "demo", or another where that is running.
/// OUTCOME_OK, or the exit status with a line said; either way it is ended by session_finish.
int session_start(struct session *session, const char *name);

/// Takes one report of a reader. False: there is none, and there will be none.
bool session_take_report(struct session *session, int index);

/// Ends the readers and takes their last reports, then the producer.
void session_finish(struct session *session);

#endif
