// The producer's steps on the slots: claim, publish, abort. Wait-free but for pool_wait; no system call but the one
// wake when a reader sleeps.
#ifndef COMMON_RING_POOL_H
#define COMMON_RING_POOL_H

#include <stdbool.h>

#include "common/ring/layout.h"
#include "common/shm/doorbell.h"

struct pool {
    struct ring_control *control;
    struct ring_registry *registry;
    const struct doorbell *doorbell;
    uint32_t slots, readers_max, history;
    uint32_t next;     ///< where the oldest slot is likely
    uint64_t head;     ///< newest sequence
    uint64_t taken;    ///< the sequence that the last claim took its slot from
    uint32_t holds_up; ///< the lossless reader that the last claim heeded; RING_READERS_MAX = none
    uint64_t sequence[RING_SLOTS_MAX]; ///< what control->slots say, where no peer can reach
    uint64_t epoch;                    ///< what each object's mark says, as well
};

/// A slot that no reader holds, older than what must be kept; it is a draft from now on. False: every such slot is held.
bool pool_claim(struct pool *pool, uint32_t *slot);

/// Takes the last claim back: the frame in its slot is what it was.
void pool_unclaim(struct pool *pool, uint32_t slot);

/// Whether the last claim, which failed, had to keep frames for a lossless reader that is behind.
bool pool_is_held_up(const struct pool *pool);

/// The reader behind which the last claim failed is not waited for any more, and will be told.
void pool_demote(struct pool *pool);

/// Claims, sleeping for at most `timeout_ns` until a reader lets go of something. False: nothing came free.
bool pool_wait(struct pool *pool, int64_t timeout_ns, uint32_t *slot);

/// Where to write what travels with the draft's frame.
struct ring_descriptor *pool_descriptor(struct pool *pool, uint32_t slot);

/// Makes the draft the newest frame, sequence head + 1, and wakes who sleeps.
void pool_publish(struct pool *pool, uint32_t slot);

/// The draft is free again.
void pool_abort(struct pool *pool, uint32_t slot);

/// No frame comes any more: readers that have seen the newest one are told so.
void pool_close(struct pool *pool);

#endif
