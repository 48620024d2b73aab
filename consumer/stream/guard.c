// A stream whose memory shrank under a guarded reader: what was read of it may be zeros.
#include "common/base/error.h"
#include "consumer/stream/stream.h"

tachy_status stream_end_shrunk(tachy_stream *stream)
{
    if (objects_frames_shrank(&stream->objects))
        return TACHY_CORRUPT;
    if (reader_is_closed(stream->objects.map))
        return TACHY_CLOSED;
    stream->gone = stream->gone || !objects_are_alive(&stream->objects);
    return stream->gone ? TACHY_GONE : TACHY_CORRUPT;
}

tachy_status stream_check_memory(const tachy_stream *stream)
{
    if (stream == NULL || !objects_frames_shrank(&stream->objects))
        return TACHY_OK;
    return stream_fail_shrunk(stream);
}

tachy_status stream_fail_shrunk(const tachy_stream *stream)
{
    return error_set(
        TACHY_CORRUPT,
        "stream %s: its shared memory shrank under this reader: some process truncated "
        "an object of it; detach, and attach when the writer has made a new one",
        stream->objects.name.stream);
}
