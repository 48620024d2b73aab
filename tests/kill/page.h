// What the processes of one world tell its supervisor: memory that outlives whoever wrote it.
#ifndef TESTS_KILL_PAGE_H
#define TESTS_KILL_PAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <tachy/write.h>

enum role {
    ROLE_WRITER,
    ROLE_NEWEST,
    ROLE_EVERY,
    ROLE_LOSSLESS,
    ROLE_COPYING,
    ROLE_WITNESS, ///< an every-reader that nobody kills
    ROLE_COUNT,
};

enum {
    STEPS_MAX = 256,
    COMPLAINT_BYTES = 240,
    COMPLAINED = 3, ///< exit status of a process that saw what must not be
};

/// What one process says of itself. Read when it is dead, or as a figure: volatile, not atomic.
struct account {
    volatile unsigned char step; ///< the failpoint passed last, its number + 1
    volatile uint64_t frames;    ///< published, or checked twice
    volatile uint64_t ends;      ///< streams whose writer died or ended under it
    volatile uint64_t followed;  ///< writers after the first of a reader
    volatile uint64_t changes;   ///< of sizes, that a reader was told of
    char complaint[COMPLAINT_BYTES];
};

/// Where processes were when they died, by failpoint number + 1; 0 = before the first.
struct histogram {
    uint64_t steered[STEPS_MAX], random[STEPS_MAX];
};

struct page {
    char stream[64];
    tachy_wake wake; ///< how its readers sleep
    bool tight; ///< small frames and no pauses: processes are inside the library most of the time
    struct account accounts[ROLE_COUNT + 1]; ///< the last: of the reader that reserves everything
    struct histogram histogram;
    volatile uint64_t kills, writer_kills, checks; ///< checks: that every slot came back
    uint64_t frames, ends, changes, followed;      ///< of all accounts, when the world has ended
    char complaint[COMPLAINT_BYTES];               ///< of the first that had one
};

#endif
