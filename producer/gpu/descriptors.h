// Descriptor sets: layouts from short tables, and a pool that grows.
#ifndef PRODUCER_GPU_DESCRIPTORS_H
#define PRODUCER_GPU_DESCRIPTORS_H

#include <stddef.h>

#include "producer/gpu/device.h"

enum { DESCRIPTOR_BINDINGS_MAX = 4 };

/// Binding i of the layout is types[i]; all of them are seen by both stages.
tachy_status descriptor_layout_create(const struct device *device, const VkDescriptorType *types,
                                      uint32_t count, VkDescriptorSetLayout *layout);

/// What one binding of a set is to hold: a buffer or an image.
struct descriptor {
    VkDescriptorType type;
    VkDescriptorBufferInfo buffer;
    VkDescriptorImageInfo image;
};

/// Writes descriptor i into binding i.
void descriptors_write(const struct device *device, VkDescriptorSet set,
                       const struct descriptor *descriptors, uint32_t count);

/// Sets that live until the pool's end. Starts zeroed.
struct descriptor_pool {
    VkDescriptorPool *pools;
    size_t count;
    uint32_t left; ///< sets still free in the last one
};

tachy_status descriptor_pool_take(struct descriptor_pool *pool, const struct device *device,
                                  VkDescriptorSetLayout layout, VkDescriptorSet *set);
void descriptor_pool_finish(struct descriptor_pool *pool, const struct device *device);

#endif
