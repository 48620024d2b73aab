// One generation of a stream's frames, from a reader's side: its .dat mapped, its geometry checked. Frames keep theirs.
#ifndef COMMON_RING_GENERATION_H
#define COMMON_RING_GENERATION_H

#include <stdbool.h>

#include "common/ring/geometry.h"
#include "common/shm/segment.h"

struct objects;

struct generation {
    uint64_t handed; ///< frames handed out: counted by whoever opened it, who alone does
    _Atomic uint64_t
        references; ///< less one per frame let go; once its opener left it, those still held
    uint32_t forks; ///< in a forked child the mapping is the parent's
    struct segment data;
    struct ring_geometry geometry; ///< a copy, checked
};

/// Opens generation `number` of the stream whose control object is open. `how`: of enum segment_how. TACHY_NOT_FOUND: it is
/// gone, or of another life of the stream; TACHY_TIMED_OUT: unfinished; TACHY_CORRUPT; TACHY_VERSION; TACHY_DENIED; TACHY_NO_MEMORY; TACHY_SYSTEM.
tachy_status generation_open(const struct objects *objects, uint32_t number, unsigned how,
                             struct generation **generation);

/// Unmaps and frees, whoever refers to it. NULL is legal.
void generation_destroy(struct generation *generation);

/// One more frame of it is handed out. Only by its opener's thread, and without an atomic step: it is on the way of every frame.
void generation_retain(struct generation *generation);

/// A frame is let go, from any thread; its opener uses it no longer. True: that was the last user, who then destroys it.
bool generation_drop(struct generation *generation);
bool generation_leave(struct generation *generation);

/// Whether its guarded object shrank and we noticed: what was read of it since is zeros.
bool generation_shrank(const struct generation *generation);

#endif
