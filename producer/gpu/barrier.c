// Barriers, gathered and then recorded in one command.
#include "producer/gpu/barrier.h"

#include <stdlib.h>

#include "common/base/error.h"

const struct access access_none = {VK_PIPELINE_STAGE_2_NONE, VK_ACCESS_2_NONE,
                                   VK_IMAGE_LAYOUT_UNDEFINED};
const struct access access_color_write = {VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
                                          VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT |
                                              VK_ACCESS_2_COLOR_ATTACHMENT_READ_BIT,
                                          VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL};
const struct access access_depth_write = {
    VK_PIPELINE_STAGE_2_EARLY_FRAGMENT_TESTS_BIT | VK_PIPELINE_STAGE_2_LATE_FRAGMENT_TESTS_BIT,
    VK_ACCESS_2_DEPTH_STENCIL_ATTACHMENT_WRITE_BIT | VK_ACCESS_2_DEPTH_STENCIL_ATTACHMENT_READ_BIT,
    VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL};
const struct access access_shader_read = {VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT,
                                          VK_ACCESS_2_SHADER_SAMPLED_READ_BIT,
                                          VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL};
const struct access access_copy_read = {VK_PIPELINE_STAGE_2_ALL_TRANSFER_BIT,
                                        VK_ACCESS_2_TRANSFER_READ_BIT,
                                        VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL};
const struct access access_copy_write = {VK_PIPELINE_STAGE_2_ALL_TRANSFER_BIT,
                                         VK_ACCESS_2_TRANSFER_WRITE_BIT,
                                         VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL};
const struct access access_slot_write = {VK_PIPELINE_STAGE_2_COLOR_ATTACHMENT_OUTPUT_BIT,
                                         VK_ACCESS_2_COLOR_ATTACHMENT_WRITE_BIT |
                                             VK_ACCESS_2_COLOR_ATTACHMENT_READ_BIT,
                                         VK_IMAGE_LAYOUT_GENERAL};
const struct access access_host_read = {VK_PIPELINE_STAGE_2_HOST_BIT, VK_ACCESS_2_HOST_READ_BIT,
                                        VK_IMAGE_LAYOUT_GENERAL};

tachy_status barriers_add(struct barriers *barriers, VkImage image, VkImageAspectFlags aspect,
                          const struct access *before, const struct access *after)
{
    if (barriers->count == barriers->capacity) {
        size_t capacity = barriers->capacity ? barriers->capacity * 2 : 16;
        VkImageMemoryBarrier2 *list = realloc(barriers->list, capacity * sizeof *list);
        if (!list)
            return error_set(TACHY_NO_MEMORY, "no memory for %zu barriers", capacity);
        barriers->list = list;
        barriers->capacity = capacity;
    }
    barriers->list[barriers->count++] = (VkImageMemoryBarrier2){
        .sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER_2,
        .srcStageMask = before->stages,
        .srcAccessMask = before->accesses,
        .dstStageMask = after->stages,
        .dstAccessMask = after->accesses,
        .oldLayout = before->layout,
        .newLayout = after->layout,
        .srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        .dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        .image = image,
        .subresourceRange = {aspect, 0, VK_REMAINING_MIP_LEVELS, 0, VK_REMAINING_ARRAY_LAYERS},
    };
    return TACHY_OK;
}

void barriers_record(struct barriers *barriers, VkCommandBuffer commands)
{
    if (barriers->count == 0)
        return;
    const VkDependencyInfo info = {.sType = VK_STRUCTURE_TYPE_DEPENDENCY_INFO,
                                   .imageMemoryBarrierCount = (uint32_t)barriers->count,
                                   .pImageMemoryBarriers = barriers->list};
    vkCmdPipelineBarrier2(commands, &info);
    barriers->count = 0;
}

void barriers_finish(struct barriers *barriers)
{
    free(barriers->list);
    *barriers = (struct barriers){0};
}
