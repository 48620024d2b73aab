// Who reads: blocks of the registry, owned by the lock on a byte of it, and the frames that readers reserve.
#ifndef COMMON_RING_REGISTRY_H
#define COMMON_RING_REGISTRY_H

#include <stdbool.h>
#include <tachy/read.h>

#include "common/ring/layout.h"
#include "common/shm/doorbell.h"

/// A mapped registry, the descriptor its locks are taken through, and the stream's bounds, checked by whoever opened it.
struct registry {
    struct ring_registry *map;
    int fd;
    uint32_t readers_max, held_max;
    const struct doorbell *doorbell;
    const char *stream; ///< for error lines
};

struct registry_terms {
    tachy_reading reading;
    uint32_t held; ///< to reserve
    uint64_t wanted;
    uint32_t generation; ///< whose planes `wanted` are the bits of
    const char *reader_name;
};

/// Takes a block and reserves, sweeping the dead when there is no room. TACHY_FULL: names the holders.
tachy_status registry_join(const struct registry *registry, const struct registry_terms *terms,
                           uint32_t *index);

/// To be called after whatever empties a cell or moves a lossless reader's cursor: wakes a producer that waits for it.
void registry_ring(struct ring_registry *registry, const struct doorbell *doorbell);

/// The producer shall not wait for this block's reader any more.
void registry_forgo(struct ring_registry *registry, const struct doorbell *doorbell,
                    uint32_t index);

/// Empties the block and lets its lock go.
void registry_leave(const struct registry *registry, uint32_t index);

/// What a sweeper remembers of each block: readers that moved since are alive and not asked about.
struct registry_memory {
    uint64_t received[RING_READERS_MAX];
    uint32_t incarnation[RING_READERS_MAX];
};

/// Empties the blocks of dead readers. `memory` may be NULL: every block is asked about.
void registry_sweep(const struct registry *registry, struct registry_memory *memory);

/// Union of the planes that live readers want of that generation: all, of who speaks of another one.
uint64_t registry_wanted(const struct registry *registry, uint32_t generation);

/// The block's reader has seen another generation, and wants these of its planes.
void registry_want(struct ring_reader *block, uint64_t wanted, uint32_t generation);

/// The block's reader takes no frame any more, of whichever generation; it may still hold some.
void registry_want_nothing(struct ring_reader *block);

/// What one block says, bounded and fit to print.
struct registry_reader {
    bool live;
    uint32_t pid, incarnation, reserved, held;
    tachy_reading reading;
    char name[RING_NAME_BYTES];
    tachy_stats stats;
};

/// `head`: the newest sequence, for the lag.
void registry_look(const struct registry *registry, uint32_t index, uint64_t head,
                   struct registry_reader *reader);

/// Live readers, frames they hold now, frames they reserved.
struct registry_sums {
    uint32_t readers, held, reserved;
};
struct registry_sums registry_sum(const struct registry *registry);

#endif
