// The first 64 bytes of every object: who may read it.
#ifndef COMMON_RING_MARK_H
#define COMMON_RING_MARK_H

#include "common/ring/layout.h"
#include "common/shm/segment.h"

/// Fills in all but the magic.
void mark_prepare(struct ring_mark *mark, uint64_t epoch, uint32_t generation, uint64_t bytes);

/// Everything in the object is as it shall be.
void mark_finish(struct ring_mark *mark, uint64_t magic);

/// Whether a mapped object, of 8 bytes at least, is one of this magic that this library can read. TACHY_TIMED_OUT: unfinished;
/// TACHY_VERSION: another byte order, word size or major version, however long it is; TACHY_CORRUPT: also one that is
/// shorter than it says of itself or than `bytes_min`, which our version's always has.
tachy_status mark_check(const char *object, const struct segment *segment, uint64_t magic,
                        size_t bytes_min);

/// A random number that is not 0.
uint64_t mark_random(void);

#endif
