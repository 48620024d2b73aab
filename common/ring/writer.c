// The public writing calls: claim a slot, fill it, publish it.
#include "common/ring/writer.h"

#include <string.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/failpoint.h"
#include "common/frame/header.h"
#include "common/ring/checksum.h"
#include "common/shm/lock.h"

static const int64_t sweep_ns = 100 * (int64_t)NS_PER_MS;
static const int64_t starved_sweep_ns = NS_PER_MS;
static const int64_t wall_ns = 100 * (int64_t)NS_PER_MS;
static const int64_t rate_first_ns = 250 * (int64_t)NS_PER_MS;

enum { RENEWALS_MAX = 4 };

tachy_status writer_check_fork(const tachy_writer *writer)
{
    if (writer->forks == lock_forks())
        return TACHY_OK;
    return error_set(
        TACHY_INVALID,
        "stream %s: this writer is the parent's; reopen after fork (tachy_writer_create)",
        writer->name.stream);
}

struct registry writer_registry(const tachy_writer *writer)
{
    return (struct registry){.map = writer->registry.base,
                             .fd = writer->registry.fd,
                             .readers_max = writer->readers_max,
                             .held_max = writer->held_max,
                             .doorbell = writer->pool.doorbell,
                             .stream = writer->name.stream};
}

static void sweep(tachy_writer *writer, struct registry_memory *memory)
{
    struct registry registry = writer_registry(writer);
    registry_sweep(&registry, memory);
}

// Every 100 ms of publishing, judged by the last publish's own stamp: no clock is read for it.
static void sweep_when_due(tachy_writer *writer)
{
    if (writer->published_ns - writer->swept_ns < sweep_ns)
        return;
    writer->swept_ns = writer->published_ns;
    writer_look_for_loss(writer);
    writer_mend_names(writer);
    sweep(writer, &writer->memory);
}

// Readers reserve what they pin, so no free slot means that a lossless one is behind, that a dead one's pins are still there,
// or that a peer writes nonsense.
bool writer_claim_starved(tachy_writer *writer, uint32_t *slot)
{
    int64_t now = clock_now_ns();
    if (now - writer->starved_ns < starved_sweep_ns)
        return false;
    writer->starved_ns = now;
    sweep(writer, NULL);
    return pool_claim(&writer->pool, slot);
}

static tachy_draft *free_draft(tachy_writer *writer)
{
    for (uint32_t i = 0; i < writer->drafts_max; i++)
        if (!writer->drafts[i].out)
            return &writer->drafts[i];
    return NULL;
}

static tachy_status count_drop(tachy_writer *writer)
{
    writer->dropped++;
    // Relaxed: a figure for tools.
    atomic_store_explicit(&writer->pool.control->dropped, writer->dropped, memory_order_relaxed);
    return error_set(TACHY_EMPTY, "stream %s: readers hold every slot: a frame is dropped",
                     writer->name.stream);
}

static tachy_status claim_slot(tachy_writer *writer, int64_t timeout_ns, uint32_t *slot)
{
    if (pool_claim(&writer->pool, slot) || writer_claim_starved(writer, slot))
        return TACHY_OK;
    return writer_wait(writer, timeout_ns, slot);
}

// A slot found free by a registry that a peer damaged meanwhile may be somebody's view: it is not touched. A peer that damages
// each new one costs drops.
static tachy_status claim_safe_slot(tachy_writer *writer, int64_t timeout_ns, uint32_t *slot)
{
    for (int i = 0; i < RENEWALS_MAX; i++) {
        tachy_status status = writer_is_lost(writer) ? writer_renew(writer) : TACHY_OK;
        if (status == TACHY_OK)
            status = claim_slot(writer, timeout_ns, slot);
        if (status < 0 || !writer_is_lost(writer))
            return status;
        if (status == TACHY_OK)
            pool_unclaim(&writer->pool, *slot);
    }
    return TACHY_EMPTY;
}

tachy_status tachy_writer_claim(tachy_writer *writer, int64_t timeout_ns, tachy_draft **draft)
{
    if (writer == NULL)
        return error_null(__func__, "writer");
    if (draft == NULL)
        return error_null(__func__, "draft");
    tachy_status status = writer_check_fork(writer);
    if (status != TACHY_OK)
        return status;
    tachy_draft *claimed = free_draft(writer);
    if (claimed == NULL)
        return error_set(TACHY_BUSY, "stream %s: all %u drafts are out; publish or abort one",
                         writer->name.stream, writer->drafts_max);
    if (writer->lost != NULL)
        lost_release(writer, false);
    sweep_when_due(writer);
    uint32_t slot;
    status = claim_safe_slot(writer, timeout_ns, &slot);
    TACHY_FAILPOINT("claim.done");
    if (status != TACHY_TIMED_OUT)
        writer->held_up_ns = 0;
    if (status == TACHY_EMPTY)
        return count_drop(writer);
    if (status != TACHY_OK)
        return status;
    *claimed = (tachy_draft){
        .writer = writer, .slot = slot, .out = true, .planes = geometry_mask(&writer->geometry)};
    *draft = claimed;
    return TACHY_OK;
}

static struct pool *pool_of(const tachy_draft *draft)
{
    return draft->past != NULL ? &draft->past->pool : &draft->writer->pool;
}

static char *slot_base(const tachy_draft *draft)
{
    const struct ring_geometry *geometry = &draft->writer->geometry;
    const struct segment *data = draft->past != NULL ? &draft->past->data : &draft->writer->data;
    return (char *)data->base + geometry->slots_offset + draft->slot * geometry->slot_bytes;
}

void *tachy_draft_plane(tachy_draft *draft, const char *name, const tachy_plane **layout)
{
    if (draft == NULL || name == NULL)
        return NULL;
    const struct ring_geometry *geometry = &draft->writer->geometry;
    int plane = writer_check_fork(draft->writer) == TACHY_OK ? geometry_find(geometry, name) : -1;
    if (plane < 0)
        return NULL;
    if (layout != NULL)
        *layout = &geometry->planes[plane];
    return slot_base(draft) + geometry->offsets[plane];
}

tachy_status tachy_draft_set_camera(tachy_draft *draft, uint32_t image, const tachy_camera *camera)
{
    if (draft == NULL)
        return error_null(__func__, "draft");
    if (camera == NULL)
        return error_null(__func__, "camera");
    const tachy_writer *writer = draft->writer;
    tachy_status status = writer_check_fork(writer);
    if (status != TACHY_OK)
        return status;
    if (image >= writer->geometry.images)
        return error_set(TACHY_INVALID, "stream %s: camera of image %u, but a frame has %u images",
                         writer->name.stream, image, writer->geometry.images);
    return frame_header_append_camera(camera, image, slot_base(draft),
                                      writer->geometry.header_capacity, &draft->header_bytes);
}

tachy_status tachy_draft_set_frame(tachy_draft *draft, uint64_t number, int64_t time_numerator,
                                   int64_t time_denominator)
{
    if (draft == NULL)
        return error_null(__func__, "draft");
    if (time_denominator <= 0)
        return error_set(
            TACHY_INVALID, "stream %s: time %lld/%lld: the denominator is not positive",
            draft->writer->name.stream, (long long)time_numerator, (long long)time_denominator);
    draft->framed = true;
    draft->number = number;
    draft->time_numerator = time_numerator;
    draft->time_denominator = time_denominator;
    return TACHY_OK;
}

tachy_status tachy_draft_set_valid(tachy_draft *draft, uint64_t planes)
{
    if (draft == NULL)
        return error_null(__func__, "draft");
    uint64_t all = geometry_mask(&draft->writer->geometry);
    if ((planes & ~all) != 0)
        return error_set(TACHY_INVALID, "stream %s: valid planes 0x%llx, but it has only 0x%llx",
                         draft->writer->name.stream, (unsigned long long)planes,
                         (unsigned long long)all);
    draft->planes = planes;
    return TACHY_OK;
}

// Before the stamp: a reader that verifies sees what it costs as a later publish, not as latency.
static void sum_up(const tachy_draft *draft)
{
    tachy_writer *writer = draft->writer;
    if (writer->crc_offset != 0)
        checksum_store(pool_of(draft)->control, writer->crc_offset, draft->slot, &writer->geometry,
                       slot_base(draft), draft->planes);
}

// The wall clock is read once per 100 ms: a second clock would be a third of what a publish costs.
static int64_t wall_of(tachy_writer *writer, int64_t now)
{
    if (writer->wall_read_ns == 0 || now - writer->wall_read_ns >= wall_ns) {
        writer->wall_read_ns = now;
        writer->wall_offset_ns = clock_wall_ns() - now;
    }
    return now + writer->wall_offset_ns;
}

// The stamp comes last: what is done after it counts as latency.
static void describe(const tachy_draft *draft, struct ring_descriptor *descriptor)
{
    tachy_writer *writer = draft->writer;
    descriptor->number = draft->framed ? draft->number : pool_of(draft)->head + 1;
    descriptor->planes = draft->planes;
    descriptor->header_bytes = (uint32_t)draft->header_bytes;
    descriptor->generation = writer->geometry.generation;
    producer_ids(writer->producer, &descriptor->ids_generation, &descriptor->id_rows);
    int64_t now = clock_now_ns();
    descriptor->time_numerator = draft->framed ? draft->time_numerator : now;
    descriptor->time_denominator = draft->framed ? draft->time_denominator : NS_PER_S;
    descriptor->wall_ns = wall_of(writer, now);
    descriptor->published_ns = now;
    writer->published_ns = now;
}

static void measure_rate(tachy_writer *writer)
{
    struct ring_control *control = writer->pool.control;
    int64_t now = writer->published_ns, span = now - writer->rate_from_ns;
    bool first = writer->rate_from_ns == 0;
    if (!first && span < (writer->rated ? NS_PER_S : rate_first_ns))
        return;
    if (!first) {
        double frames = (double)(writer->pool.head - writer->rate_from);
        uint64_t rate_mhz = (uint64_t)(frames * 1000.0 * NS_PER_S / (double)span + 0.5);
        // Relaxed, both: figures for tools.
        atomic_store_explicit(&control->rate_mhz, rate_mhz, memory_order_relaxed);
        atomic_store_explicit(&control->rate_until_ns, (uint64_t)(now + 2 * span + NS_PER_S),
                              memory_order_relaxed);
        writer->rated = true;
    }
    writer->rate_from_ns = now;
    writer->rate_from = writer->pool.head;
}

static void end_draft(tachy_draft *draft)
{
    draft->out = false;
    if (draft->past != NULL)
        lost_forget_draft(draft->past);
}

tachy_status tachy_draft_publish(tachy_draft **draft)
{
    if (draft == NULL || *draft == NULL)
        return error_null(__func__, "draft");
    tachy_draft *done = *draft;
    tachy_writer *writer = done->writer;
    tachy_status status = writer_check_fork(writer);
    if (status == TACHY_OK && !writer->announced)
        status = writer_announce(writer);
    if (status != TACHY_OK)
        return status;
    TACHY_FAILPOINT("publish.enter");
    sum_up(done);
    describe(done, pool_descriptor(pool_of(done), done->slot));
    if (writer->fallback != NULL && done->past == NULL)
        resize_commit(writer);
    pool_publish(pool_of(done), done->slot);
    if (writer->retired != NULL && done->past == NULL)
        resize_retire(writer);
    TACHY_FAILPOINT("publish.done");
    end_draft(done);
    *draft = NULL;
    measure_rate(writer);
    return TACHY_OK;
}

void tachy_draft_abort(tachy_draft **draft)
{
    if (draft == NULL || *draft == NULL)
        return;
    tachy_draft *done = *draft;
    *draft = NULL;
    if (writer_check_fork(done->writer) != TACHY_OK)
        return;
    pool_abort(pool_of(done), done->slot);
    end_draft(done);
}

tachy_status tachy_writer_wanted(const tachy_writer *writer, uint64_t *planes)
{
    if (writer == NULL)
        return error_null(__func__, "writer");
    if (planes == NULL)
        return error_null(__func__, "planes");
    tachy_status status = writer_check_fork(writer);
    if (status != TACHY_OK)
        return status;
    struct registry registry = writer_registry(writer);
    *planes =
        registry_wanted(&registry, writer->geometry.generation) & geometry_mask(&writer->geometry);
    return TACHY_OK;
}

tachy_status tachy_writer_add_identity(tachy_writer *writer, const tachy_identity *identity,
                                       uint32_t *id)
{
    if (writer == NULL)
        return error_null(__func__, "writer");
    if (identity == NULL)
        return error_null(__func__, "identity");
    if (id == NULL)
        return error_null(__func__, "id");
    tachy_status status = writer_check_fork(writer);
    return status != TACHY_OK ? status : producer_add_identity(writer->producer, identity, id);
}

tachy_status tachy_writer_memory(const tachy_writer *writer, void **base, size_t *bytes)
{
    if (writer == NULL)
        return error_null(__func__, "writer");
    if (base == NULL)
        return error_null(__func__, "base");
    if (bytes == NULL)
        return error_null(__func__, "bytes");
    tachy_status status = writer_check_fork(writer);
    if (status != TACHY_OK)
        return status;
    *base = (char *)writer->data.base + writer->geometry.slots_offset;
    *bytes = writer->data.bytes - writer->geometry.slots_offset;
    return TACHY_OK;
}

tachy_status tachy_writer_read_stats(const tachy_writer *writer, tachy_writer_stats *stats)
{
    if (writer == NULL)
        return error_null(__func__, "writer");
    if (stats == NULL)
        return error_null(__func__, "stats");
    tachy_status status = writer_check_fork(writer);
    if (status != TACHY_OK)
        return status;
    if (stats->size < sizeof stats->size)
        return error_set(TACHY_INVALID, "tachy_writer_read_stats: stats->size is not set");
    struct registry registry = writer_registry(writer);
    struct registry_sums sums = registry_sum(&registry);
    size_t size = stats->size < sizeof *stats ? stats->size : sizeof *stats;
    tachy_writer_stats all = {.size = size,
                              .published = writer->published_before + writer->pool.head,
                              .dropped = writer->dropped,
                              .waited_ns = writer->waited_ns,
                              .readers = sums.readers,
                              .held = sums.held,
                              .renewals = writer->renewed,
                              .names_restored = writer->names_restored,
                              .names_lost = writer->names_lost};
    memcpy(stats, &all, size);
    return TACHY_OK;
}
