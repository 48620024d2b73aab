// One way of measuring that all carriers go through: in place or copied in, spinning or sleeping, how many frames.
#ifndef BENCH_LIB_WAY_H
#define BENCH_LIB_WAY_H

#include <stdbool.h>
#include <stdint.h>

#include "bench/carrier.h"

enum { WAY_FRAMES_MAX = 2000, WAY_COUNT = 4 };

struct way {
    const char *label;
    bool sleeping;
    bool copied; ///< the frame lies elsewhere and is brought in; false: it was made where it is
};

extern const struct way way_table[WAY_COUNT];

/// How many frames make a round: fewer where each takes long.
uint64_t way_frames(const struct way *way, const struct frame_size *size, bool quick);

/// Before those that count: every slot and buffer has been touched by then.
uint64_t way_warm_up(const struct frame_size *size);

/// Why the carrier has no figure for it; NULL: it has.
const char *way_refuses(const struct way *way, const struct carrier *carrier, size_t bytes);

/// Whether the writer copies the frame into what it loaned; a carrier that copies anyway takes it from where it lies.
bool way_copies(const struct way *way, const struct carrier *carrier, size_t bytes);

/// Between two frames.
void way_pause(const struct way *way);

/// A new name for the route, and a producer of its own: two processes may write at once.
void way_name(struct route *route);

/// The kernel's count of how often this process gave up its core of its own will.
uint64_t way_switches(void);

/// Whether there is room in /dev/shm for the frames of this size, several times over. The reason is for a row.
const char *way_lacks_room(const struct frame_size *size);

#endif
