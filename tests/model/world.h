// One stream in the model's memory, with its writer and readers: what an execution starts from and changes.
#ifndef TESTS_MODEL_WORLD_H
#define TESTS_MODEL_WORLD_H

#include "common/ring/reader.h"
#include "common/ring/writer.h"
#include "tests/model/explore.h"
#include "tests/model/judge.h"
#include "tests/model/kernel.h"
#include "tests/model/scenarios.h"

enum { WORLD_SLOTS = 5, WORLD_WORDS = 2, WORLD_PLANES = 3, WORLD_LATENESS_NS = 1000000 };

struct world {
    const struct scenario *scenario;
    _Alignas(RING_LINE) unsigned char control[sizeof(struct ring_control) +
                                              WORLD_SLOTS * sizeof(struct ring_slot)];
    _Alignas(RING_LINE) unsigned char registry[sizeof(struct ring_registry) +
                                               SCENARIO_READERS * sizeof(struct ring_reader)];
    struct reader readers[SCENARIO_READERS];
    uint64_t slots[WORLD_SLOTS][WORLD_WORDS]; ///< the frames: plain data
    uint64_t handles[SCENARIO_READERS]
                    [RING_CELLS_MAX]; ///< frames of the stream's own thread: plain data
    uint64_t reason;                  ///< plain data that goes with an interrupt
    tachy_writer writer;
    struct kernel kernel;
    struct judge judge;
};

extern struct world world;

struct ring_control *world_control(void);
const struct doorbell *world_doorbell(void);
struct ring_registry *world_map(void);

/// Whether the product may touch these bytes.
bool world_owns(const volatile void *object, size_t bytes);

/// Explores one scenario.
void world_explore(const struct scenario *scenario, const struct exploration *exploration,
                   struct findings *findings);

/// A reader whose block is live starts.
void world_start_reader(unsigned reader, uint32_t block);

/// One user of the reader less; the last one leaves its block.
void world_drop_reader(unsigned reader);

/// What a reader joins with.
struct registry world_registry(int process);

#endif
