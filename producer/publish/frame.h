// Frames from claim to publish: begun in order, several in flight, published in order when their pixels are there.
#ifndef PRODUCER_PUBLISH_FRAME_H
#define PRODUCER_PUBLISH_FRAME_H

#include "producer/publish/identity.h"
#include "producer/publish/stream.h"

struct flight; ///< one frame on its way: its ticket and a draft per stream

struct publisher {
    struct render *render; ///< borrowed
    struct scene *scene;   ///< borrowed
    struct stream *streams;
    size_t stream_count;
    struct identity_book identities;
    uint64_t always; ///< mask: drawn in every frame, wanted or not
    struct flight *flights;
    tachy_draft **drafts; ///< one per flight and stream; NULL where readers held every slot
    uint32_t flight_max, flight_count, flight_first;
    bool drew;                   ///< the frame begun last had something to draw
    struct render_image *images; ///< scratch: one per stream
};

/// Makes a stream for each avatar of the scene; from now on their sizes are fixed. `always`: planes drawn in every frame.
tachy_status publisher_init(struct publisher *publisher, struct render *render, struct scene *scene,
                            const struct stream_params *params, uint64_t always);

/// Steps the scene and starts the next frame. TACHY_BUSY: flight_max frames are under way.
tachy_status publisher_begin(struct publisher *publisher);

/// Waits for the oldest frame under way and publishes it. TACHY_EMPTY: none; TACHY_TIMED_OUT; TACHY_SYSTEM: the device was lost.
tachy_status publisher_end(struct publisher *publisher, int64_t timeout_ns);

/// Publishes what is under way and ends the streams. A zeroed publisher is legal.
void publisher_finish(struct publisher *publisher);

#endif
