// The producer's id table: append-only rows in .ids.<generation>, each generation twice as large and holding all rows before it.
#ifndef COMMON_RING_IDS_H
#define COMMON_RING_IDS_H

#include <tachy/frame.h>

#include "common/ring/layout.h"
#include "common/shm/name.h"
#include "common/shm/segment.h"

enum { IDS_GENERATIONS = 11 }; ///< 1,024 << 10 rows

/// The writing side. One thread at a time, but for ids_published.
struct id_table {
    char stem[NAME_STEM_BYTES];
    uint64_t epoch;
    mode_t mode;
    struct segment
        generations[IDS_GENERATIONS]; ///< older ones keep their names: frames may still name them
    uint32_t made;                    ///< generations so far; the last is in use
    uint32_t rows;
    uint64_t strings_used;
    _Atomic uint64_t published; ///< generation << 32 | rows
};

void ids_init(struct id_table *table, const char *stem, uint64_t epoch, mode_t mode);
void ids_finish(struct id_table *table);

/// TACHY_INVALID: a name too long; TACHY_FULL; TACHY_SYSTEM.
tachy_status ids_add(struct id_table *table, const tachy_identity *identity, uint32_t *id);

/// Gives back names that somebody removed: how many; -1: some are missing for good.
int ids_mend_names(const struct id_table *table);

/// What a frame published now may refer to.
void ids_published(const struct id_table *table, uint32_t *generation, uint32_t *rows);

/// The reading side: rows copied out of shared memory, checked, with strings of their own. Immutable, shared by reference.
struct id_copy {
    _Atomic uint32_t references;
    uint32_t rows;
    uint32_t damaged; ///< the first damaged row, 1-based; 0 = none. A damaged row's name is NULL
    char *strings;
    tachy_identity identities[];
};

/// Maps a generation, which stays readable whatever becomes of its name. `how`: of enum segment_how; `ids_epoch`: as the control object says.
/// TACHY_NOT_FOUND, TACHY_CORRUPT ...
tachy_status ids_open(const char *producer_stem, uint64_t ids_epoch, uint32_t generation,
                      unsigned how, struct segment *ids);

/// Copies the first `rows` rows out of it. TACHY_CORRUPT, TACHY_NO_MEMORY.
tachy_status ids_read(const struct segment *ids, uint32_t rows, struct id_copy **copy);

struct id_copy *ids_retain(struct id_copy *copy);
void ids_release(struct id_copy **copy);

#endif
