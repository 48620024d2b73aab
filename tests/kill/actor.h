// A writer and its readers, each the whole life of a process that may be killed at any instruction.
#ifndef TESTS_KILL_ACTOR_H
#define TESTS_KILL_ACTOR_H

#include <stdint.h>

#include "tests/kill/page.h"

enum {
    KILL_DRAFTS = 2,
    KILL_HELD = 5,   ///< what the readers below reserve: slots are as few as can be
    KILL_GREEDY = 4, ///< what the reader that wants every reservation left holds
    KILL_READERS = 8,
};

/// Publishes for ever.
_Noreturn void actor_write(struct page *page, struct account *account, uint64_t seed);

/// Attaches, checks frames, leaves and attaches again, for ever.
_Noreturn void actor_read(struct page *page, struct account *account, enum role role,
                          uint64_t seed);

/// Holds as many frames at once as there are reservations left, over and over while the ring turns; then ends with status 0.
_Noreturn void actor_hold_all(struct page *page, struct account *account);

/// Ends the process with a complaint.
_Noreturn void actor_complain(struct account *account, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/// Random numbers: the next of a series.
uint64_t actor_random(uint64_t *series);

void actor_pause_us(uint64_t us);

int64_t actor_now_ns(void);

/// Beyond this, it hangs.
#define ACTOR_HANG_NS INT64_C(60000000000)

#endif
