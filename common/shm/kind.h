// What the name of a file in /dev/shm says: whose object it is, and of which kind.
#ifndef COMMON_SHM_KIND_H
#define COMMON_SHM_KIND_H

#include <stdbool.h>

#include "common/shm/name.h"

enum object_kind {
    KIND_LOCK,    ///< the producer's lock file
    KIND_CONTROL, ///< a control object, under any of its names: its writer locks it
    KIND_OTHER,   ///< registry, data, id table
};

/// Takes "tachy.sim.a.dat.1.spare" and the like apart; `name` is the stream's, or the producer's where the object belongs
/// to no stream. False: not a name that a writer would give.
bool kind_from_file(const char *file, enum object_kind *kind, struct stream_name *name);

#endif
