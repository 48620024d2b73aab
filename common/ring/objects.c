// The objects of one stream, opened by a reader or a tool.
#include "common/ring/objects.h"

#include <string.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/ring/checksum.h"
#include "common/ring/domain.h"
#include "common/ring/mark.h"
#include "common/ring/reader.h"
#include "common/shm/folder.h"
#include "common/shm/lock.h"

enum { WRITER_BYTE = 0, TRIES_MAX = 16 };

static bool about_is_fine(struct ring_about *about, uint64_t control_bytes)
{
    about->program[sizeof about->program - 1] = 0;
    about->boot_id[sizeof about->boot_id - 1] = 0;
    if (about->slots == 0 || about->slots > RING_SLOTS_MAX || about->readers_max == 0 ||
        about->readers_max > RING_READERS_MAX || about->held_max > RING_HELD_MAX)
        return false;
    uint64_t slots_end = sizeof(struct ring_control) + about->slots * sizeof(struct ring_slot);
    uint64_t sums = about->crc_offset;
    if (sums != 0 && (sums % sizeof(uint32_t) != 0 || sums < slots_end || sums > control_bytes ||
                      checksum_bytes(about->slots) > control_bytes - sums))
        return false;
    return about->history < about->slots && about->drafts_max <= about->slots &&
           slots_end <= control_bytes;
}

static tachy_status open_one(const char *object, size_t bytes_min, unsigned how, uint64_t magic,
                             struct segment *segment)
{
    tachy_status status = segment_open(object, sizeof(uint64_t), how, segment);
    return status != TACHY_OK ? status : mark_check(object, segment, magic, bytes_min);
}

static tachy_status open_control(struct objects *objects, unsigned how)
{
    char object[NAME_OBJECT_BYTES];
    name_object(objects->name.stem, "ctl", object);
    tachy_status status =
        open_one(object, sizeof(struct ring_control), how & ~(unsigned)SEGMENT_WRITE,
                 RING_MAGIC_CONTROL, &objects->control);
    if (status != TACHY_OK)
        return status;
    objects->map = objects->control.base;
    objects->epoch = objects->map->mark.epoch;
    memcpy(&objects->about, (const void *)&objects->map->about, sizeof objects->about);
    if (!about_is_fine(&objects->about, objects->control.bytes))
        return error_set(TACHY_CORRUPT,
                         "stream %s: the numbers in its control object make no sense",
                         objects->name.stream);
    struct clock_domain ours = domain_read();
    objects->same_clock = objects->about.clock_offset_ns == ours.clock_offset_ns &&
                          strcmp(objects->about.boot_id, ours.boot_id) == 0;
    return TACHY_OK;
}

static tachy_status fail_mixed(const struct objects *objects)
{
    return error_set(TACHY_TIMED_OUT,
                     "stream %s: its objects are of two lives; it is being replaced",
                     objects->name.stream);
}

static tachy_status open_registry(struct objects *objects, unsigned how)
{
    char object[NAME_OBJECT_BYTES];
    name_object(objects->name.stem, "reg", object);
    tachy_status status = open_one(object, sizeof(struct ring_registry), how, RING_MAGIC_REGISTRY,
                                   &objects->registry);
    if (status != TACHY_OK)
        return status == TACHY_NOT_FOUND ? fail_mixed(objects) : status;
    const struct ring_registry *map = objects->registry.base;
    if (map->mark.epoch != objects->epoch)
        return fail_mixed(objects);
    if (sizeof *map + objects->about.readers_max * sizeof map->readers[0] > objects->registry.bytes)
        return error_set(TACHY_CORRUPT, "stream %s: its registry is too short",
                         objects->name.stream);
    return TACHY_OK;
}

// The generation in use. A writer that resizes may take its name away just when we look: then there is a newer one.
static tachy_status open_newest(struct objects *objects, unsigned how)
{
    for (int i = 0; i < TRIES_MAX; i++) {
        // Partners: create.c's release of the magic, and resize.c's of generation. Carry the data object.
        uint32_t number = atomic_load_explicit(&objects->map->generation, memory_order_acquire);
        tachy_status status = generation_open(objects, number, how, &objects->generation);
        if (status == TACHY_OK)
            objects->geometry = &objects->generation->geometry;
        if (status != TACHY_NOT_FOUND)
            return status;
        // Relaxed: a hint; what is looked for next is loaded anew.
        if (number == atomic_load_explicit(&objects->map->generation, memory_order_relaxed))
            break;
    }
    return fail_mixed(objects);
}

tachy_status objects_open(const struct stream_name *name, unsigned how, struct objects *objects)
{
    struct objects opened = {.name = *name, .control = segment_none, .registry = segment_none};
    tachy_status status = open_control(&opened, how);
    if (status == TACHY_OK)
        status = open_registry(&opened, how);
    if (status == TACHY_OK)
        status = open_newest(&opened, how);
    if (status != TACHY_OK) {
        objects_close(&opened);
        return status;
    }
    opened.shared_bytes =
        opened.control.bytes + opened.registry.bytes + opened.generation->data.bytes;
    *objects = opened;
    return TACHY_OK;
}

void objects_close(struct objects *objects)
{
    generation_destroy(objects->generation);
    objects->generation = NULL;
    objects->geometry = NULL;
    segment_finish(&objects->registry);
    segment_finish(&objects->control);
    objects->map = NULL;
}

bool objects_shrank(const struct objects *objects)
{
    return guard_is_hit(objects->control.guard) || guard_is_hit(objects->registry.guard);
}

bool objects_are_alive(const struct objects *objects)
{
    return lock_is_held(objects->control.fd, WRITER_BYTE) && !reader_is_closed(objects->map);
}

bool objects_have_successor(const struct objects *objects)
{
    char object[NAME_OBJECT_BYTES];
    name_object(objects->name.stem, "ctl", object);
    if (folder_names(object, objects->control.fd))
        return false;
    unsigned how = objects->control.guard != NULL ? SEGMENT_GUARDED : SEGMENT_READ;
    struct segment control = segment_none;
    if (segment_open(object, sizeof(struct ring_control), how, &control) != TACHY_OK)
        return false;
    bool alive = lock_is_held(control.fd, WRITER_BYTE) && !reader_is_closed(control.base);
    segment_finish(&control);
    return alive;
}

struct registry objects_registry(const struct objects *objects)
{
    return (struct registry){.map = objects->registry.base,
                             .fd = objects->registry.fd,
                             .readers_max = objects->about.readers_max,
                             .held_max = objects->about.held_max,
                             .doorbell = doorbell_of(objects->about.wake),
                             .stream = objects->name.stream};
}

void objects_look(const struct objects *objects, uint32_t index, uint64_t head,
                  struct registry_reader *reader)
{
    struct registry registry = objects_registry(objects);
    registry_look(&registry, index, head, reader);
    // Relaxed: for tools. The word stays what it is until the block's next lossless reader is demoted.
    if (reader->reading == TACHY_LOSSLESS &&
        atomic_load_explicit(&objects->map->demoted[index], memory_order_relaxed) ==
            reader->incarnation) {
        reader->reading = TACHY_EVERY;
        reader->stats.lossless = false;
    }
}

struct objects_counters objects_count(const struct objects *objects)
{
    // Relaxed, all three: figures for tools; a rate that goes with another's end is shown a second too long.
    uint64_t rate = atomic_load_explicit(&objects->map->rate_mhz, memory_order_relaxed);
    uint64_t until = atomic_load_explicit(&objects->map->rate_until_ns, memory_order_relaxed);
    uint64_t dropped = atomic_load_explicit(&objects->map->dropped, memory_order_relaxed);
    bool fresh = !objects->same_clock || clock_now_ns() < (int64_t)until;
    return (struct objects_counters){.fps = fresh ? (double)rate / 1000.0 : 0, .dropped = dropped};
}
