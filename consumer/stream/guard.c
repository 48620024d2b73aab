// A stream whose memory shrank under a guarded reader: what was read of it may be zeros.
#include "common/base/error.h"
#include "consumer/stream/stream.h"

tachy_status stream_check_memory(const tachy_stream *stream)
{
    if (stream == NULL || !objects_shrank(&stream->objects))
        return TACHY_OK;
    return error_set(
        TACHY_CORRUPT,
        "stream %s: its shared memory shrank under this reader: some process truncated "
        "an object of it; detach, and attach when the writer has made a new one",
        stream->objects.name.stream);
}
