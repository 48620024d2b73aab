// What a slot holds: planes, offsets, sizes. Made from a writer's parameters, or out of a .dat that is not to be trusted.
#ifndef COMMON_RING_GEOMETRY_H
#define COMMON_RING_GEOMETRY_H

#include <tachy/write.h>

#include "common/ring/layout.h"
#include "common/shm/segment.h"

/// Planes point into `names`: not to be copied.
struct ring_geometry {
    uint64_t slots_offset, slot_bytes, data_bytes;
    uint64_t huge_bytes; ///< as a data object says
    uint32_t slots, plane_count, images, header_capacity, generation;
    tachy_plane planes[RING_PLANES_MAX]; ///< data is NULL
    uint64_t offsets[RING_PLANES_MAX];   ///< from the slot's start
    uint64_t plane_bytes[RING_PLANES_MAX];
    char names[RING_PLANES_MAX][RING_PLANE_NAME_BYTES];
};

/// Lays planes out; slots and data_bytes are left to geometry_set_slots. TACHY_INVALID names the plane.
tachy_status geometry_make(const char *stream, const tachy_plane_params *planes, size_t count,
                           struct ring_geometry *geometry);

/// TACHY_INVALID: sizes that wrap.
tachy_status geometry_set_slots(const char *stream, uint32_t slots, struct ring_geometry *geometry);

/// Writes all of the data object's head but its mark.
void geometry_store(const struct ring_geometry *geometry, struct ring_data *head);

/// Reads a mapped data object's head from a private copy, each number checked. TACHY_CORRUPT says which.
tachy_status geometry_load(const char *stream, const struct segment *data, uint32_t slots,
                           struct ring_geometry *geometry);

/// The index of the plane of that name, or -1.
int geometry_find(const struct ring_geometry *geometry, const char *name);

/// A copy whose planes point into its own names.
void geometry_copy(const struct ring_geometry *from, struct ring_geometry *to);

/// All planes: bit i = planes[i].
uint64_t geometry_mask(const struct ring_geometry *geometry);

#endif
