// A CRC32C per slot and plane: stored by a writer that was asked to, checked by readers that ask.
#ifndef COMMON_RING_CHECKSUM_H
#define COMMON_RING_CHECKSUM_H

#include "common/ring/geometry.h"

/// What the checksums of `slots` slots take behind them in the control object.
size_t checksum_bytes(uint32_t slots);

/// Stores those of `planes` (bit i = planes[i]) of a draft whose memory starts at `base`. `offset`: about.crc_offset.
void checksum_store(struct ring_control *control, uint64_t offset, uint32_t slot,
                    const struct ring_geometry *geometry, const char *base, uint64_t planes);

/// Copies the checksums of a slot.
void checksum_copy(const struct ring_control *control, uint64_t offset, uint32_t slot,
                   uint32_t sums[RING_PLANES_MAX]);

/// The first of `planes` whose bytes at `base` have not their sum; -1: all have.
int checksum_find_damage(const uint32_t sums[RING_PLANES_MAX], const struct ring_geometry *geometry,
                         const char *base, uint64_t planes);

#endif
