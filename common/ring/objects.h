// The objects of one stream, opened by a reader or a tool, checked, with private copies of what never changes.
#ifndef COMMON_RING_OBJECTS_H
#define COMMON_RING_OBJECTS_H

#include <stdbool.h>

#include "common/ring/generation.h"
#include "common/ring/registry.h"
#include "common/shm/name.h"
#include "common/shm/segment.h"

struct objects {
    struct stream_name name;
    struct segment control, registry;
    struct generation *generation;  ///< in use
    const struct ring_control *map; ///< the control object
    uint64_t epoch, shared_bytes;
    bool same_clock;                      ///< the writer's times are of our clock
    struct ring_about about;              ///< a copy, checked
    const struct ring_geometry *geometry; ///< the generation's
};

/// `how`: of enum segment_how; SEGMENT_WRITE maps the registry for writing, as a reader does, the others never. TACHY_NOT_FOUND; TACHY_TIMED_OUT: unfinished, or being
/// replaced just now; TACHY_DENIED; TACHY_VERSION; TACHY_CORRUPT; TACHY_NO_MEMORY; TACHY_SYSTEM.
tachy_status objects_open(const struct stream_name *name, unsigned how, struct objects *objects);

/// Zeroed and half-opened objects are legal.
void objects_close(struct objects *objects);

/// Whether a guarded object, but for its generations, shrank and we noticed: what was read of it since is zeros.
bool objects_shrank(const struct objects *objects);

/// Whether the stream's writer lives: somebody holds the lock of the control object.
bool objects_are_alive(const struct objects *objects);

/// Whether the control object's name is another live writer's by now, who came after this one.
bool objects_have_successor(const struct objects *objects);

struct registry objects_registry(const struct objects *objects);

/// What a block says of its reader, corrected by what the writer knows better: one that it demoted is an every-reader, though it
/// has not heard of it yet.
void objects_look(const struct objects *objects, uint32_t index, uint64_t head,
                  struct registry_reader *reader);

/// Frames per second, dropped claims and nanoseconds waited, as the writer counts them.
struct objects_counters {
    double fps;
    uint64_t dropped;
};
struct objects_counters objects_count(const struct objects *objects);

#endif
