// One stream in the model's memory: made once per scenario by the ring's own calls, then set back before each execution.
#include "tests/model/world.h"

#include <string.h>

#include "common/shm/doorbell_ways.h"
#include "tests/model/play.h"
#include "tests/model/schedule.h"

struct world world;
static struct world start;

static const unsigned indexes[SCENARIO_READERS] = {0, 1, 2};
static const int processes[] = {0, 1};
static const char *const names[SCENARIO_READERS] = {"reader 0", "reader 1", "reader 2"};

struct ring_control *world_control(void)
{
    return (struct ring_control *)world.control;
}

const struct doorbell *world_doorbell(void)
{
    return world.scenario->semaphores ? &doorbell_semaphore : &kernel_futex;
}

struct ring_registry *world_map(void)
{
    return (struct ring_registry *)world.registry;
}

static bool lies_in(const volatile void *object, size_t bytes, const void *from, size_t size)
{
    uintptr_t at = (uintptr_t)object, first = (uintptr_t)from;
    return at >= first && at + bytes <= first + size;
}

bool world_owns(const volatile void *object, size_t bytes)
{
    const struct scenario *scenario = world.scenario;
    return lies_in(object, bytes, world.control,
                   sizeof(struct ring_control) + scenario->slots * sizeof(struct ring_slot)) ||
           lies_in(object, bytes, world.registry,
                   sizeof(struct ring_registry) + scenario->blocks * sizeof(struct ring_reader)) ||
           lies_in(object, bytes, world.readers, sizeof world.readers);
}

struct registry world_registry(int process)
{
    return (struct registry){.map = world_map(),
                             .fd = kernel_descriptor(process),
                             .readers_max = world.scenario->blocks,
                             .held_max = world.scenario->held_max,
                             .doorbell = world_doorbell(),
                             .stream = "model"};
}

// As consumer/stream/attach.c does.
void world_start_reader(unsigned reader, uint32_t block)
{
    const struct scenario_reader *terms = &world.scenario->readers[reader];
    struct reader *at = &world.readers[reader];
    at->control = world_control();
    at->registry = world_map();
    at->block = &world_map()->readers[block];
    at->doorbell = world_doorbell();
    at->index = block;
    at->generation = 1;
    at->slots = world.scenario->slots;
    at->history = world.scenario->history;
    at->held_max = terms->held;
    at->every = terms->reading != TACHY_NEWEST;
    at->lossless = terms->reading == TACHY_LOSSLESS;
    at->received = at->skipped = at->lost = 0;
    reader_retain(at);
    reader_start(at);
    judge_attached(reader);
}

// As the memory of a stream is given back.
static void free_handles(unsigned reader)
{
    for (unsigned i = 0; i < world.readers[reader].held_max; i++) {
        const char *why;
        const uint64_t *handle = &world.handles[reader][i];
        memory_write_plain(schedule_thread(), memory_place(handle, sizeof *handle), 0, &why);
        if (why != NULL)
            explore_fail("reader %u ends, and its handle %u is in use: %s", reader, i, why);
    }
}

void world_drop_reader(unsigned reader)
{
    struct registry registry = world_registry((int)reader + 1);
    if (!reader_drop(&world.readers[reader]))
        return;
    registry_leave(&registry, world.readers[reader].index);
    free_handles(reader);
}

// As common/ring/create.c does.
static void make_writer(const struct scenario *scenario)
{
    tachy_writer *writer = &world.writer;
    static struct ring_mark data = {.magic = RING_MAGIC_DATA}; // all that a claim reads of it
    writer->control.base = world.control;
    writer->data.base = &data;
    writer->registry = (struct segment){.base = world.registry, .fd = kernel_descriptor(0)};
    writer->geometry.slots = scenario->slots;
    writer->geometry.plane_count = 1;
    writer->readers_max = scenario->blocks;
    writer->held_max = scenario->held_max;
    writer->drafts_max = scenario->drafts;
    writer->announced = writer->linked = true;
    writer->starved_ns = SCHEDULE_START_NS; // no sweep helps a claim that should not need one
    writer->geometry.generation = 1;
    world_map()->mark.magic = RING_MAGIC_REGISTRY;
    world_control()->mark.magic = RING_MAGIC_CONTROL;
    writer->pool.control = world_control();
    writer->pool.doorbell = world_doorbell();
    writer->pool.registry = world_map();
    writer->pool.slots = scenario->slots;
    writer->pool.readers_max = scenario->blocks;
    writer->pool.history = scenario->history;
    writer->pool.holds_up = RING_READERS_MAX;
    writer->patience.span_ns = scenario->early ? WORLD_LATENESS_NS : 100 * WORLD_LATENESS_NS;
    strcpy(writer->name.stream, "model");
}

static void make(const struct scenario *scenario)
{
    schedule_stop();
    memset(&world, 0, sizeof world);
    world.scenario = scenario;
    kernel_reset(&world.kernel);
    make_writer(scenario);
    for (unsigned i = 0; i < SCENARIO_READERS; i++) {
        if (!scenario->readers[i].there)
            continue;
        struct registry registry = world_registry((int)i + 1);
        const struct registry_terms terms = {
            .reading = scenario->readers[i].reading,
            .held = scenario->readers[i].copying ? 0 : scenario->readers[i].held,
            .wanted = 1,
            .generation = 1,
            .reader_name = "r"};
        uint32_t block;
        if (registry_join(&registry, &terms, &block) != TACHY_OK)
            explore_give_up("a scenario's readers do not fit");
        world_start_reader(i, block);
        if (scenario->readers[i].dead)
            world.kernel.owner[block] = 0;
    }
    memcpy(&start, &world, sizeof world);
}

static unsigned list_roles(const struct scenario *scenario, struct role roles[THREADS_MAX])
{
    unsigned count = 0;
    roles[count++] = (struct role){"producer", 0, play_producer, NULL};
    for (unsigned i = 0; i < SCENARIO_READERS; i++)
        if (scenario->readers[i].script != NULL && !scenario->readers[i].dead)
            roles[count++] = (struct role){names[i], (int)i + 1, play_reader, (void *)&indexes[i]};
    if (scenario->helper != NULL)
        roles[count++] = (struct role){"helper", 1, play_helper, NULL};
    return count;
}

static void run(void *scenario)
{
    const struct scenario *played = scenario;
    schedule_stop();
    memcpy(&world, &start, sizeof world);
    memory_reset();
    struct role roles[THREADS_MAX];
    unsigned count = list_roles(played, roles);
    int victim = played->victim == VICTIM_NONE ? NO_PROCESS : processes[played->victim - 1];
    schedule_run(roles, count, victim, kernel_bury,
                 (void *)&processes[played->victim == VICTIM_READER]);
    judge_end();
}

static uint64_t state(void)
{
    return memory_hash() + schedule_hash() * 0x9e3779b97f4a7c15 + kernel_hash();
}

void world_explore(const struct scenario *scenario, const struct exploration *exploration,
                   struct findings *findings)
{
    memory_forget();
    make(scenario);
    const struct subject subject = {
        .run = run, .state = state, .settle = memory_settle, .context = (void *)scenario};
    explore(exploration, &subject, findings);
}
