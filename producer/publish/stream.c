// One stream: what one avatar sees, in a ring of its own.
#include "producer/publish/stream.h"

#include <stdio.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/log.h"

static size_t describe_planes(const struct scene_avatar *avatar, uint64_t planes,
                              tachy_plane_params described[PLANE_COUNT])
{
    size_t count = 0;
    for (size_t i = 0; i < PLANE_COUNT; i++) {
        if (!(planes >> i & 1))
            continue;
        described[count++] = (tachy_plane_params){
            .name = plane_table[i].name,
            .format = plane_table[i].format,
            .count = 1,
            .height = avatar->height,
            .width = avatar->width,
            .channels = plane_table[i].channels,
        };
    }
    return count;
}

static tachy_writer_params describe_writer(const struct stream_params *params, const char *name,
                                           uint32_t tier, const tachy_plane_params *planes,
                                           size_t plane_count)
{
    return (tachy_writer_params){
        .size = sizeof(tachy_writer_params),
        .name = name,
        .planes = planes,
        .plane_count = plane_count,
        .held_max = params->readers,
        .drafts_max = params->drafts,
        .mode = params->mode,
        .tier = tier,
        .seed = params->seed,
    };
}

static tachy_status make_writer(struct stream *stream, const struct stream_params *params,
                                uint32_t tier, const struct scene *scene)
{
    uint8_t number = 0;
    for (size_t i = 0; i < PLANE_COUNT; i++) {
        if (params->planes >> i & 1)
            stream->writer_planes[i] = number++;
    }
    tachy_plane_params planes[PLANE_COUNT];
    size_t count = describe_planes(&scene->avatars[stream->avatar], params->planes, planes);
    tachy_writer_params writer = describe_writer(params, stream->name, tier, planes, count);
    tachy_status status = tachy_writer_create(&writer, &stream->writer);
    return status == TACHY_OK ? status : error_set(status, "%s", tachy_error());
}

tachy_status stream_bytes(const struct stream_params *params, const struct scene *scene,
                          size_t avatar, uint64_t *bytes)
{
    char name[256];
    tachy_plane_params planes[PLANE_COUNT];
    size_t count = describe_planes(&scene->avatars[avatar], params->planes, planes);
    snprintf(name, sizeof name, "%s/%s", params->producer, scene->avatars[avatar].name);
    tachy_writer_params writer = describe_writer(params, name, 0, planes, count);
    tachy_status status = tachy_writer_bytes(&writer, bytes);
    return status == TACHY_OK ? status : error_set(status, "%s", tachy_error());
}

static tachy_status make_target(struct stream *stream, struct render *render,
                                const struct scene *scene)
{
    const struct scene_avatar *seen_by = &scene->avatars[stream->avatar];
    struct render_target_params target = {
        .name = stream->name,
        .width = seen_by->width,
        .height = seen_by->height,
        .planes = stream->planes,
    };
    tachy_status status = tachy_writer_memory(stream->writer, &target.memory, &target.memory_bytes);
    if (status == TACHY_OK)
        status = render_target_create(render, &target, &stream->target);
    if (status == TACHY_OK)
        stream->memory = target.memory;
    return status;
}

tachy_status stream_init(struct stream *stream, const struct stream_params *params,
                         struct render *render, const struct scene *scene, size_t avatar)
{
    const struct scene_avatar *seen_by = &scene->avatars[avatar];
    *stream = (struct stream){.avatar = avatar, .planes = params->planes};
    snprintf(stream->name, sizeof stream->name, "%s/%s", params->producer, seen_by->name);
    uint32_t size_max = render_size_max(render);
    if (seen_by->width > size_max || seen_by->height > size_max)
        return error_set(TACHY_INVALID,
                         "stream %s: images of %ux%u are beyond this device's limit of %ux%u (%s)",
                         stream->name, seen_by->width, seen_by->height, size_max, size_max,
                         render_device_name(render));
    tachy_status status = make_writer(stream, params, render_tier(render), scene);
    if (status != TACHY_OK)
        return status;
    status = make_target(stream, render, scene);
    if (status != TACHY_OK)
        stream_finish(stream);
    return status;
}

bool stream_moved(const struct stream *stream)
{
    void *memory = NULL;
    size_t bytes;
    return tachy_writer_memory(stream->writer, &memory, &bytes) == TACHY_OK &&
           memory != stream->memory;
}

tachy_status stream_follow(struct stream *stream, struct render *render, const struct scene *scene)
{
    log_warn("stream %s: some process truncated its shared memory: it goes on in new, and its "
             "readers must attach again",
             stream->name);
    render_target_destroy(&stream->target);
    return make_target(stream, render, scene);
}

void stream_tell_of_names(struct stream *stream)
{
    int64_t now = clock_now_ns();
    if (stream->told_of_names || now - stream->looked_ns < NS_PER_S)
        return;
    stream->looked_ns = now;
    tachy_writer_stats stats = {.size = sizeof stats};
    if (tachy_writer_read_stats(stream->writer, &stats) != TACHY_OK)
        return;
    stream->told_of_names = stats.names_lost || stats.names_restored > 0;
    if (stats.names_lost)
        log_warn("stream %s: some process removed its names from /dev/shm: who reads it goes on, "
                 "new readers do not find it until it is started again",
                 stream->name);
    else if (stats.names_restored > 0)
        log_warn("stream %s: some process removed names of it from /dev/shm, and they were linked "
                 "back: Python's SharedMemory does so at exit, import tachy instead",
                 stream->name);
}

void stream_finish(struct stream *stream)
{
    render_target_destroy(&stream->target); // first: it has the writer's memory imported
    tachy_writer_destroy(&stream->writer);
}

uint64_t stream_to_writer(const struct stream *stream, uint64_t planes)
{
    uint64_t numbered = 0;
    for (size_t i = 0; i < PLANE_COUNT; i++) {
        if (planes & stream->planes & UINT64_C(1) << i)
            numbered |= UINT64_C(1) << stream->writer_planes[i];
    }
    return numbered;
}

uint64_t stream_from_writer(const struct stream *stream, uint64_t planes)
{
    uint64_t ours = 0;
    for (size_t i = 0; i < PLANE_COUNT; i++) {
        if ((stream->planes >> i & 1) && (planes >> stream->writer_planes[i] & 1))
            ours |= UINT64_C(1) << i;
    }
    return ours;
}
