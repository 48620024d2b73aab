// A CRC32C per slot and plane, in the control object, behind its slots.
#include "common/ring/checksum.h"

#include <string.h>

#include "common/base/crc32c.h"

typedef uint32_t slot_sums[RING_PLANES_MAX];

size_t checksum_bytes(uint32_t slots)
{
    return slots * sizeof(slot_sums);
}

void checksum_store(struct ring_control *control, uint64_t offset, uint32_t slot,
                    const struct ring_geometry *geometry, const char *base, uint64_t planes)
{
    uint32_t *sums = ((slot_sums *)((char *)control + offset))[slot];
    for (uint32_t i = 0; i < geometry->plane_count; i++)
        if ((planes >> i & 1) != 0)
            sums[i] = crc32c(0, base + geometry->offsets[i], geometry->plane_bytes[i]);
}

void checksum_copy(const struct ring_control *control, uint64_t offset, uint32_t slot,
                   uint32_t sums[RING_PLANES_MAX])
{
    const slot_sums *all = (const slot_sums *)((const char *)control + offset);
    memcpy(sums, all[slot], sizeof all[slot]);
}

int checksum_find_damage(const uint32_t sums[RING_PLANES_MAX], const struct ring_geometry *geometry,
                         const char *base, uint64_t planes)
{
    for (uint32_t i = 0; i < geometry->plane_count; i++)
        if ((planes >> i & 1) != 0 &&
            crc32c(0, base + geometry->offsets[i], geometry->plane_bytes[i]) != sums[i])
            return (int)i;
    return -1;
}
