// A stream whose memory shrank under a guarded reader: what was read of it may be zeros.
#include "common/base/error.h"
#include "consumer/stream/stream.h"

// A registry that shrank does not harm frames: the writer claims none of their slots any more.
static bool lie_in_shrunk(const tachy_stream *stream, const struct generation *generation)
{
    return guard_is_hit(stream->objects.control.guard) || generation_shrank(generation);
}

bool stream_shrank(const tachy_stream *stream)
{
    return objects_shrank(&stream->objects) || generation_shrank(stream->objects.generation);
}

tachy_status stream_end_shrunk(tachy_stream *stream)
{
    if (lie_in_shrunk(stream, stream->objects.generation))
        return TACHY_CORRUPT;
    if (reader_is_closed(stream->objects.map))
        return TACHY_CLOSED;
    stream->gone = stream->gone || !objects_are_alive(&stream->objects);
    return stream->gone ? TACHY_GONE : TACHY_CORRUPT;
}

tachy_status stream_fail_shrunk(const tachy_stream *stream)
{
    return error_set(
        TACHY_CORRUPT,
        "stream %s: its shared memory shrank under this reader: some process truncated "
        "an object of it; detach, and attach when the writer has made a new one",
        stream->objects.name.stream);
}

tachy_status frame_check_memory(const tachy_frame *frame)
{
    const tachy_stream *stream = frame->stream;
    if (stream == NULL || !lie_in_shrunk(stream, frame->generation))
        return TACHY_OK;
    return stream_fail_shrunk(stream);
}
