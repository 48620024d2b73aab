// One frame in flight.
#include "producer/pass/frame.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "producer/gpu/result.h"
#include "producer/pass/block.h"

enum { BLOCK_STRIDE = (sizeof(struct image_block) + 255) / 256 * 256 };

tachy_status frame_init(struct frame *frame, const struct device *device,
                        VkDescriptorSetLayout layout)
{
    const VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                          .flags = VK_COMMAND_POOL_CREATE_TRANSIENT_BIT,
                                          .queueFamilyIndex = device->family};
    tachy_status status = result_check(
        vkCreateCommandPool(device->handle, &pool, NULL, &frame->pool), "creating a command pool");
    if (status)
        return status;
    const VkCommandBufferAllocateInfo buffer = {.sType =
                                                    VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                                .commandPool = frame->pool,
                                                .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
                                                .commandBufferCount = 1};
    status = result_check(vkAllocateCommandBuffers(device->handle, &buffer, &frame->commands),
                          "allocating a command buffer");
    return status ? status : descriptor_pool_take(&frame->sets, device, layout, &frame->set);
}

static tachy_status grow(struct frame *frame, const struct device *device,
                         const struct shadow *shadow, size_t count)
{
    size_t capacity = count * 2;
    struct picture *pictures = realloc(frame->pictures, capacity * sizeof *pictures);
    if (!pictures)
        return error_set(TACHY_NO_MEMORY, "no memory for %zu pictures", capacity);
    frame->pictures = pictures;
    frame->picture_capacity = 0;
    buffer_finish(&frame->blocks, device);
    tachy_status status =
        buffer_init(&frame->blocks, device, NULL, (VkDeviceSize)capacity * BLOCK_STRIDE,
                    VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT, MEMORY_UPLOAD);
    if (status)
        return status;
    frame->picture_capacity = capacity;
    const struct descriptor descriptors[] = {
        {.type = VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER_DYNAMIC,
         .buffer = {frame->blocks.handle, 0, sizeof(struct image_block)}},
        {.type = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER,
         .image = {shadow->sampler, shadow->map.view, VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL}},
    };
    descriptors_write(device, frame->set, descriptors, 2);
    return TACHY_OK;
}

tachy_status frame_begin(struct frame *frame, const struct device *device,
                         const struct shadow *shadow, size_t count)
{
    tachy_status status =
        count > frame->picture_capacity ? grow(frame, device, shadow, count) : TACHY_OK;
    if (status)
        return status;
    if (count)
        memset(frame->pictures, 0, count * sizeof *frame->pictures);
    frame->picture_count = count;
    frame->barriers.count = 0;
    status = result_check(vkResetCommandPool(device->handle, frame->pool, 0),
                          "resetting a command pool");
    if (status)
        return status;
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
                                            .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT};
    return result_check(vkBeginCommandBuffer(frame->commands, &begin),
                        "beginning a command buffer");
}

tachy_status frame_end(struct frame *frame)
{
    return result_check(vkEndCommandBuffer(frame->commands), "ending a command buffer");
}

struct image_block *frame_block(const struct frame *frame, size_t index, uint32_t *offset)
{
    *offset = (uint32_t)(index * BLOCK_STRIDE);
    return (struct image_block *)((char *)frame->blocks.mapped + *offset);
}

void frame_deliver(const struct frame *frame)
{
    for (size_t i = 0; i < frame->picture_count; i++)
        for (size_t plane = 0; plane < PLANE_COUNT; plane++) {
            const struct plane_copy *copy = &frame->pictures[i].copies[plane];
            if (copy->staging)
                memcpy(copy->to, copy->from, copy->bytes);
        }
}

void frame_finish(struct frame *frame, const struct device *device)
{
    if (frame->pool)
        vkDestroyCommandPool(device->handle, frame->pool, NULL);
    buffer_finish(&frame->blocks, device);
    descriptor_pool_finish(&frame->sets, device);
    barriers_finish(&frame->barriers);
    free(frame->pictures);
    *frame = (struct frame){0};
}
