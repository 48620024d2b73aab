// One stream: what one avatar sees, in a ring of its own, rendered into by a target of its own.
#ifndef PRODUCER_PUBLISH_STREAM_H
#define PRODUCER_PUBLISH_STREAM_H

#include <tachy/write.h>

#include "producer/pass/render.h"

struct stream {
    char name[256];
    size_t avatar; ///< index in the scene
    tachy_writer *writer;
    struct render_target *target;
    void *memory;      ///< of the writer, which the target has
    int64_t looked_ns; ///< when its names were last asked about
    bool told_of_names;
    uint64_t planes;                    ///< mask: which it has memory for
    uint8_t writer_planes[PLANE_COUNT]; ///< the writer's plane number of each plane in the mask
};

struct stream_params {
    const char *producer;
    uint64_t planes;
    uint32_t readers; ///< frames reserved for readers; 0 = as the writer's default
    uint32_t mode;
    uint64_t seed;
    uint32_t drafts; ///< frames in flight
};

/// The shared memory that the stream of an avatar takes. TACHY_INVALID.
tachy_status stream_bytes(const struct stream_params *params, const struct scene *scene,
                          size_t avatar, uint64_t *bytes);

/// Makes the stream of the scene's avatar number `avatar`. Statuses of tachy_writer_create and render_target_create.
tachy_status stream_init(struct stream *stream, const struct stream_params *params,
                         struct render *render, const struct scene *scene, size_t avatar);

/// Whether the writer has left the memory that the target has, because some process damaged it.
bool stream_moved(const struct stream *stream);

/// A target of the writer's memory as it is now. No frame may be in flight.
tachy_status stream_follow(struct stream *stream, struct render *render, const struct scene *scene);

/// Says once if somebody removed the stream's names; asked at most once a second.
void stream_tell_of_names(struct stream *stream);

/// Ends it: readers get TACHY_CLOSED after the last frame. No frame may be in flight. A zeroed stream is legal.
void stream_finish(struct stream *stream);

/// The writer's numbering of planes (bit i = its plane i) of a mask of ours, and back.
uint64_t stream_to_writer(const struct stream *stream, uint64_t planes);
uint64_t stream_from_writer(const struct stream *stream, uint64_t planes);

#endif
