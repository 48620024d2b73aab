// Frames from claim to publish.
#include "producer/publish/frame.h"

#include <stdlib.h>
#include <sys/statvfs.h>

#include "common/base/error.h"

struct flight {
    uint64_t ticket; ///< 0: nothing was drawn
    uint64_t number;
    int64_t time_numerator, time_denominator;
};

static void free_arrays(struct publisher *publisher)
{
    free(publisher->flights);
    free(publisher->drafts);
    free(publisher->streams);
    free(publisher->images);
    identity_finish(&publisher->identities);
    *publisher = (struct publisher){0};
}

static tachy_status allocate(struct publisher *publisher, size_t streams)
{
    size_t room = streams + 1; // of 0 elements calloc may say NULL
    publisher->streams = calloc(room, sizeof *publisher->streams);
    publisher->images = calloc(room, sizeof *publisher->images);
    publisher->flights = calloc(publisher->flight_max, sizeof *publisher->flights);
    publisher->drafts = calloc(room * publisher->flight_max, sizeof(tachy_draft *));
    if (publisher->streams != NULL && publisher->images != NULL && publisher->flights != NULL &&
        publisher->drafts != NULL)
        return TACHY_OK;
    free_arrays(publisher);
    return error_set(TACHY_NO_MEMORY, "no memory for %zu streams", streams);
}

// The drafts of a flight, one per stream; NULL where readers held every slot.
static tachy_draft **drafts_of(const struct publisher *publisher, const struct flight *flight)
{
    return publisher->drafts + (size_t)(flight - publisher->flights) * publisher->stream_count;
}

// Before any is made: who makes room should make room for all of them.
static tachy_status check_space(const struct stream_params *params, const struct scene *scene)
{
    static const double mebibyte = 1 << 20;
    uint64_t need = 0;
    for (size_t i = 0; i < scene->avatar_count; i++) {
        uint64_t bytes = 0;
        tachy_status status = stream_bytes(params, scene, i, &bytes);
        if (status != TACHY_OK)
            return status;
        need += bytes;
    }
    struct statvfs shm;
    if (statvfs("/dev/shm", &shm) != 0 || shm.f_blocks == 0) // unknown, or without a limit
        return TACHY_OK;
    uint64_t left = (uint64_t)shm.f_bavail * shm.f_frsize;
    uint64_t used = (uint64_t)(shm.f_blocks - shm.f_bavail) * shm.f_frsize;
    if (need <= left)
        return TACHY_OK;
    unsigned long long raised = (unsigned long long)((double)(used + need) / mebibyte) + 16;
    return error_set(
        TACHY_SYSTEM,
        "%s: %zu streams need %.1f MiB of shared memory, and /dev/shm has %.1f MiB "
        "free; use smaller frames (--size), fewer planes (--passes), readers "
        "(--readers) or avatars, or raise it: docker run --shm-size=%lluM, or mount -o "
        "remount,size=%lluM /dev/shm",
        params->producer, scene->avatar_count, (double)need / mebibyte, (double)left / mebibyte,
        raised, raised);
}

tachy_status publisher_init(struct publisher *publisher, struct render *render, struct scene *scene,
                            const struct stream_params *params, uint64_t always)
{
    *publisher = (struct publisher){
        .render = render, .scene = scene, .always = always, .flight_max = params->drafts};
    tachy_status status = check_space(params, scene);
    if (status == TACHY_OK)
        status = allocate(publisher, scene->avatar_count);
    if (status != TACHY_OK)
        return status;
    for (size_t i = 0; status == TACHY_OK && i < scene->avatar_count; i++) {
        status = stream_init(&publisher->streams[i], params, render, scene, i);
        publisher->stream_count += status == TACHY_OK;
    }
    if (status != TACHY_OK)
        publisher_finish(publisher);
    else
        scene->streams_exist = true;
    return status;
}

static uint64_t planes_to_draw(const struct publisher *publisher, const struct stream *stream)
{
    uint64_t wanted = 0;
    tachy_writer_wanted(stream->writer, &wanted);
    return (stream_from_writer(stream, wanted) | publisher->always) & stream->planes;
}

// Where the writer's memory is another than the target has: frames under way end in the old one first.
static tachy_status follow_memory(struct publisher *publisher, struct stream *stream)
{
    tachy_status status = TACHY_OK;
    if (!stream_moved(stream))
        return status;
    while (status == TACHY_OK && publisher->flight_count > 0)
        status = publisher_end(publisher, INT64_MAX);
    return status == TACHY_OK ? stream_follow(stream, publisher->render, publisher->scene) : status;
}

// Claims a slot of one stream, fills in all but the pixels, and says what is to be drawn where.
static tachy_status prepare(struct publisher *publisher, struct stream *stream,
                            struct flight *flight, tachy_draft **draft, struct render_image *image)
{
    // Waits for lossless readers, for as long as the stream has patience with them; others are never waited for.
    tachy_status status = tachy_writer_claim(stream->writer, INT64_MAX, draft);
    if (status < 0)
        return error_set(status, "%s", tachy_error());
    tachy_status followed = follow_memory(publisher, stream);
    if (followed != TACHY_OK || status == TACHY_EMPTY)
        return followed != TACHY_OK ? followed : status;
    stream_tell_of_names(stream);
    const tachy_camera *camera = &publisher->scene->avatars[stream->avatar].camera;
    uint64_t planes = planes_to_draw(publisher, stream);
    *image = (struct render_image){.target = stream->target, .camera = camera, .planes = planes};
    for (size_t i = 0; i < PLANE_COUNT; i++) {
        if (!(planes >> i & 1))
            continue;
        const tachy_plane *layout;
        image->data[i] = tachy_draft_plane(*draft, plane_table[i].name, &layout);
        image->row_bytes[i] = layout->row_bytes;
    }
    status = tachy_draft_set_camera(*draft, 0, camera);
    if (status == TACHY_OK)
        status = tachy_draft_set_frame(*draft, flight->number, flight->time_numerator,
                                       flight->time_denominator);
    if (status == TACHY_OK)
        status = tachy_draft_set_valid(*draft, stream_to_writer(stream, planes));
    return status == TACHY_OK ? status : error_set(status, "%s", tachy_error());
}

static void abort_drafts(struct publisher *publisher, struct flight *flight)
{
    tachy_draft **drafts = drafts_of(publisher, flight);
    for (size_t i = 0; i < publisher->stream_count; i++)
        tachy_draft_abort(&drafts[i]);
}

static tachy_status draw(struct publisher *publisher, struct flight *flight)
{
    tachy_draft **drafts = drafts_of(publisher, flight);
    size_t images = 0;
    for (size_t i = 0; i < publisher->stream_count; i++) {
        struct render_image image;
        tachy_status status =
            prepare(publisher, &publisher->streams[i], flight, &drafts[i], &image);
        if (status == TACHY_EMPTY)
            continue; // a drop: the writer counted it
        if (status != TACHY_OK)
            return status;
        if (image.planes != 0)
            publisher->images[images++] = image;
    }
    publisher->drew = images > 0;
    if (images == 0)
        return TACHY_OK;
    return render_submit(publisher->render, publisher->scene, publisher->images, images,
                         &flight->ticket);
}

tachy_status publisher_begin(struct publisher *publisher)
{
    if (publisher->flight_count == publisher->flight_max)
        return error_set(TACHY_BUSY, "%u frames are under way already", publisher->flight_max);
    tachy_status status = TACHY_OK;
    if (publisher->stream_count > 0)
        status =
            identity_tell(&publisher->identities, publisher->streams[0].writer, publisher->scene);
    if (status != TACHY_OK)
        return status;
    scene_step(publisher->scene);
    uint32_t at = (publisher->flight_first + publisher->flight_count) % publisher->flight_max;
    struct flight *flight = &publisher->flights[at];
    flight->ticket = 0;
    flight->number = publisher->scene->frame;
    scene_time(publisher->scene, &flight->time_numerator, &flight->time_denominator);
    status = draw(publisher, flight);
    if (status != TACHY_OK)
        abort_drafts(publisher, flight);
    else
        publisher->flight_count++;
    return status;
}

tachy_status publisher_end(struct publisher *publisher, int64_t timeout_ns)
{
    if (publisher->flight_count == 0)
        return TACHY_EMPTY;
    struct flight *flight = &publisher->flights[publisher->flight_first];
    tachy_status status = TACHY_OK;
    if (flight->ticket != 0)
        status = render_deliver(publisher->render, flight->ticket, timeout_ns);
    if (status != TACHY_OK)
        return status;
    tachy_draft **drafts = drafts_of(publisher, flight);
    for (size_t i = 0; status == TACHY_OK && i < publisher->stream_count; i++) {
        if (drafts[i] != NULL)
            status = tachy_draft_publish(&drafts[i]);
    }
    publisher->flight_first = (publisher->flight_first + 1) % publisher->flight_max;
    publisher->flight_count--;
    return status == TACHY_OK ? status : error_set(status, "%s", tachy_error());
}

void publisher_finish(struct publisher *publisher)
{
    // However long it takes: a slot that the device still writes must neither be given back nor unmapped.
    while (publisher_end(publisher, INT64_MAX) == TACHY_OK) {
    }
    for (uint32_t i = 0; i < publisher->flight_max; i++)
        abort_drafts(publisher, &publisher->flights[i]);
    for (size_t i = 0; i < publisher->stream_count; i++)
        stream_finish(&publisher->streams[i]);
    free_arrays(publisher);
}
