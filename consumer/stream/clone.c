// A copy of a frame in memory of its own.
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "consumer/stream/stream.h"

enum { CLONE_ALIGN = 64 };

static char *copy_slot(const tachy_frame *frame)
{
    const struct ring_geometry *geometry = frame->geometry;
    char *copy = aligned_alloc(CLONE_ALIGN, geometry->slot_bytes);
    if (copy == NULL)
        return NULL;
    frame_copy_slot(geometry, &frame->descriptor, frame->slot, copy);
    return copy;
}

static tachy_status fill(const tachy_frame *frame, tachy_frame *copy)
{
    struct ring_geometry *geometry = malloc(sizeof *geometry);
    copy->geometry = geometry;
    copy->slot = copy_slot(frame);
    if (geometry == NULL || copy->slot == NULL)
        return error_set(TACHY_NO_MEMORY, "no memory for a copy of a frame (%llu bytes)",
                         (unsigned long long)frame->geometry->slot_bytes);
    geometry_copy(frame->geometry, geometry);
    copy->pin = frame->pin;
    copy->descriptor = frame->descriptor;
    if (frame->ids != NULL)
        copy->ids = ids_retain(frame->ids);
    const tachy_stream *stream = frame->stream;
    tachy_status status = frame_check_memory(frame);
    if (status != TACHY_OK)
        return status;
    if (stream != NULL && !stream->copying &&
        !reader_is_whole(&stream->reader, frame->pin.slot, frame->pin.sequence))
        return error_set(
            TACHY_CORRUPT,
            "stream %s: frame %llu was overwritten while it was copied: a process that "
            "may write the registry cleared our pin",
            stream->objects.name.stream, (unsigned long long)frame->pin.sequence);
    return TACHY_OK;
}

tachy_status tachy_frame_clone(const tachy_frame *frame, tachy_frame **clone)
{
    if (frame == NULL)
        return error_null(__func__, "frame");
    if (clone == NULL)
        return error_null(__func__, "clone");
    tachy_status status = frame->stream == NULL ? TACHY_OK : stream_check_fork(frame->stream);
    if (status != TACHY_OK)
        return status;
    frame_load_ids(
        (tachy_frame *)
            frame); // the table may be gone when the copy is asked; if it is damaged, the planes still serve
    tachy_frame *copy = calloc(1, sizeof *copy);
    if (copy == NULL)
        return error_set(TACHY_NO_MEMORY, "no memory for a copy of a frame");
    status = fill(frame, copy);
    if (status != TACHY_OK) {
        tachy_frame_release(&copy);
        return status;
    }
    *clone = copy;
    return TACHY_OK;
}
