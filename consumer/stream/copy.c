// A copying reader's frames: no slot is pinned; the copy counts if the slot's sequence is the same before and after it.
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/failpoint.h"
#include "consumer/stream/stream.h"

enum {
    COPY_ALIGN = 64,
    COPY_TRIES = 8, ///< before the caller looks at the clock again
};

void stream_free_copies(tachy_stream *stream)
{
    for (uint32_t i = 0; i < RING_CELLS_MAX; i++)
        free(stream->copies[i]);
}

// One buffer per frame that may be held, made when first needed and used again: fresh pages cost as much as the copy.
static tachy_status get_buffer(tachy_stream *stream, uint32_t cell, char **buffer)
{
    uint64_t bytes = stream->objects.geometry->slot_bytes;
    if (stream->copy_bytes[cell] != bytes) { // none yet, or of a generation before
        free(stream->copies[cell]);
        stream->copies[cell] = aligned_alloc(COPY_ALIGN, bytes);
        stream->copy_bytes[cell] = stream->copies[cell] == NULL ? 0 : bytes;
    }
    *buffer = stream->copies[cell];
    if (*buffer == NULL)
        return error_set(TACHY_NO_MEMORY, "stream %s: no memory for a copy of a frame (%llu bytes)",
                         stream->objects.name.stream, (unsigned long long)bytes);
    return TACHY_OK;
}

void frame_copy_slot(const struct ring_geometry *geometry, const struct ring_descriptor *descriptor,
                     const char *slot, char *copy)
{
    size_t header = descriptor->header_bytes;
    memcpy(copy, slot, header < geometry->header_capacity ? header : geometry->header_capacity);
    for (uint32_t i = 0; i < geometry->plane_count; i++)
        if ((descriptor->planes >> i & 1) != 0)
            memcpy(copy + geometry->offsets[i], slot + geometry->offsets[i],
                   geometry->plane_bytes[i]);
}

static tachy_status look_at_foreign(struct reader *reader, const struct reader_pin *pin,
                                    uint32_t generation)
{
    if (!reader_is_whole(reader, pin->slot, pin->sequence))
        return TACHY_EMPTY;
    return reader_is_foreign(reader, pin->sequence, generation) ? TACHY_CHANGED : TACHY_EMPTY;
}

// TACHY_EMPTY: nothing new, or it was overwritten meanwhile.
static tachy_status copy_once(tachy_stream *stream, struct reader_pin *pin)
{
    struct reader *reader = &stream->reader;
    const uint64_t *number = stream->handle->sought;
    tachy_status status =
        number == NULL ? reader_find(reader, pin) : reader_find_number(reader, *number, pin);
    if (status != TACHY_OK)
        return status;
    // Until it is found whole, what was copied may be a mix of frames: it only says which planes to copy.
    tachy_frame *frame = &stream->frames[pin->cell];
    TACHY_FAILPOINT("copy.found");
    stream_copy_descriptor(stream, pin->slot, &frame->descriptor);
    if (frame->descriptor.generation != reader->generation)
        return look_at_foreign(reader, pin, frame->descriptor.generation);
    if (stream->numbers_only)
        frame->descriptor.planes = 0;
    char *buffer;
    status = get_buffer(stream, pin->cell, &buffer);
    if (status != TACHY_OK)
        return status;
    stream_copy_sums(stream, pin->slot, frame->sums);
    frame_copy_slot(stream->objects.geometry, &frame->descriptor, stream_slot(stream, pin->slot),
                    buffer);
    TACHY_FAILPOINT("copy.copied");
    if (stream_shrank(stream)) // zeros were copied
        return TACHY_CORRUPT;
    if (!reader_is_whole(reader, pin->slot, pin->sequence))
        return TACHY_EMPTY;
    reader_took_copy(reader, pin);
    return TACHY_OK;
}

tachy_status stream_take_copy(tachy_stream *stream, struct reader_pin *pin)
{
    tachy_status status = TACHY_EMPTY;
    for (int i = 0; status == TACHY_EMPTY && i < COPY_TRIES; i++) {
        status = copy_once(stream, pin);
        if (reader_head(stream->objects.map) < stream->reader.cursor)
            break; // nothing new
    }
    return status;
}
