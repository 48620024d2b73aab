// The frame of a number, for who drives the producer in lock-step.
#include "common/base/error.h"
#include "consumer/stream/stream.h"

tachy_status tachy_stream_at(tachy_stream *stream, uint64_t number, int64_t timeout_ns,
                             tachy_frame **frame)
{
    if (stream == NULL)
        return error_null(__func__, "stream");
    if (frame == NULL)
        return error_null(__func__, "frame");
    stream->sought = &number;
    tachy_status status = stream_take(stream, timeout_ns, frame);
    stream->sought = NULL;
    return status;
}
