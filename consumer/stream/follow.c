// A reader that outlives its stream's writer: it goes on with the next one of the name, as another life of the stream.
#include "common/base/clock.h"
#include "common/base/failpoint.h"
#include "consumer/stream/stream.h"

/// A name has no futex: it is looked for so often.
static const int64_t first_pause_ns = NS_PER_MS, last_pause_ns = 20 * (int64_t)NS_PER_MS;

bool stream_can_follow(const tachy_stream *handle)
{
    return objects_have_successor(&handle->now->objects);
}

// A reader that was demoted stays an every-reader.
static tachy_status join_next(tachy_stream *handle, tachy_stream **next)
{
    const tachy_stream *now = handle->now;
    struct objects objects;
    tachy_status status =
        stream_open(&handle->objects.name, now->objects.control.guard != NULL, &objects);
    if (status != TACHY_OK)
        return stream_may_come(status) ? TACHY_EMPTY : status;
    TACHY_FAILPOINT("follow.opened");
    tachy_stream_params params = handle->params;
    if (params.reading == TACHY_LOSSLESS && !now->reader.lossless)
        params.reading = TACHY_EVERY;
    return stream_join(&params, &objects, handle, next);
}

static tachy_status go_on(tachy_stream *handle)
{
    tachy_stream *next = NULL, *old = handle->now;
    if (!stream_can_follow(handle))
        return TACHY_EMPTY;
    tachy_status status = join_next(handle, &next);
    if (status != TACHY_OK)
        return status;
    reader_resume(&next->reader, &old->reader);
    if (old == handle)
        reader_retain(&handle->reader); // by the program, until it detaches
    stream_hold_fd(handle);
    handle->now = next;
    stream_let_fd(handle);
    // The helper may sleep at the old life's semaphore, where it hears no later nudge.
    reader_nudge(&old->reader);
    TACHY_FAILPOINT("follow.done");
    stream_leave(old);
    return TACHY_CHANGED;
}

tachy_status stream_follow(tachy_stream *handle, int64_t deadline_ns)
{
    for (int64_t pause_ns = first_pause_ns;; pause_ns *= 2) {
        tachy_status status = go_on(handle);
        if (status != TACHY_EMPTY || deadline_ns == 0)
            return status;
        int64_t left_ns = deadline_ns - clock_now_ns();
        if (left_ns <= 0)
            return TACHY_TIMED_OUT;
        if (pause_ns > last_pause_ns)
            pause_ns = last_pause_ns;
        reader_pause(&handle->now->reader, left_ns < pause_ns ? left_ns : pause_ns);
        if (reader_take_interrupt(&handle->reader))
            return TACHY_INTERRUPTED;
    }
}
