// A shared word on cache lines of its own: what two benchmark processes tell each other, and the ping-pong itself.
//
// The only atomics outside common/ring and common/shm: the bench judges the ring, so it shares no code with it.
// Inline, because a call in the ping-pong's loop would make the limit look slower than it is.
#ifndef BENCH_LIB_CELL_H
#define BENCH_LIB_CELL_H

#include <stdalign.h>
#include <stdatomic.h>
#include <stdint.h>

struct cell {
    alignas(128) _Atomic uint64_t value; ///< 128: the adjacent-line prefetcher fetches pairs
};

/// Pairs with cell_set: what the other process wrote before it is seen.
static inline uint64_t cell_get(const struct cell *cell)
{
    return atomic_load_explicit(&cell->value, memory_order_acquire);
}

static inline void cell_set(struct cell *cell, uint64_t value)
{
    atomic_store_explicit(&cell->value, value, memory_order_release);
}

#endif
