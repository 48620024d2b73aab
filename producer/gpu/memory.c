// Device memory: types by kind, and the arena.
#include "producer/gpu/memory.h"

#include <stdlib.h>

#include "common/base/error.h"
#include "producer/gpu/result.h"

enum { BLOCK_BYTES = 16 << 20 };

static const struct kind {
    const char *name;
    VkMemoryPropertyFlags must, better;
} kind_table[] = {
    [MEMORY_DEVICE] = {"device", 0, VK_MEMORY_PROPERTY_DEVICE_LOCAL_BIT},
    [MEMORY_UPLOAD] = {"upload",
                       VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT,
                       0},
    [MEMORY_READBACK] = {"readback",
                         VK_MEMORY_PROPERTY_HOST_VISIBLE_BIT | VK_MEMORY_PROPERTY_HOST_COHERENT_BIT,
                         VK_MEMORY_PROPERTY_HOST_CACHED_BIT},
};

tachy_status memory_type(const struct device *device, uint32_t type_bits, enum memory_kind kind,
                         uint32_t *type)
{
    const struct kind *row = &kind_table[kind];
    const VkMemoryPropertyFlags wishes[] = {row->must | row->better, row->must};
    for (size_t wish = 0; wish < 2; wish++)
        for (uint32_t i = 0; i < device->memory.memoryTypeCount; i++) {
            VkMemoryPropertyFlags has = device->memory.memoryTypes[i].propertyFlags;
            if ((type_bits >> i & 1) == 0 || (has & wishes[wish]) != wishes[wish])
                continue;
            *type = i;
            return TACHY_OK;
        }
    return error_set(TACHY_UNSUPPORTED, "Vulkan: '%s' has no %s memory",
                     device->properties.deviceName, row->name);
}

static tachy_status allocate(const struct device *device, VkDeviceSize bytes, uint32_t type,
                             VkDeviceMemory *memory)
{
    const VkMemoryAllocateInfo info = {.sType = VK_STRUCTURE_TYPE_MEMORY_ALLOCATE_INFO,
                                       .allocationSize = bytes,
                                       .memoryTypeIndex = type};
    return result_check(vkAllocateMemory(device->handle, &info, NULL, memory),
                        "allocating device memory");
}

tachy_status memory_allocate(const struct device *device, const VkMemoryRequirements *needs,
                             enum memory_kind kind, VkDeviceMemory *memory)
{
    uint32_t type = 0;
    tachy_status status = memory_type(device, needs->memoryTypeBits, kind, &type);
    return status ? status : allocate(device, needs->size, type, memory);
}

static struct arena_block *find_block(struct arena *arena, const VkMemoryRequirements *needs,
                                      uint32_t type)
{
    for (size_t i = 0; i < arena->count; i++) {
        struct arena_block *block = &arena->blocks[i];
        VkDeviceSize start = (block->used + needs->alignment - 1) & ~(needs->alignment - 1);
        if (block->type == type && start <= block->bytes && needs->size <= block->bytes - start)
            return block;
    }
    return NULL;
}

static tachy_status add_block(struct arena *arena, const struct device *device, VkDeviceSize bytes,
                              uint32_t type, struct arena_block **block)
{
    struct arena_block *blocks = realloc(arena->blocks, (arena->count + 1) * sizeof *arena->blocks);
    if (!blocks)
        return error_set(TACHY_NO_MEMORY, "no memory to keep %zu device blocks", arena->count + 1);
    arena->blocks = blocks;
    struct arena_block fresh = {.bytes = bytes > BLOCK_BYTES ? bytes : BLOCK_BYTES, .type = type};
    tachy_status status = allocate(device, fresh.bytes, type, &fresh.memory);
    if (status)
        return status;
    *block = &arena->blocks[arena->count++];
    **block = fresh;
    return TACHY_OK;
}

tachy_status arena_take(struct arena *arena, const struct device *device,
                        const VkMemoryRequirements *needs, VkDeviceMemory *memory,
                        VkDeviceSize *offset)
{
    uint32_t type = 0;
    tachy_status status = memory_type(device, needs->memoryTypeBits, MEMORY_DEVICE, &type);
    if (status)
        return status;
    struct arena_block *block = find_block(arena, needs, type);
    if (!block)
        status = add_block(arena, device, needs->size, type, &block);
    if (!block)
        return status;
    *memory = block->memory;
    *offset = (block->used + needs->alignment - 1) & ~(needs->alignment - 1);
    block->used = *offset + needs->size;
    return TACHY_OK;
}

void arena_finish(struct arena *arena, const struct device *device)
{
    for (size_t i = 0; i < arena->count; i++)
        vkFreeMemory(device->handle, arena->blocks[i].memory, NULL);
    free(arena->blocks);
    *arena = (struct arena){0};
}
