// Cleaning: what dead writers left in shared memory.
#ifndef TACHY_CLEAN_H
#define TACHY_CLEAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <tachy/status.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct tachy_cleaning tachy_cleaning;

/// What became of an object.
typedef enum tachy_fate {
    TACHY_REMOVED = 0, ///< its writer is dead, and its name is gone
    TACHY_IN_USE = 1,  ///< its producer lives
    TACHY_HELD = 2, ///< a process that is no writer holds its producer's lock: `force` removes it
    TACHY_UNCLEAR = 3, ///< somebody holds its producer's lock whom this process cannot look at
    TACHY_FOREIGN = 4, ///< another user's, or no regular file
    TACHY_STUCK = 5,   ///< the system refused to remove it
} tachy_fate;

/// Zero means the default, but for `size`.
typedef struct tachy_clean_params {
    size_t size;
    const char *producer; ///< only this producer's objects, "sim"; NULL = everybody's
    bool force; ///< remove also what is only kept by a process that holds the lock and is no writer
} tachy_clean_params;

/// One name below /dev/shm. Strings belong to the cleaning.
typedef struct tachy_cleaned {
    size_t size;
    const char *name;     ///< "tachy.sim.a.ctl"
    const char *producer; ///< "sim"
    uint64_t bytes;       ///< of memory that came free with this name: 0 while another name is left
    tachy_fate fate;
    uint32_t holder; ///< the process that holds the lock, where it could be told; else 0
} tachy_cleaned;

/// Removes the names of objects whose writer is dead: the lock on the producer's .lock and on each of its control objects
/// is free. A dead one's name cannot be taken while it is removed, and what others have mapped stays mapped. Never removed:
/// the objects of a live producer, another user's, and files whose names no writer would give. A writer is told from other
/// holders of a lock by its mapping: it alone has its control object mapped for writing, or a new one without a name.
/// `params` may be NULL. Any thread; end the result with tachy_cleaning_destroy.
/// TACHY_INVALID: params->size is not set, or no producer has such a name; TACHY_NO_MEMORY; TACHY_SYSTEM: /dev/shm cannot be listed.
TACHY_API tachy_status tachy_clean(const tachy_clean_params *params, tachy_cleaning **cleaning);

/// The object at `index`, by name, or NULL past the end. Valid until the cleaning is destroyed.
TACHY_API const tachy_cleaned *tachy_cleaning_at(const tachy_cleaning *cleaning, size_t index);

/// NULL and a pointer to NULL are legal.
TACHY_API void tachy_cleaning_destroy(tachy_cleaning **cleaning);

#ifdef __cplusplus
}
#endif
#endif
