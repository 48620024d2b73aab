// The ring's atomic operations: each lets others go first, is done on the model's memory, and is traced.
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "tests/model/explore.h"
#include "tests/model/memory.h"
#include "tests/model/schedule.h"
#include "tests/model/trace.h"
#include "tests/model/world.h"

static unsigned place_of(const struct site *site, const volatile void *object, size_t bytes)
{
    if (!world_owns(object, bytes))
        explore_fail("%s touches %s outside of its objects", site_name(site), site->what);
    return memory_place(object, bytes);
}

static uint64_t bytes_at(const volatile void *object, size_t bytes)
{
    uint64_t value = 0;
    memcpy(&value, (const void *)object, bytes);
    return value;
}

static void done(const struct site *site, unsigned place, uint64_t value)
{
    schedule_note((uintptr_t)site ^ (uint64_t)place << 48 ^ value * 0xc4ceb9fe1a85ec53);
    trace_operation(site, value);
}

uint64_t model_load(struct site *site, const volatile void *object, size_t bytes)
{
    if (!schedule_is_running())
        return bytes_at(object, bytes);
    site->runs++;
    unsigned place = place_of(site, object, bytes), thread = schedule_thread();
    schedule_step(memory_is_written_by_others(place, thread), false);
    uint64_t value = memory_load(thread, place, site->order);
    done(site, place, value);
    return value;
}

void model_store(struct site *site, volatile void *object, size_t bytes, uint64_t value)
{
    if (!schedule_is_running()) {
        memcpy((void *)object, &value, bytes);
        return;
    }
    site->runs++;
    unsigned place = place_of(site, object, bytes), thread = schedule_thread();
    bool used = memory_is_used_by_others(place, thread);
    schedule_step(used, used);
    memory_store(thread, place, site->order, value);
    done(site, place, value);
}

static uint64_t change_bytes(volatile void *object, size_t bytes, enum change change,
                             uint64_t operand)
{
    uint64_t old = bytes_at(object, bytes);
    uint64_t value = memory_changed(old, change, operand, bytes);
    memcpy((void *)object, &value, bytes);
    return old;
}

uint64_t model_change(struct site *site, volatile void *object, size_t bytes, enum change change,
                      uint64_t operand)
{
    if (!schedule_is_running())
        return change_bytes(object, bytes, change, operand);
    site->runs++;
    unsigned place = place_of(site, object, bytes), thread = schedule_thread();
    schedule_step(memory_is_used_by_others(place, thread), true);
    uint64_t old = memory_change(thread, place, site->order, change, operand);
    done(site, place, old);
    return old;
}

void model_fence(struct site *site)
{
    if (!schedule_is_running())
        return;
    site->runs++;
    schedule_step(site->order == memory_order_seq_cst, false);
    if (!site->removed)
        memory_fence(schedule_thread(), site->order);
    done(site, 0, 0);
}

bool model_is_removed(struct site *site)
{
    site->runs += schedule_is_running();
    return site->removed;
}
