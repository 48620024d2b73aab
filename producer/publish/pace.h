// When the next frame is due: by the clock, or at once.
#ifndef PRODUCER_PUBLISH_PACE_H
#define PRODUCER_PUBLISH_PACE_H

#include <stdbool.h>
#include <stdint.h>

struct pace {
    bool flat_out;
    bool idle; ///< the last frame had nothing to draw: flat out would only burn a core
    int64_t numerator, denominator; ///< frames per second
    int64_t start_ns;               ///< when frame 0 was due
    uint64_t frames;                ///< begun since start_ns
};

void pace_start(struct pace *pace, bool flat_out, int64_t numerator, int64_t denominator);

/// Nanoseconds until the next frame is due; 0 = now.
int64_t pace_left_ns(const struct pace *pace);

/// A frame was begun. A producer that fell behind goes on from now: it never bursts to catch up.
void pace_begun(struct pace *pace);

#endif
