// A stream whose objects a peer damaged: its epoch ends, and the writer goes on in new objects under the same names.
//
// With the registry the pins of live views are lost: old slots are never claimed again, so that what readers hold stays
// whole. The writer's mappings are guarded: what is gone reads as zeros of its own, and never ends it.
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "common/base/error.h"
#include "common/ring/writer.h"
#include "common/shm/lock.h"

enum { WRITER_BYTE = 0 };

bool writer_is_lost(const tachy_writer *writer)
{
    // Relaxed: carries nothing. A blanked registry, of which no page faults, has lost its magic too.
    uint64_t magic = atomic_load_explicit(&writer->pool.registry->mark.magic, memory_order_relaxed);
    return writer->shrunk || magic != RING_MAGIC_REGISTRY || guard_is_hit(writer->registry.guard) ||
           guard_is_hit(writer->control.guard) || guard_is_hit(writer->data.guard);
}

// Cut short, or blanked: an object without its magic is none to who attaches.
static bool is_damaged(const struct segment *segment, uint64_t magic)
{
    const struct ring_mark *mark = segment->base;
    struct stat object;
    bool is_short = fstat(segment->fd, &object) == 0 && (uint64_t)object.st_size < segment->bytes;
    // Relaxed: carries nothing; it was ours to store.
    return is_short || atomic_load_explicit(&mark->magic, memory_order_relaxed) != magic;
}

void writer_look_for_loss(tachy_writer *writer)
{
    writer->shrunk = writer->shrunk || is_damaged(&writer->registry, RING_MAGIC_REGISTRY) ||
                     is_damaged(&writer->control, RING_MAGIC_CONTROL) ||
                     is_damaged(&writer->data, RING_MAGIC_DATA);
}

// Readers learn by it that the epoch is over.
static void let_go(struct lost_epoch *past)
{
    lock_drop(past->control.fd, WRITER_BYTE);
}

static void destroy(struct lost_epoch *past)
{
    let_go(past); // before the mapping goes
    segment_finish(&past->control);
    segment_finish(&past->registry);
    segment_finish(&past->data);
    free(past);
}

void lost_forget_draft(struct lost_epoch *past)
{
    if (--past->drafts_out == 0)
        let_go(past);
}

void lost_release(tachy_writer *writer, bool all)
{
    struct lost_epoch **link = &writer->lost;
    while (*link != NULL) {
        struct lost_epoch *past = *link;
        if (!all && past->drafts_out > 0) {
            link = &past->next;
            continue;
        }
        *link = past->next;
        destroy(past);
    }
}

// The objects in use become the past's.
static void put_aside(tachy_writer *writer, struct lost_epoch *past)
{
    past->control = writer->control;
    past->registry = writer->registry;
    past->data = writer->data;
    past->pool = writer->pool;
    writer->control = writer->registry = writer->data = segment_none;
}

// New ones could not be made: the damaged ones are in use again, and the next claim tries anew.
static void take_back(tachy_writer *writer, struct lost_epoch *past)
{
    segment_finish(&writer->control);
    segment_finish(&writer->registry);
    segment_finish(&writer->data);
    writer->control = past->control;
    writer->registry = past->registry;
    writer->data = past->data;
    writer->pool = past->pool;
    free(past);
}

static tachy_status replace(tachy_writer *writer, const struct lost_epoch *past)
{
    bool announced = writer->announced;
    tachy_status status = writer_make(writer);
    if (status != TACHY_OK)
        return status;
    writer_unlink(writer, &past->control, &past->registry, &past->data);
    resize_renew(writer);
    writer->announced = false;
    status = writer_link(writer);
    if (status == TACHY_OK && announced)
        status = writer_announce(writer);
    if (status != TACHY_OK)
        writer_unlink(writer, &writer->control, &writer->registry, &writer->data);
    writer->announced = announced;
    return status;
}

static void begin_epoch(tachy_writer *writer, struct lost_epoch *past)
{
    for (uint32_t i = 0; i < writer->drafts_max; i++) {
        struct tachy_draft *draft = &writer->drafts[i];
        if (!draft->out || draft->past != NULL)
            continue;
        draft->past = past;
        past->drafts_out++;
    }
    past->next = writer->lost;
    writer->lost = past;
    if (past->drafts_out == 0)
        let_go(past);
    writer->shrunk = writer->names_lost = false;
    writer->renewed++;
    writer->published_before += past->pool.head;
    writer->rate_from_ns = writer->held_up_ns = 0;
    writer->rated = false;
    writer->memory = (struct registry_memory){0};
}

tachy_status writer_renew(tachy_writer *writer)
{
    struct lost_epoch *past = calloc(1, sizeof *past);
    if (past == NULL)
        return error_set(TACHY_NO_MEMORY, "stream %s: no memory", writer->name.stream);
    put_aside(writer, past);
    tachy_status status = replace(writer, past);
    if (status == TACHY_OK) {
        begin_epoch(writer, past);
        return TACHY_OK;
    }
    take_back(writer, past);
    char why[512];
    snprintf(why, sizeof why, "%s", error_line());
    return error_set(status,
                     "stream %s: some process truncated its shared memory, and new objects cannot "
                     "be made: %s",
                     writer->name.stream, why);
}
