// The next frame: taken at once, or after spinning and sleeping, until the stream ends.
#include <string.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/ring/latency.h"
#include "common/shm/lock.h"
#include "consumer/stream/stream.h"

/// The longest sleep: a wake that got lost costs no more, and this often a sleeper asks whether the writer lives.
static const int64_t slice_ns = 50 * (int64_t)NS_PER_MS;

tachy_status stream_check_fork(const tachy_stream *stream)
{
    if (stream->forks == lock_forks())
        return TACHY_OK;
    return error_set(TACHY_INVALID,
                     "stream %s: this reader is the parent's; reopen after fork "
                     "(tachy_stream_attach)",
                     stream->objects.name.stream);
}

static tachy_status fail_corrupt(tachy_stream *stream, const char *why)
{
    reader_count_corrupt(&stream->reader);
    return error_set(TACHY_CORRUPT, "stream %s: %s", stream->objects.name.stream, why);
}

// A look at the clock costs a spinning reader a fifth of what it would measure, so it takes one in so many.
static bool is_timed(const tachy_stream *stream)
{
    enum { SPINNING_TIMED_ONE_IN = 16 };
    if (!stream->same_clock)
        return false;
    return stream->spin_ns == 0 || stream->reader.received % SPINNING_TIMED_ONE_IN == 1;
}

const char *stream_slot(const tachy_stream *stream, uint32_t slot)
{
    const struct ring_geometry *geometry = stream->objects.geometry;
    return (const char *)stream->objects.generation->data.base + geometry->slots_offset +
           slot * geometry->slot_bytes;
}

void stream_copy_descriptor(const tachy_stream *stream, uint32_t slot,
                            struct ring_descriptor *descriptor)
{
    memcpy(descriptor, &stream->reader.control->slots[slot].descriptor,
           offsetof(struct ring_descriptor, wall_ns));
    descriptor->planes &= geometry_mask(stream->objects.geometry);
}

static tachy_status take_once(tachy_stream *stream, struct reader_pin *pin)
{
    if (stream->copying)
        return stream_take_copy(stream, pin);
    const uint64_t *number = stream->handle->sought;
    return number == NULL ? reader_take(&stream->reader, pin)
                          : reader_seek(&stream->reader, *number, pin);
}

static tachy_status take(tachy_stream *stream, struct reader_pin *pin)
{
    // As many frames may be of generations that are gone.
    for (int i = 0; i <= RING_SLOTS_MAX; i++) {
        tachy_status status = take_once(stream, pin);
        if (status == TACHY_CORRUPT && !stream_shrank(stream))
            return fail_corrupt(stream, "the newest frame is named but not there");
        if (status != TACHY_CHANGED)
            return status;
        status = stream_change(stream);
        if (status != TACHY_EMPTY)
            return status;
    }
    return fail_corrupt(stream, "its frames are of more generations than it has slots");
}

// The frame taken becomes a handle. Its descriptor is copied once, then checked, then used.
static tachy_status hand_out(tachy_stream *stream, const struct reader_pin *pin,
                             tachy_frame **frame)
{
    struct reader *reader = &stream->reader;
    const struct ring_geometry *geometry = stream->objects.geometry;
    tachy_frame *view = &stream->frames[pin->cell];
    if (!stream->copying)
        stream_copy_descriptor(stream, pin->slot, &view->descriptor);
    if (view->descriptor.generation != geometry->generation ||
        view->descriptor.time_denominator <= 0) {
        reader_release(reader, pin->cell);
        return fail_corrupt(stream, "the descriptor of a frame makes no sense");
    }
    view->stream = stream;
    view->forks = stream->forks;
    view->pin = *pin;
    view->generation = stream->objects.generation;
    view->geometry = geometry;
    view->slot = stream->copying ? stream->copies[pin->cell] : stream_slot(stream, pin->slot);
    if (!stream->copying)
        stream_copy_sums(stream, pin->slot, view->sums);
    tachy_status status = stream_verify(stream, view);
    if (status != TACHY_OK) {
        reader_release(reader, pin->cell);
        reader_count_corrupt(reader);
        return status;
    }
    if (view->descriptor.id_rows != 0 && view->descriptor.ids_generation != stream->ids_seen)
        stream_keep_ids(stream, view->descriptor.ids_generation);
    generation_retain(view->generation);
    reader_count_received(reader);
    if (is_timed(stream))
        latency_record(reader->block, clock_since_ns(view->descriptor.published_ns));
    *frame = view;
    return TACHY_OK;
}

static tachy_status end_or(tachy_stream *stream, struct reader_pin *pin, tachy_status ended)
{
    tachy_status status = take(stream, pin); // what was published before the end comes first
    return status == TACHY_EMPTY ? ended : status;
}

// Whether the wait is over: memory that is gone, an interrupt, or the writer ended or (asked once per slice) died. TACHY_EMPTY: it goes on.
static tachy_status look_for_end(tachy_stream *stream, int64_t now, struct reader_pin *pin)
{
    if (stream_shrank(stream))
        return stream_end_shrunk(stream);
    if (reader_take_interrupt(&stream->reader))
        return TACHY_INTERRUPTED;
    if (reader_is_closed(stream->objects.map))
        return end_or(stream, pin, TACHY_CLOSED);
    if (!stream->gone && now - stream->probed_ns < slice_ns)
        return TACHY_EMPTY;
    stream->probed_ns = now;
    stream->gone = stream->gone || !objects_are_alive(&stream->objects);
    if (!stream->gone)
        return TACHY_EMPTY;
    bool closed = reader_is_closed(stream->objects.map);
    return end_or(stream, pin, closed ? TACHY_CLOSED : TACHY_GONE);
}

static int64_t after(int64_t now, int64_t span)
{
    return span > INT64_MAX - now ? INT64_MAX : now + span;
}

static tachy_status wait_and_take(tachy_stream *stream, int64_t timeout_ns, struct reader_pin *pin)
{
    int64_t now = clock_now_ns();
    int64_t deadline = after(now, timeout_ns), spin_until = after(now, stream->spin_ns);
    for (;;) {
        tachy_status status = look_for_end(stream, now, pin);
        if (status != TACHY_EMPTY)
            return status;
        if (timeout_ns <= 0)
            return TACHY_EMPTY;
        if (now >= deadline)
            return TACHY_TIMED_OUT;
        int64_t left = deadline - now;
        if (now >= spin_until)
            reader_sleep(&stream->reader, left < slice_ns ? left : slice_ns);
        else if (!reader_spin(&stream->reader)) {
            now = clock_now_ns();
            continue;
        }
        status = take(stream, pin);
        if (status != TACHY_EMPTY)
            return status;
        now = clock_now_ns();
    }
}

static tachy_status explain(tachy_stream *stream, tachy_status status, int64_t timeout_ns)
{
    const char *name = stream->objects.name.stream;
    switch (status) {
    case TACHY_BUSY:
        return error_set(status,
                         "stream %s: all %u frames that this reader may hold are held; "
                         "release one",
                         name, stream->reader.held_max);
    case TACHY_NOT_FOUND:
        return error_set(status,
                         "stream %s: frame number %llu is not there: it was overwritten (the "
                         "writer's history keeps more), or never in this stream",
                         name, (unsigned long long)*stream->handle->sought);
    case TACHY_CORRUPT:
        if (!stream_shrank(stream)) // said already
            return status;
        reader_count_corrupt(&stream->reader);
        return stream_fail_shrunk(stream);
    case TACHY_DEMOTED:
        return error_set(status,
                         "stream %s: this lossless reader was too slow and the writer waits for "
                         "it no longer: it reads on, and what it misses is counted as lost",
                         name);
    case TACHY_CHANGED:
        return error_set(status,
                         "stream %s: its frames have another writer, or other planes or sizes, "
                         "from here on: read tachy_stream_info again",
                         name);
    case TACHY_GONE:
        return error_set(status,
                         "stream %s: its writer died, or left for new objects; attach again", name);
    case TACHY_CLOSED:
        return error_set(status, "stream %s: its writer ended it", name);
    case TACHY_INTERRUPTED:
        return error_set(status, "stream %s: the wait was interrupted", name);
    case TACHY_TIMED_OUT:
        return error_set(status, "stream %s: no frame within %.3f s", name,
                         (double)timeout_ns / NS_PER_S);
    default:
        return status;
    }
}

static tachy_status take_or_wait(tachy_stream *stream, int64_t timeout_ns, struct reader_pin *pin)
{
    if (stream_shrank(stream))
        return stream_end_shrunk(stream);
    if (reader_take_interrupt(&stream->reader))
        return TACHY_INTERRUPTED;
    tachy_status status = take(stream, pin);
    return status == TACHY_EMPTY ? wait_and_take(stream, timeout_ns, pin) : status;
}

tachy_status stream_take(tachy_stream *handle, int64_t timeout_ns, tachy_frame **frame)
{
    tachy_status status = stream_check_fork(handle);
    if (status != TACHY_OK)
        return status;
    int64_t deadline_ns =
        handle->params.follow && timeout_ns > 0 ? clock_deadline_ns(timeout_ns) : 0;
    struct reader_pin pin = {0};
    status = take_or_wait(handle->now, timeout_ns, &pin);
    if (handle->params.follow && (status == TACHY_CLOSED || status == TACHY_GONE))
        status = stream_follow(handle, deadline_ns);
    stream_settle_fd(handle);
    if (status != TACHY_OK)
        return explain(handle->now, status, timeout_ns);
    return hand_out(handle->now, &pin, frame);
}

tachy_status tachy_stream_next(tachy_stream *stream, int64_t timeout_ns, tachy_frame **frame)
{
    if (stream == NULL)
        return error_null(__func__, "stream");
    if (frame == NULL)
        return error_null(__func__, "frame");
    return stream_take(stream, timeout_ns, frame);
}
