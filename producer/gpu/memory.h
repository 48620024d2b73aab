// Device memory: which type, and an arena for what lives as long as the scene.
#ifndef PRODUCER_GPU_MEMORY_H
#define PRODUCER_GPU_MEMORY_H

#include <stddef.h>

#include "producer/gpu/device.h"

/// What memory is for; each kind has the properties it must have, and those it had better have.
enum memory_kind {
    MEMORY_DEVICE,   ///< the device reads and writes it
    MEMORY_UPLOAD,   ///< the host writes it, mapped
    MEMORY_READBACK, ///< the host reads it, mapped
};

/// The best type of that kind among `type_bits`. TACHY_UNSUPPORTED: there is none.
tachy_status memory_type(const struct device *device, uint32_t type_bits, enum memory_kind kind,
                         uint32_t *type);

/// An allocation of its own; ended by vkFreeMemory.
tachy_status memory_allocate(const struct device *device, const VkMemoryRequirements *needs,
                             enum memory_kind kind, VkDeviceMemory *memory);

struct arena_block {
    VkDeviceMemory memory;
    VkDeviceSize used, bytes;
    uint32_t type;
};

/// Large allocations that small ones are cut from; given back all at once. One for buffers, one for images: what a device
/// wants between the two (bufferImageGranularity) never arises. Starts zeroed.
struct arena {
    struct arena_block *blocks;
    size_t count;
};

tachy_status arena_take(struct arena *arena, const struct device *device,
                        const VkMemoryRequirements *needs, VkDeviceMemory *memory,
                        VkDeviceSize *offset);
void arena_finish(struct arena *arena, const struct device *device);

#endif
