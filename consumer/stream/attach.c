// Attaching to a stream and leaving it.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/failpoint.h"
#include "common/shm/lock.h"
#include "consumer/stream/stream.h"

enum { POLL_FIRST_MS = 1, POLL_LAST_MS = 20 };

static tachy_status copy_params(const tachy_stream_params *params, tachy_stream_params *copy)
{
    if (params == NULL || params->size < offsetof(tachy_stream_params, held_max))
        return error_set(TACHY_INVALID, "tachy_stream_attach: params->size is not set");
    memset(copy, 0, sizeof *copy);
    memcpy(copy, params, params->size < sizeof *copy ? params->size : sizeof *copy);
    if (copy->held_max == 0)
        copy->held_max = 1;
    if (copy->reader_name == NULL)
        copy->reader_name = program_invocation_short_name;
    return TACHY_OK;
}

static tachy_status check_params(const tachy_stream_params *params)
{
    if (params->reading != TACHY_NEWEST && params->reading != TACHY_EVERY &&
        params->reading != TACHY_LOSSLESS)
        return error_set(TACHY_INVALID,
                         "stream %s: reading is %d; expected TACHY_NEWEST, TACHY_EVERY or "
                         "TACHY_LOSSLESS",
                         params->name, (int)params->reading);
    if (params->copying && params->reading != TACHY_NEWEST)
        return error_set(TACHY_INVALID, "stream %s: copying goes with reading TACHY_NEWEST only",
                         params->name);
    if (params->numbers_only && !params->copying)
        return error_set(TACHY_INVALID, "stream %s: numbers_only goes with copying only",
                         params->name);
    if (params->held_max > RING_CELLS_MAX)
        return error_set(TACHY_INVALID, "stream %s: held_max is %u; expected at most %d",
                         params->name, params->held_max, RING_CELLS_MAX);
    if (params->spin_ns < 0)
        return error_set(TACHY_INVALID, "stream %s: spin_ns is negative", params->name);
    return TACHY_OK;
}

static tachy_status fail_plane(const struct objects *objects, const char *word, size_t length)
{
    char known[512] = "";
    size_t used = 0;
    for (uint32_t i = 0; i < objects->geometry->plane_count && used < sizeof known; i++)
        used += (size_t)snprintf(known + used, sizeof known - used, "%s%s", i == 0 ? "" : ",",
                                 objects->geometry->names[i]);
    return error_set(TACHY_NOT_FOUND, "stream %s: it has no plane %.*s; it has %s",
                     objects->name.stream, (int)length, word, known);
}

static tachy_status parse_planes(const struct objects *objects, const char *planes,
                                 uint64_t *wanted)
{
    const char *unknown = stream_parse_planes(objects->geometry, planes, wanted);
    if (unknown == NULL)
        return TACHY_OK;
    size_t length = strcspn(unknown, ",");
    return fail_plane(objects, unknown, length < 64 ? length : 64);
}

tachy_status stream_open(const struct stream_name *name, bool guard, struct objects *objects)
{
    unsigned how = guard ? SEGMENT_WRITE | SEGMENT_GUARDED : SEGMENT_WRITE;
    tachy_status status = objects_open(name, how, objects);
    if (status != TACHY_OK || objects_are_alive(objects))
        return status;
    objects_close(objects);
    return error_set(TACHY_GONE, "stream %s: its writer is dead; start the producer again",
                     name->stream);
}

bool stream_may_come(tachy_status status)
{
    return status == TACHY_NOT_FOUND || status == TACHY_TIMED_OUT || status == TACHY_GONE;
}

// Waits for the stream to appear; a name has no futex, so it is looked for again and again.
static tachy_status wait_for(const struct stream_name *name, bool guard, int64_t timeout_ns,
                             struct objects *objects)
{
    int64_t deadline = clock_deadline_ns(timeout_ns);
    int64_t pause_ns = (int64_t)POLL_FIRST_MS * NS_PER_MS;
    for (;;) {
        tachy_status status = stream_open(name, guard, objects);
        if (!stream_may_come(status))
            return status;
        int64_t left = deadline - clock_now_ns();
        if (timeout_ns <= 0 || left <= 0)
            return status == TACHY_NOT_FOUND
                       ? error_set(status, "stream %s: not found; tachy ls shows what there is",
                                   name->stream)
                       : status;
        struct timespec pause = clock_timespec(left < pause_ns ? left : pause_ns);
        nanosleep(&pause, NULL);
        if (pause_ns < (int64_t)POLL_LAST_MS * NS_PER_MS)
            pause_ns *= 2;
    }
}

static tachy_status join(tachy_stream *stream, const tachy_stream_params *params)
{
    struct registry_terms terms = {.reading = params->reading,
                                   .held = params->copying ? 0 : params->held_max,
                                   .generation = stream->objects.geometry->generation,
                                   .reader_name = params->reader_name};
    tachy_status status = parse_planes(&stream->objects, params->planes, &terms.wanted);
    if (status != TACHY_OK &&
        stream->handle == stream) // a plane that a later writer has not is not missed
        return status;
    if (params->planes != NULL && (stream->wanted = strdup(params->planes)) == NULL)
        return error_set(TACHY_NO_MEMORY, "stream %s: no memory", params->name);
    struct registry registry = objects_registry(&stream->objects);
    uint32_t index;
    status = registry_join(&registry, &terms, &index);
    if (status != TACHY_OK)
        return status;
    struct reader *reader = &stream->reader;
    reader->control = stream->objects.map;
    reader->registry = registry.map;
    reader->block = &registry.map->readers[index];
    reader->doorbell = registry.doorbell;
    reader->index = index;
    reader->slots = stream->objects.about.slots;
    reader->generation = terms.generation;
    reader->history = stream->objects.about.history;
    reader->held_max = params->held_max;
    reader->every = params->reading != TACHY_NEWEST;
    reader->lossless = params->reading == TACHY_LOSSLESS;
    reader->calls = stream->handle == stream ? NULL : stream->handle->reader.calls;
    TACHY_FAILPOINT("attach.before_start");
    reader_start(reader);
    TACHY_FAILPOINT("attach.done");
    return TACHY_OK;
}

static void destroy(tachy_stream *stream)
{
    bool ours = stream->forks == lock_forks(); // in a forked child what is shared is the parent's
    struct registry registry = objects_registry(&stream->objects);
    TACHY_FAILPOINT("detach.enter");
    if (ours && stream->reader.block != NULL)
        registry_leave(&registry, stream->reader.index);
    ids_release(&stream->ids);
    stream_free_copies(stream);
    free(stream->wanted);
    if (ours) {
        segment_finish(&stream->ids_map);
        objects_close(&stream->objects);
    }
    TACHY_FAILPOINT("detach.done");
    pthread_mutex_destroy(&stream->ids_mutex);
    free(stream);
}

// What a reader needs to join the next life, when the caller's strings are gone.
static void keep_params(tachy_stream *stream, const tachy_stream_params *params)
{
    stream->params = *params;
    stream->params.name = stream->objects.name.stream;
    stream->params.planes = stream->wanted;
    snprintf(stream->reader_name, sizeof stream->reader_name, "%s", params->reader_name);
    stream->params.reader_name = stream->reader_name;
}

tachy_status stream_join(const tachy_stream_params *params, struct objects *objects,
                         tachy_stream *handle, tachy_stream **stream)
{
    tachy_stream *made = calloc(1, sizeof *made);
    if (made == NULL) {
        objects_close(objects);
        return error_set(TACHY_NO_MEMORY, "stream %s: no memory", params->name);
    }
    made->handle = handle == NULL ? made : handle;
    made->now = made;
    made->objects = *objects;
    made->forks = lock_forks();
    made->spin_ns = params->spin_ns;
    made->copying = params->copying;
    made->numbers_only = params->numbers_only;
    made->verify = params->verify;
    made->same_clock = objects->same_clock;
    made->probed_ns = clock_now_ns();
    made->ids_map = segment_none;
    made->ids_seen = UINT32_MAX;
    pthread_mutex_init(&made->ids_mutex, NULL);
    reader_retain(&made->reader);
    tachy_status status = join(made, params);
    if (status != TACHY_OK) {
        destroy(made);
        return status;
    }
    keep_params(made, params);
    struct ring_descriptor
        newest; // the writer may end, and the id table lose its name, before the first `next`
    if (reader_peek(&made->reader, &newest) && newest.id_rows != 0)
        stream_keep_ids(made, newest.ids_generation);
    *stream = made;
    return TACHY_OK;
}

tachy_status tachy_stream_attach(const tachy_stream_params *params, int64_t timeout_ns,
                                 tachy_stream **stream)
{
    tachy_stream_params copy = {0};
    struct stream_name name = {0};
    struct objects objects = {0};
    if (stream == NULL)
        return error_null(__func__, "stream");
    tachy_status status = copy_params(params, &copy);
    if (status == TACHY_OK)
        status = name_parse(copy.name, &name);
    if (status == TACHY_OK)
        status = check_params(&copy);
    if (status == TACHY_OK)
        status = wait_for(&name, copy.guard, timeout_ns, &objects);
    return status != TACHY_OK ? status : stream_join(&copy, &objects, NULL, stream);
}

void stream_drop(tachy_stream *stream)
{
    if (reader_drop(&stream->reader))
        destroy(stream);
}

void stream_drop_generation(tachy_stream *stream, struct generation *generation)
{
    if (!generation_drop(generation))
        return;
    generation_destroy(generation);
    stream_drop(stream);
}

void stream_leave_generation(tachy_stream *stream, struct generation *generation)
{
    if (!generation_leave(generation))
        return;
    generation_destroy(generation);
    stream_drop(stream);
}

void stream_leave(tachy_stream *life)
{
    if (life->forks == lock_forks())
        reader_forgo(&life->reader);
    TACHY_FAILPOINT("detach.forgone");
    struct generation *generation = life->objects.generation;
    life->objects.generation = NULL;
    stream_leave_generation(life, generation);
}

void tachy_stream_detach(tachy_stream **stream)
{
    if (stream == NULL || *stream == NULL)
        return;
    tachy_stream *old = *stream, *now = old->now;
    *stream = NULL;
    stream_stop_fd(old);
    stream_leave(now);
    if (now != old)
        stream_drop(old);
}
