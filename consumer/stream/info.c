// What a stream is, and how its reader fares.
#include <string.h>

#include "common/base/error.h"
#include "common/ring/latency.h"
#include "consumer/stream/stream.h"

void info_fill(const struct objects *objects, tachy_info *info)
{
    const struct ring_about *about = &objects->about;
    struct registry registry = objects_registry(objects);
    struct registry_sums sums = registry_sum(&registry);
    struct objects_counters counters = objects_count(objects);
    uint64_t head = reader_head(objects->map);
    *info = (tachy_info){.size = sizeof *info,
                         .name = objects->name.stream,
                         .producer = objects->name.producer,
                         .program = about->program,
                         .epoch = objects->epoch,
                         .generation = objects->geometry->generation,
                         .head = head,
                         .seed = about->seed,
                         .planes = objects->geometry->planes,
                         .plane_count = objects->geometry->plane_count,
                         .slot_bytes = objects->geometry->slot_bytes,
                         .shared_bytes = objects->shared_bytes,
                         .pid = about->pid,
                         .slots = about->slots,
                         .readers = sums.readers,
                         .readers_max = about->readers_max,
                         .held_reserved = sums.reserved,
                         .held_max = about->held_max,
                         .drafts_max = about->drafts_max,
                         .history = about->history,
                         .tier = about->tier,
                         .fps = counters.fps,
                         .published = head,
                         .dropped = counters.dropped,
                         .alive = objects_are_alive(objects),
                         .huge_bytes = objects->geometry->huge_bytes,
                         .foreign_clock = !objects->same_clock};
}

tachy_status tachy_stream_info(tachy_stream *stream, const tachy_info **info)
{
    if (stream == NULL)
        return error_null(__func__, "stream");
    if (info == NULL)
        return error_null(__func__, "info");
    tachy_status status = stream_check_fork(stream);
    if (status != TACHY_OK)
        return status;
    tachy_stream *now = stream->now;
    info_fill(&now->objects, &now->info);
    *info = &now->info;
    return TACHY_OK;
}

tachy_status tachy_stream_stats(const tachy_stream *stream, tachy_stats *stats)
{
    if (stream == NULL)
        return error_null(__func__, "stream");
    if (stats == NULL)
        return error_null(__func__, "stats");
    tachy_status status = stream_check_fork(stream);
    if (status != TACHY_OK)
        return status;
    if (stats->size < sizeof stats->size)
        return error_set(TACHY_INVALID, "tachy_stream_stats: stats->size is not set");
    const struct reader *reader = &stream->now->reader;
    uint64_t head = reader_head(reader->control);
    size_t size = stats->size < sizeof *stats ? stats->size : sizeof *stats;
    tachy_stats all = {.received = reader->received,
                       .skipped = reader->skipped,
                       .lost = reader->lost,
                       .corrupt = reader->corrupt,
                       .lag = head >= reader->cursor ? head - reader->cursor + 1 : 0,
                       .held = reader_held(reader),
                       .lossless = reader->lossless,
                       .copying = stream->copying};
    latency_summarise(reader->block, &all);
    all.size = size;
    memcpy(stats, &all, size);
    return TACHY_OK;
}
