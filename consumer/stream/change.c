// A stream that goes on with frames of other planes or sizes: the new generation is mapped, checked like the first, and named.
#include <string.h>

#include "common/base/error.h"
#include "common/base/failpoint.h"
#include "consumer/stream/stream.h"

const char *stream_parse_planes(const struct ring_geometry *geometry, const char *planes,
                                uint64_t *wanted)
{
    const char *unknown = NULL, *word = planes == NULL ? "" : planes;
    uint64_t bits = planes == NULL ? geometry_mask(geometry) : 0;
    while (*word != 0) {
        size_t length = strcspn(word, ",");
        char name[RING_PLANE_NAME_BYTES] = "";
        if (length < sizeof name)
            memcpy(name, word, length);
        int plane = geometry_find(geometry, name);
        if (plane >= 0)
            bits |= UINT64_C(1) << plane;
        else if (unknown == NULL)
            unknown = word;
        word += length;
        word += *word == ',';
    }
    *wanted = bits;
    return unknown;
}

static tachy_status lose(tachy_stream *stream, tachy_status status)
{
    if (stream->handle->sought != NULL)
        return TACHY_NOT_FOUND;
    reader_lose_foreign(&stream->reader);
    return status;
}

// What cannot be mapped now may be mapped later; what is damaged stays so, and must not be met again and again.
static tachy_status fail(tachy_stream *stream, tachy_status status)
{
    if (status == TACHY_NOT_FOUND)
        return lose(stream, TACHY_EMPTY);
    if (status == TACHY_NO_MEMORY || status == TACHY_SYSTEM)
        return status;
    reader_count_corrupt(&stream->reader);
    reader_lose_foreign(&stream->reader);
    return status == TACHY_TIMED_OUT ? error_set(TACHY_CORRUPT, "%s", error_line()) : status;
}

static void use(tachy_stream *stream, struct generation *generation)
{
    struct objects *objects = &stream->objects;
    struct generation *old = objects->generation;
    reader_retain(&stream->reader); // each generation is a user of the stream
    stream_hold_fd(stream->handle);
    objects->shared_bytes += generation->data.bytes - old->data.bytes;
    objects->generation = generation;
    objects->geometry = &generation->geometry;
    stream_let_fd(stream->handle);
    stream_leave_generation(stream, old);
}

tachy_status stream_change(tachy_stream *stream)
{
    struct objects *objects = &stream->objects;
    unsigned how = objects->control.guard != NULL ? SEGMENT_GUARDED : SEGMENT_READ;
    struct generation *generation = NULL;
    tachy_status status =
        generation_open(objects, stream->reader.foreign.generation, how, &generation);
    if (status != TACHY_OK)
        return fail(stream, status);
    TACHY_FAILPOINT("change.opened");
    use(stream, generation);
    uint64_t wanted; // a plane that this generation has not is not missed
    stream_parse_planes(objects->geometry, stream->wanted, &wanted);
    reader_change(&stream->reader, objects->geometry->generation, wanted);
    TACHY_FAILPOINT("change.done");
    return TACHY_CHANGED;
}
