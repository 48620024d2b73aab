// Descriptor sets.
#include "producer/gpu/descriptors.h"

#include <assert.h>
#include <stdlib.h>

#include "common/base/error.h"
#include "producer/gpu/result.h"

enum { SETS_PER_POOL = 64 };

tachy_status descriptor_layout_create(const struct device *device, const VkDescriptorType *types,
                                      uint32_t count, VkDescriptorSetLayout *layout)
{
    assert(count <= DESCRIPTOR_BINDINGS_MAX);
    VkDescriptorSetLayoutBinding bindings[DESCRIPTOR_BINDINGS_MAX];
    for (uint32_t i = 0; i < count; i++)
        bindings[i] = (VkDescriptorSetLayoutBinding){
            .binding = i,
            .descriptorType = types[i],
            .descriptorCount = 1,
            .stageFlags = VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT,
        };
    const VkDescriptorSetLayoutCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_DESCRIPTOR_SET_LAYOUT_CREATE_INFO,
        .bindingCount = count,
        .pBindings = bindings};
    return result_check(vkCreateDescriptorSetLayout(device->handle, &info, NULL, layout),
                        "creating a descriptor layout");
}

void descriptors_write(const struct device *device, VkDescriptorSet set,
                       const struct descriptor *descriptors, uint32_t count)
{
    assert(count <= DESCRIPTOR_BINDINGS_MAX);
    VkWriteDescriptorSet writes[DESCRIPTOR_BINDINGS_MAX];
    for (uint32_t i = 0; i < count; i++)
        writes[i] = (VkWriteDescriptorSet){
            .sType = VK_STRUCTURE_TYPE_WRITE_DESCRIPTOR_SET,
            .dstSet = set,
            .dstBinding = i,
            .descriptorCount = 1,
            .descriptorType = descriptors[i].type,
            .pBufferInfo = &descriptors[i].buffer,
            .pImageInfo = &descriptors[i].image,
        };
    vkUpdateDescriptorSets(device->handle, count, writes, 0, NULL);
}

static tachy_status grow(struct descriptor_pool *pool, const struct device *device)
{
    static const VkDescriptorPoolSize sizes[] = {
        {VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER, SETS_PER_POOL * DESCRIPTOR_BINDINGS_MAX},
        {VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER, SETS_PER_POOL},
        {VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER_DYNAMIC, SETS_PER_POOL},
    };
    VkDescriptorPool *pools = realloc(pool->pools, (pool->count + 1) * sizeof(VkDescriptorPool));
    if (!pools)
        return error_set(TACHY_NO_MEMORY, "no memory for %zu descriptor pools", pool->count + 1);
    pool->pools = pools;
    const VkDescriptorPoolCreateInfo info = {.sType = VK_STRUCTURE_TYPE_DESCRIPTOR_POOL_CREATE_INFO,
                                             .maxSets = SETS_PER_POOL,
                                             .poolSizeCount = sizeof sizes / sizeof sizes[0],
                                             .pPoolSizes = sizes};
    tachy_status status =
        result_check(vkCreateDescriptorPool(device->handle, &info, NULL, &pools[pool->count]),
                     "creating a descriptor pool");
    if (status)
        return status;
    pool->count++;
    pool->left = SETS_PER_POOL;
    return TACHY_OK;
}

tachy_status descriptor_pool_take(struct descriptor_pool *pool, const struct device *device,
                                  VkDescriptorSetLayout layout, VkDescriptorSet *set)
{
    tachy_status status = pool->left ? TACHY_OK : grow(pool, device);
    if (status)
        return status;
    const VkDescriptorSetAllocateInfo info = {.sType =
                                                  VK_STRUCTURE_TYPE_DESCRIPTOR_SET_ALLOCATE_INFO,
                                              .descriptorPool = pool->pools[pool->count - 1],
                                              .descriptorSetCount = 1,
                                              .pSetLayouts = &layout};
    status = result_check(vkAllocateDescriptorSets(device->handle, &info, set),
                          "allocating a descriptor set");
    if (status == TACHY_OK)
        pool->left--;
    return status;
}

void descriptor_pool_finish(struct descriptor_pool *pool, const struct device *device)
{
    for (size_t i = 0; i < pool->count; i++)
        vkDestroyDescriptorPool(device->handle, pool->pools[i], NULL);
    free(pool->pools);
    *pool = (struct descriptor_pool){0};
}
