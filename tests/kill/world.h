// A world: one stream, its writer and readers as processes, and a supervisor that kills them and starts them again at once.
#ifndef TESTS_KILL_WORLD_H
#define TESTS_KILL_WORLD_H

#include <stddef.h>

#include "tests/kill/page.h"

/// The parts of the library in which enough processes have to die: "claim." and so on.
extern const char *const world_parts[];
extern const size_t world_part_count;

/// Deaths at the failpoints of `part` but *.done: at the very step, and at any instruction after it.
struct world_inside {
    uint64_t all, random;
};
struct world_inside world_count_inside(const struct page *page, const char *part);

/// Kills `kills` processes, more if fewer than `inside_min` died inside one of the parts, from a process of its own that has no threads and no ring. What came of it is in `page`, shared
/// memory: a complaint there is a failure. Ends its children.
void world_run(struct page *page, uint64_t kills, uint64_t inside_min, uint64_t seed);

#endif
