// The flat form in the making: sections that grow, joined into one piece at the end.
#ifndef PRODUCER_IMPORT_FLAT_BUILD_H
#define PRODUCER_IMPORT_FLAT_BUILD_H

#include "producer/import/flat.h"

#define FLAT_BYTES_MAX ((uint64_t)4 << 30) ///< of the whole

/// Starts zeroed. Once it has failed it stays failed: later calls do nothing and flat_build_finish says why.
struct flat_build {
    struct {
        char *data;
        uint64_t count, bytes_room;
    } sections[FLAT_SECTIONS];
    uint64_t bytes;
    tachy_status status;
};

/// `count` more records, zeroed, and the index of the first of them (`first` may be NULL). The pointer is good until the section's
/// next call. NULL: it has failed (out of memory, or beyond FLAT_BYTES_MAX).
void *flat_build_add(struct flat_build *build, enum flat_section section, uint64_t count,
                     uint64_t *first);

struct flat_text flat_build_text(struct flat_build *build, const char *text);

/// Record `index` of a section.
void *flat_build_at(struct flat_build *build, enum flat_section section, uint64_t index);

/// Joins the sections into one malloc'ed piece, not checked yet; `file` is for messages.
tachy_status flat_build_finish(const struct flat_build *build, const char *file, void **flat,
                               size_t *size);

void flat_build_free(struct flat_build *build);

#endif
