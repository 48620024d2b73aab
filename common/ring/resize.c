// A writer's next generation: frames of other planes or sizes, from the next publish on. What readers hold stays as it is.
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/failpoint.h"
#include "common/ring/terms.h"
#include "common/ring/writer.h"
#include "common/shm/lock.h"

/// A generation that is not written any more: the one to go back to, or one whose frames readers may still ask for.
struct past {
    struct past *next;
    struct segment data;
    struct ring_geometry geometry;
};

static void data_name(const tachy_writer *writer, const struct ring_geometry *geometry,
                      char object[NAME_OBJECT_BYTES])
{
    name_generation(writer->name.stem, "dat", geometry->generation, object);
}

// The name goes, and our mapping; a reader's own mapping stays.
static void end_generation(const tachy_writer *writer, struct segment *data,
                           const struct ring_geometry *geometry)
{
    char object[NAME_OBJECT_BYTES];
    data_name(writer, geometry, object);
    segment_unlink_pair(data, object);
    TACHY_FAILPOINT("resize.unlinked");
    segment_finish(data);
}

static void end_past(const tachy_writer *writer, struct past **link)
{
    struct past *old = *link;
    *link = old->next;
    if (writer->forks == lock_forks()) // in a forked child the objects are the parent's
        end_generation(writer, &old->data, &old->geometry);
    free(old);
}

// What a stream keeps for its life may be said again, or left out.
static tachy_status check_kept(const tachy_writer *writer, const tachy_writer_params *params)
{
    const char *stream = writer->name.stream;
    const tachy_writer_params *kept = &writer->terms.params;
    const struct {
        const char *name;
        uint64_t wanted, kept;
    } terms[] = {
        {"readers_max", params->readers_max, kept->readers_max},
        {"held_max", params->held_max, kept->held_max},
        {"drafts_max", params->drafts_max, kept->drafts_max},
        {"history", params->history, kept->history},
        {"lossless_wait_ns", (uint64_t)params->lossless_wait_ns, (uint64_t)kept->lossless_wait_ns},
        {"mode", params->mode, kept->mode != 0 ? kept->mode : 0600},
        {"verify", params->verify, kept->verify},
        {"tier", params->tier, kept->tier},
        {"seed", params->seed, kept->seed}};
    for (size_t i = 0; i < sizeof terms / sizeof terms[0]; i++)
        if (terms[i].wanted != 0 && terms[i].wanted != terms[i].kept)
            return error_set(TACHY_INVALID,
                             "stream %s: a resize cannot change %s from %llu to %llu; leave it 0, "
                             "or make the stream anew",
                             stream, terms[i].name, (unsigned long long)terms[i].kept,
                             (unsigned long long)terms[i].wanted);
    if (params->name != NULL && strcmp(params->name, stream) != 0)
        return error_set(TACHY_INVALID, "stream %s: a resize cannot change its name to %s", stream,
                         params->name);
    return TACHY_OK;
}

static tachy_status check_drafts(const tachy_writer *writer)
{
    uint32_t out = 0;
    for (uint32_t i = 0; i < writer->drafts_max; i++)
        out += writer->drafts[i].out;
    if (out == 0)
        return TACHY_OK;
    return error_set(TACHY_BUSY,
                     "stream %s: %u drafts are out; publish or abort them before a resize",
                     writer->name.stream, out);
}

static tachy_status link_data(const tachy_writer *writer, const struct past *made)
{
    char object[NAME_OBJECT_BYTES];
    data_name(writer, &made->geometry, object);
    tachy_status status = segment_link_pair(&made->data, object);
    if (status == TACHY_EXISTS)
        return error_set(TACHY_SYSTEM, "stream %s: %s, but not one of its writer; remove it",
                         writer->name.stream, error_line());
    return status;
}

static tachy_status make_data(const tachy_writer *writer, struct past *made)
{
    const char *stream = writer->name.stream;
    uint64_t bytes = made->geometry.data_bytes;
    tachy_status status = segment_check_space(stream, bytes); // beside the old one
    if (status == TACHY_OK)
        status = segment_create(stream, bytes, writer->terms.mode, &made->data);
    if (status != TACHY_OK)
        return status;
    TACHY_FAILPOINT("resize.made");
    writer_finish_data(&made->data, &made->geometry, writer->pool.epoch);
    status = link_data(writer, made);
    status = TACHY_FAILPOINT_STATUS("resize.linked", status);
    if (status != TACHY_OK)
        end_generation(writer, &made->data, &made->geometry);
    return status;
}

static void swap_current(tachy_writer *writer, struct past *other)
{
    struct past swapped = {.data = writer->data};
    geometry_copy(&writer->geometry, &swapped.geometry);
    writer->data = other->data;
    geometry_copy(&other->geometry, &writer->geometry);
    other->data = swapped.data;
    geometry_copy(&swapped.geometry, &other->geometry);
}

// Back to the generation that readers know.
static void abandon(tachy_writer *writer)
{
    if (writer->fallback == NULL)
        return;
    swap_current(writer, writer->fallback);
    end_past(writer, &writer->fallback);
}

static tachy_status stage(tachy_writer *writer, const tachy_writer_params *params)
{
    const char *stream = writer->name.stream;
    struct past *made = calloc(1, sizeof *made);
    if (made == NULL)
        return error_set(TACHY_NO_MEMORY, "stream %s: no memory", stream);
    made->data = segment_none;
    tachy_status status =
        geometry_make(stream, params->planes, params->plane_count, &made->geometry);
    if (status == TACHY_OK)
        status = geometry_set_slots(stream, writer->pool.slots, &made->geometry);
    made->geometry.generation = writer->generations + 1;
    if (status == TACHY_OK)
        status = make_data(writer, made);
    if (status != TACHY_OK) {
        free(made);
        return status;
    }
    writer->generations++;
    TACHY_FAILPOINT("resize.staged");
    abandon(writer); // one that was staged before and never published
    swap_current(writer, made);
    writer->fallback = made;
    TACHY_FAILPOINT("resize.done");
    return TACHY_OK;
}

tachy_status tachy_writer_resize(tachy_writer *writer, const tachy_writer_params *params)
{
    struct terms terms;
    if (writer == NULL)
        return error_null(__func__, "writer");
    tachy_status status = writer_check_fork(writer);
    if (status == TACHY_OK)
        status = check_drafts(writer);
    if (status == TACHY_OK && params == NULL) {
        abandon(writer);
        return TACHY_OK;
    }
    if (status == TACHY_OK)
        status = terms_copy(params, &terms);
    if (status == TACHY_OK)
        status = check_kept(writer, &terms.params);
    return status != TACHY_OK ? status : stage(writer, &terms.params);
}

void resize_commit(tachy_writer *writer)
{
    struct past *old = writer->fallback;
    writer->fallback = NULL;
    // Partner: objects.c's acquire of generation. Carries the data object, for who attaches from now on.
    atomic_store_explicit(&writer->pool.control->generation, writer->geometry.generation,
                          memory_order_release);
    TACHY_FAILPOINT("resize.committed");
    old->next = writer->retired;
    writer->retired = old;
}

// Whether a slot still has a frame of it. A draft's descriptor is the frame's before it.
static bool is_needed(const tachy_writer *writer, uint32_t generation)
{
    const struct pool *pool = &writer->pool;
    for (uint32_t i = 0; i < pool->slots; i++)
        if (pool->sequence[i] != 0 && pool->sequence[i] != RING_BUSY &&
            pool->control->slots[i].descriptor.generation == generation)
            return true;
    return false;
}

void resize_retire(tachy_writer *writer)
{
    for (struct past **link = &writer->retired; *link != NULL;)
        if (is_needed(writer, (*link)->geometry.generation))
            link = &(*link)->next;
        else
            end_past(writer, link);
}

void resize_renew(tachy_writer *writer)
{
    while (writer->retired != NULL)
        end_past(writer, &writer->retired);
    struct past *old = writer->fallback;
    if (old == NULL)
        return;
    end_generation(writer, &old->data, &old->geometry);
    if (make_data(writer, old) != TACHY_OK) {
        writer->fallback = NULL;
        free(old);
        return;
    }
    // Relaxed: nobody knows the control object yet; its lock and its name come after it.
    atomic_store_explicit(&writer->pool.control->generation, old->geometry.generation,
                          memory_order_relaxed);
}

void resize_finish(tachy_writer *writer)
{
    if (writer->fallback != NULL)
        end_past(writer, &writer->fallback);
    while (writer->retired != NULL)
        end_past(writer, &writer->retired);
}
