// Frames per second of readers, between two looks at a listing.
#ifndef CONSUMER_TOOLS_TOP_RATE_H
#define CONSUMER_TOOLS_TOP_RATE_H

#include <tachy/read.h>

struct rates {
    struct rate_sample *before, *now; ///< of the last look, of this one
    size_t before_count, now_count, room;
    int64_t before_ns, now_ns;
};

/// Begins a look. What was counted in the last one is now `before`.
void rates_begin(struct rates *rates);

/// What the reader received per second since the last look; -1 if it was not there then. Frames of another writer's life or
/// of another reader with the same name and process do not count as its.
double rates_take(struct rates *rates, const tachy_info *info, const tachy_reader_info *reader);

void rates_finish(struct rates *rates);

#endif
