// Buffers.
#ifndef PRODUCER_GPU_BUFFER_H
#define PRODUCER_GPU_BUFFER_H

#include "producer/gpu/memory.h"

struct buffer {
    VkBuffer handle;
    VkDeviceMemory memory; ///< its own; none when it came from an arena
    void *mapped;          ///< kinds UPLOAD and READBACK
    VkDeviceSize bytes;
};

/// `buffer` must be zeroed. With an arena `kind` must be MEMORY_DEVICE.
tachy_status buffer_init(struct buffer *buffer, const struct device *device, struct arena *arena,
                         VkDeviceSize bytes, VkBufferUsageFlags usage, enum memory_kind kind);
void buffer_finish(struct buffer *buffer, const struct device *device);

#endif
