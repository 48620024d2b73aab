// Who the ids of a frame belong to: the producer's id table, kept mapped as frames name it, copied out when asked for.
#include <stddef.h>

#include "common/base/error.h"
#include "consumer/stream/stream.h"

// A generation holds all rows of those before it, so the newest one mapped serves every frame up to it.
static tachy_status map_generation(tachy_stream *stream, uint32_t generation)
{
    if (stream->ids_map.base != NULL && stream->ids_generation >= generation)
        return TACHY_OK;
    struct segment opened = segment_none;
    unsigned how = stream->objects.control.guard != NULL ? SEGMENT_GUARDED : SEGMENT_READ;
    tachy_status status = ids_open(stream->objects.name.producer_stem,
                                   stream->objects.about.ids_epoch, generation, how, &opened);
    if (status != TACHY_OK)
        return status;
    segment_finish(&stream->ids_map);
    stream->ids_map = opened;
    stream->ids_generation = generation;
    return TACHY_OK;
}

void stream_keep_ids(tachy_stream *stream, uint32_t generation)
{
    stream->ids_seen = generation;
    pthread_mutex_lock(&stream->ids_mutex);
    map_generation(stream, generation); // what it fails by is told to who asks for an identity
    pthread_mutex_unlock(&stream->ids_mutex);
}

// Under the mutex: frames of several threads share the stream's copy.
static tachy_status refresh_copy(tachy_stream *stream, const struct ring_descriptor *descriptor)
{
    if (stream->ids != NULL && stream->ids->rows >= descriptor->id_rows)
        return TACHY_OK;
    struct id_copy *copy = NULL;
    tachy_status status = map_generation(stream, descriptor->ids_generation);
    if (status == TACHY_OK)
        status = ids_read(&stream->ids_map, descriptor->id_rows, &copy);
    if (status != TACHY_OK)
        return status;
    ids_release(&stream->ids);
    stream->ids = copy;
    return TACHY_OK;
}

tachy_status frame_load_ids(tachy_frame *frame)
{
    tachy_status status = frame_check_fork(frame);
    if (status != TACHY_OK || frame->ids != NULL || frame->descriptor.id_rows == 0)
        return status;
    tachy_stream *stream = frame->stream;
    if (stream == NULL)
        return error_set(TACHY_CORRUPT,
                         "frame %llu: the id table could not be read when the frame "
                         "was cloned",
                         (unsigned long long)frame->pin.sequence);
    pthread_mutex_lock(&stream->ids_mutex);
    status = refresh_copy(stream, &frame->descriptor);
    if (status == TACHY_OK)
        frame->ids = ids_retain(stream->ids);
    pthread_mutex_unlock(&stream->ids_mutex);
    return status;
}

tachy_status frame_identities(tachy_frame *frame, const tachy_identity **identities, size_t *count)
{
    uint32_t rows = frame->descriptor.id_rows;
    if (rows == 0)
        return error_set(TACHY_NOT_FOUND, "frame %llu: the producer's id table is empty",
                         (unsigned long long)frame->pin.sequence);
    tachy_status status = frame_load_ids(frame);
    if (status != TACHY_OK)
        return status;
    uint32_t damaged = frame->ids->damaged;
    if (damaged != 0 && damaged <= rows)
        return error_set(TACHY_CORRUPT, "frame %llu: row %u of the id table is damaged",
                         (unsigned long long)frame->pin.sequence, damaged);
    *identities = frame->ids->identities;
    *count = rows;
    return TACHY_OK;
}

const tachy_identity *tachy_frame_identity(const tachy_frame *frame, uint32_t id)
{
    if (frame == NULL || id == 0 || id > frame->descriptor.id_rows ||
        frame_load_ids((tachy_frame *)frame) != TACHY_OK)
        return NULL;
    const tachy_identity *identity = &frame->ids->identities[id - 1];
    return identity->name == NULL ? NULL : identity;
}

const tachy_identity *tachy_frame_identities(const tachy_frame *frame, size_t *count)
{
    const tachy_identity *identities = NULL;
    size_t rows = 0;
    if (frame != NULL)
        frame_identities((tachy_frame *)frame, &identities, &rows);
    if (count != NULL)
        *count = rows;
    return identities;
}
