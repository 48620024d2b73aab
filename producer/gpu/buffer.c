// Buffers: with memory of their own, or from an arena.
#include "producer/gpu/buffer.h"

#include <assert.h>

#include "producer/gpu/result.h"

static tachy_status bind(struct buffer *buffer, const struct device *device, struct arena *arena,
                         enum memory_kind kind)
{
    VkMemoryRequirements needs;
    vkGetBufferMemoryRequirements(device->handle, buffer->handle, &needs);
    VkDeviceMemory memory = VK_NULL_HANDLE;
    VkDeviceSize offset = 0;
    tachy_status status = arena ? arena_take(arena, device, &needs, &memory, &offset)
                                : memory_allocate(device, &needs, kind, &memory);
    if (status)
        return status;
    if (!arena)
        buffer->memory = memory;
    return result_check(vkBindBufferMemory(device->handle, buffer->handle, memory, offset),
                        "binding a buffer");
}

tachy_status buffer_init(struct buffer *buffer, const struct device *device, struct arena *arena,
                         VkDeviceSize bytes, VkBufferUsageFlags usage, enum memory_kind kind)
{
    assert(!arena || kind == MEMORY_DEVICE);
    buffer->bytes = bytes;
    const VkBufferCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_BUFFER_CREATE_INFO, .size = bytes, .usage = usage};
    tachy_status status = result_check(vkCreateBuffer(device->handle, &info, NULL, &buffer->handle),
                                       "creating a buffer");
    if (status == TACHY_OK)
        status = bind(buffer, device, arena, kind);
    if (status == TACHY_OK && kind != MEMORY_DEVICE)
        status = result_check(
            vkMapMemory(device->handle, buffer->memory, 0, VK_WHOLE_SIZE, 0, &buffer->mapped),
            "mapping a buffer");
    if (status)
        buffer_finish(buffer, device);
    return status;
}

void buffer_finish(struct buffer *buffer, const struct device *device)
{
    if (buffer->handle)
        vkDestroyBuffer(device->handle, buffer->handle, NULL);
    if (buffer->memory)
        vkFreeMemory(device->handle, buffer->memory, NULL);
    *buffer = (struct buffer){0};
}
