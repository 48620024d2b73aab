// One generation of a stream's frames, from a reader's side.
#include "common/ring/generation.h"

#include <stdlib.h>

#include "common/base/error.h"
#include "common/ring/mark.h"
#include "common/ring/objects.h"
#include "common/shm/lock.h"

static tachy_status open_data(const char *object, unsigned how, struct segment *data)
{
    tachy_status status =
        segment_open(object, sizeof(uint64_t), how & ~(unsigned)SEGMENT_WRITE, data);
    return status != TACHY_OK ? status
                              : mark_check(object, data, RING_MAGIC_DATA, sizeof(struct ring_data));
}

static tachy_status load(const struct objects *objects, uint32_t number, const char *object,
                         unsigned how, struct generation *made)
{
    tachy_status status = open_data(object, how, &made->data);
    if (status != TACHY_OK)
        return status;
    const struct ring_data *map = made->data.base;
    if (map->mark.epoch != objects->epoch)
        return error_set(TACHY_NOT_FOUND, "%s: of another life of its stream", object);
    status =
        geometry_load(objects->name.stream, &made->data, objects->about.slots, &made->geometry);
    if (status == TACHY_OK && made->geometry.generation != number)
        status = error_set(TACHY_CORRUPT, "%s: it says to be generation %u", object,
                           made->geometry.generation);
    return status;
}

tachy_status generation_open(const struct objects *objects, uint32_t number, unsigned how,
                             struct generation **generation)
{
    char object[NAME_OBJECT_BYTES];
    name_generation(objects->name.stem, "dat", number, object);
    struct generation *made = calloc(1, sizeof *made);
    if (made == NULL)
        return error_set(TACHY_NO_MEMORY, "stream %s: no memory", objects->name.stream);
    made->data = segment_none;
    made->forks = lock_forks();
    tachy_status status = load(objects, number, object, how, made);
    if (status != TACHY_OK) {
        generation_destroy(made);
        return status;
    }
    *generation = made;
    return TACHY_OK;
}

void generation_destroy(struct generation *generation)
{
    if (generation != NULL && generation->forks == lock_forks())
        segment_finish(&generation->data);
    free(generation);
}

void generation_retain(struct generation *generation)
{
    generation->handed++;
}

bool generation_drop(struct generation *generation)
{
    // Each user's release carries its last touch to the acquire of whoever is last and destroys it.
    return atomic_fetch_sub_explicit(&generation->references, 1, memory_order_acq_rel) == 1;
}

bool generation_leave(struct generation *generation)
{
    // Until here the count is not above zero, so no frame's drop finds it at one. As generation_drop.
    uint64_t handed = generation->handed; // of what may be gone after the next step
    return atomic_fetch_add_explicit(&generation->references, handed, memory_order_acq_rel) +
               handed ==
           0;
}

bool generation_shrank(const struct generation *generation)
{
    return guard_is_hit(generation->data.guard);
}
