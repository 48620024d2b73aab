// Making and ending a stream: its objects are whole, resident and locked before anybody can find them.
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/error.h"
#include "common/base/failpoint.h"
#include "common/ring/checksum.h"
#include "common/ring/domain.h"
#include "common/ring/mark.h"
#include "common/ring/terms.h"
#include "common/ring/writer.h"
#include "common/shm/folder.h"
#include "common/shm/lock.h"

enum { WRITER_BYTE = 0, FIRST_GENERATION = 1 };

static size_t slots_end(uint32_t slots)
{
    return sizeof(struct ring_control) + slots * sizeof(struct ring_slot);
}

static void fill_about(const struct terms *terms, uint32_t slots, uint64_t ids_epoch,
                       struct ring_about *about)
{
    struct clock_domain domain = domain_read();
    *about = (struct ring_about){.seed = terms->params.seed,
                                 .ids_epoch = ids_epoch,
                                 .clock_offset_ns = domain.clock_offset_ns,
                                 .lossless_wait_ns = terms->params.lossless_wait_ns,
                                 .crc_offset = terms->params.verify ? slots_end(slots) : 0,
                                 .pid = (uint32_t)getpid(),
                                 .slots = slots,
                                 .readers_max = terms->params.readers_max,
                                 .held_max = terms->params.held_max,
                                 .drafts_max = terms->params.drafts_max,
                                 .history = terms->params.history,
                                 .tier = terms->params.tier,
                                 .mode = terms->mode,
                                 .wake = terms->way};
    memcpy(about->boot_id, domain.boot_id, sizeof about->boot_id);
    strncpy(about->program, program_invocation_short_name, sizeof about->program - 1);
}

static size_t control_bytes(uint32_t slots, bool verify)
{
    return slots_end(slots) + (verify ? checksum_bytes(slots) : 0);
}

static size_t registry_bytes(uint32_t readers)
{
    return sizeof(struct ring_registry) + readers * sizeof(struct ring_reader);
}

static tachy_status make_segments(tachy_writer *writer, const struct terms *terms)
{
    const char *stream = writer->name.stream;
    uint32_t slots = writer->geometry.slots;
    size_t control = control_bytes(slots, terms->params.verify),
           registry = registry_bytes(writer->readers_max);
    tachy_status status =
        segment_check_space(stream, control + registry + writer->geometry.data_bytes);
    if (status == TACHY_OK)
        status = segment_create(stream, writer->geometry.data_bytes, terms->mode, &writer->data);
    if (status == TACHY_OK)
        status = segment_create(stream, registry, terms->registry_mode, &writer->registry);
    if (status == TACHY_OK)
        status = segment_create(stream, control, terms->mode, &writer->control);
    return status;
}

void writer_finish_data(const struct segment *data, const struct ring_geometry *geometry,
                        uint64_t epoch)
{
    struct ring_data *head = data->base;
    geometry_store(geometry, head);
    head->huge_bytes = data->huge_bytes;
    mark_prepare(&head->mark, epoch, geometry->generation, data->bytes);
    mark_finish(&head->mark, RING_MAGIC_DATA);
}

static void fill_segments(tachy_writer *writer, const struct terms *terms)
{
    uint64_t epoch = mark_random();
    uint32_t generation = writer->geometry.generation;
    writer_finish_data(&writer->data, &writer->geometry, epoch);
    struct ring_registry *registry = writer->registry.base;
    mark_prepare(&registry->mark, epoch, 0, writer->registry.bytes);
    mark_finish(&registry->mark, RING_MAGIC_REGISTRY);
    struct ring_control *control = writer->control.base;
    fill_about(terms, writer->geometry.slots, producer_epoch(writer->producer), &control->about);
    writer->crc_offset = control->about.crc_offset;
    mark_prepare(&control->mark, epoch, 0, writer->control.bytes);
    // Relaxed: the magic's release carries it.
    atomic_store_explicit(&control->generation, generation, memory_order_relaxed);
    TACHY_FAILPOINT("create.before_magic");
    mark_finish(&control->mark, RING_MAGIC_CONTROL);
    writer->pool = (struct pool){.control = control,
                                 .registry = registry,
                                 .doorbell = doorbell_of(terms->way),
                                 .slots = writer->geometry.slots,
                                 .readers_max = writer->readers_max,
                                 .history = terms->params.history,
                                 .holds_up = RING_READERS_MAX,
                                 .epoch = epoch};
    writer->patience.span_ns = terms->params.lossless_wait_ns;
}

struct object_names writer_names(const tachy_writer *writer)
{
    struct object_names names;
    name_object(writer->name.stem, "ctl", names.control);
    name_object(writer->name.stem, "ctl.new", names.hidden);
    name_object(writer->name.stem, "reg", names.registry);
    name_generation(writer->name.stem, "dat", writer->geometry.generation, names.data);
    return names;
}

static bool is_live(const char *control)
{
    struct segment segment = segment_none;
    if (control == NULL || segment_open(control, 1, SEGMENT_READ, &segment) != TACHY_OK)
        return false;
    bool live = lock_is_held(segment.fd, WRITER_BYTE);
    segment_finish(&segment);
    return live;
}

// What a dead producer left is gone by now: the file is another writer's of ours, which holds its lock, or a stranger's.
static tachy_status explain_taken(const char *stream, const char *control, const char *hidden)
{
    char taken[FOLDER_PATH_BYTES + 64];
    snprintf(taken, sizeof taken, "%s", error_line());
    if (is_live(control) || is_live(hidden))
        return error_set(TACHY_EXISTS, "stream %s: this process writes it already", stream);
    return error_set(TACHY_SYSTEM, "stream %s: %s, but not one of its writer; remove it", stream,
                     taken);
}

// The control object first gets names that no reader looks for; a rename, which needs no memory, announces it.
tachy_status writer_link(tachy_writer *writer)
{
    const char *stream = writer->name.stream;
    if (!lock_take(writer->control.fd, WRITER_BYTE))
        return error_set(TACHY_SYSTEM, "stream %s: cannot lock its control object: %s", stream,
                         strerrorname_np(errno));
    TACHY_FAILPOINT("create.unnamed");
    struct object_names names = writer_names(writer);
    char spare[NAME_OBJECT_BYTES];
    name_object(writer->name.stem, "ctl.spare", spare);
    writer->linked = true;
    tachy_status status =
        TACHY_FAILPOINT_STATUS("create.data_linked", segment_link_pair(&writer->data, names.data));
    if (status == TACHY_OK)
        status = TACHY_FAILPOINT_STATUS("create.registry_linked",
                                        segment_link_pair(&writer->registry, names.registry));
    if (status == TACHY_OK)
        status =
            TACHY_FAILPOINT_STATUS("create.spare_linked", segment_link(&writer->control, spare));
    if (status == TACHY_OK)
        status =
            TACHY_FAILPOINT_STATUS("create.hidden", segment_link(&writer->control, names.hidden));
    if (status != TACHY_EXISTS)
        return status;
    return explain_taken(stream, names.control, names.hidden);
}

tachy_status writer_announce(tachy_writer *writer)
{
    struct object_names names = writer_names(writer);
    tachy_status status = segment_rename(names.hidden, names.control);
    if (status == TACHY_EXISTS)
        return explain_taken(writer->name.stream, names.control, NULL);
    writer->announced = status == TACHY_OK;
    TACHY_FAILPOINT("create.done");
    return status;
}

void writer_unlink(const tachy_writer *writer, const struct segment *control,
                   const struct segment *registry, const struct segment *data)
{
    struct object_names names = writer_names(writer);
    segment_unlink_pair(control, names.control);
    TACHY_FAILPOINT("destroy.control_unlinked");
    segment_unlink_pair(control, names.hidden);
    segment_unlink_pair(registry, names.registry);
    TACHY_FAILPOINT("destroy.registry_unlinked");
    segment_unlink_pair(data, names.data);
}

tachy_status writer_make(tachy_writer *writer)
{
    tachy_status status = make_segments(writer, &writer->terms);
    if (status == TACHY_OK)
        fill_segments(writer, &writer->terms);
    return status;
}

static void destroy(tachy_writer *writer)
{
    bool ours =
        writer->forks == lock_forks(); // in a forked child all that is shared is the parent's
    if (ours && writer->linked)
        writer_unlink(writer, &writer->control, &writer->registry, &writer->data);
    resize_finish(writer);
    if (ours && writer->linked) {
        TACHY_FAILPOINT("destroy.unlinked");
        lock_drop(writer->control.fd, WRITER_BYTE); // the mapping would keep it
    }
    if (ours) {
        segment_finish(&writer->control);
        segment_finish(&writer->registry);
        segment_finish(&writer->data);
        lost_release(writer, true);
        producer_put(&writer->producer);
    }
    TACHY_FAILPOINT("destroy.done");
    free(writer);
}

static tachy_status lay_out(const char *stream, struct terms *terms, struct ring_geometry *geometry)
{
    const tachy_writer_params *params = &terms->params;
    tachy_status status = geometry_make(stream, params->planes, params->plane_count, geometry);
    if (status == TACHY_OK)
        status = terms_settle_counts(stream, geometry->slot_bytes, terms);
    return status == TACHY_OK ? geometry_set_slots(stream, terms->slots, geometry) : status;
}

static tachy_status build(tachy_writer *writer, struct terms *terms)
{
    const tachy_writer_params *params = &terms->params;
    tachy_status status = lay_out(writer->name.stream, terms, &writer->geometry);
    if (status != TACHY_OK)
        return status;
    writer->readers_max = params->readers_max;
    writer->held_max = params->held_max;
    writer->drafts_max = params->drafts_max;
    writer->geometry.generation = writer->generations = FIRST_GENERATION;
    writer->terms = *terms;
    writer->terms.params.name = NULL; // the caller's, as planes
    writer->terms.params.planes = NULL;
    status = TACHY_FAILPOINT_STATUS("create.owned",
                                    producer_get(&writer->name, terms->mode, &writer->producer));
    if (status == TACHY_OK)
        status = writer_make(writer);
    if (status == TACHY_OK)
        status = writer_link(writer);
    if (status == TACHY_OK && !params->unannounced)
        status = writer_announce(writer);
    return status;
}

tachy_status tachy_writer_bytes(const tachy_writer_params *params, uint64_t *bytes)
{
    struct terms terms = {0};
    struct stream_name name = {0};
    struct ring_geometry geometry = {0};
    tachy_status status = terms_copy(params, &terms);
    if (status == TACHY_OK)
        status = name_parse(terms.params.name, &name);
    if (status == TACHY_OK)
        status = terms_settle(name.stream, &terms);
    if (status == TACHY_OK)
        status = lay_out(name.stream, &terms, &geometry);
    if (status != TACHY_OK)
        return status;
    *bytes = control_bytes(geometry.slots, terms.params.verify) +
             registry_bytes(terms.params.readers_max) + geometry.data_bytes;
    return TACHY_OK;
}

tachy_status tachy_writer_create(const tachy_writer_params *params, tachy_writer **writer)
{
    struct terms terms = {0};
    struct stream_name name = {0};
    if (writer == NULL)
        return error_null(__func__, "writer");
    tachy_status status = terms_copy(params, &terms);
    if (status == TACHY_OK)
        status = name_parse(terms.params.name, &name);
    if (status == TACHY_OK)
        status = terms_settle(name.stream, &terms);
    if (status != TACHY_OK)
        return status;
    tachy_writer *made = calloc(1, sizeof *made);
    if (made == NULL)
        return error_set(TACHY_NO_MEMORY, "stream %s: no memory", name.stream);
    made->name = name;
    made->forks = lock_forks();
    made->control = made->registry = made->data = segment_none;
    status = build(made, &terms);
    if (status != TACHY_OK) {
        destroy(made);
        return status;
    }
    *writer = made;
    return TACHY_OK;
}

void tachy_writer_destroy(tachy_writer **writer)
{
    if (writer == NULL || *writer == NULL)
        return;
    tachy_writer *old = *writer;
    *writer = NULL;
    if (old->forks == lock_forks())
        pool_close(&old->pool);
    TACHY_FAILPOINT("destroy.closed");
    destroy(old);
}
