// Commands that run once, now.
#include "producer/gpu/upload.h"

#include "producer/gpu/result.h"

tachy_status upload_begin(struct upload *upload, const struct device *device, VkDeviceSize bytes)
{
    tachy_status status = TACHY_OK;
    if (bytes)
        status = buffer_init(&upload->staging, device, NULL, bytes,
                             VK_BUFFER_USAGE_TRANSFER_SRC_BIT, MEMORY_UPLOAD);
    if (status)
        return status;
    const VkCommandBufferAllocateInfo info = {.sType =
                                                  VK_STRUCTURE_TYPE_COMMAND_BUFFER_ALLOCATE_INFO,
                                              .commandPool = device->uploads,
                                              .level = VK_COMMAND_BUFFER_LEVEL_PRIMARY,
                                              .commandBufferCount = 1};
    status = result_check(vkAllocateCommandBuffers(device->handle, &info, &upload->commands),
                          "allocating a command buffer");
    if (status)
        return status;
    const VkCommandBufferBeginInfo begin = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_BEGIN_INFO,
                                            .flags = VK_COMMAND_BUFFER_USAGE_ONE_TIME_SUBMIT_BIT};
    return result_check(vkBeginCommandBuffer(upload->commands, &begin),
                        "beginning a command buffer");
}

tachy_status upload_end(struct upload *upload, const struct device *device)
{
    const VkMemoryBarrier2 visible = {.sType = VK_STRUCTURE_TYPE_MEMORY_BARRIER_2,
                                      .srcStageMask = VK_PIPELINE_STAGE_2_ALL_TRANSFER_BIT,
                                      .srcAccessMask = VK_ACCESS_2_TRANSFER_WRITE_BIT,
                                      .dstStageMask = VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT,
                                      .dstAccessMask = VK_ACCESS_2_MEMORY_READ_BIT};
    const VkDependencyInfo dependency = {.sType = VK_STRUCTURE_TYPE_DEPENDENCY_INFO,
                                         .memoryBarrierCount = 1,
                                         .pMemoryBarriers = &visible};
    vkCmdPipelineBarrier2(upload->commands, &dependency);
    tachy_status status =
        result_check(vkEndCommandBuffer(upload->commands), "ending a command buffer");
    if (status)
        return status;
    const VkCommandBufferSubmitInfo commands = {
        .sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_SUBMIT_INFO, .commandBuffer = upload->commands};
    const VkSubmitInfo2 submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO_2,
                                  .commandBufferInfoCount = 1,
                                  .pCommandBufferInfos = &commands};
    status = result_check(vkQueueSubmit2(device->queue, 1, &submit, VK_NULL_HANDLE),
                          "submitting an upload");
    if (status)
        return status;
    return result_check(vkQueueWaitIdle(device->queue), "waiting for an upload");
}

void upload_finish(struct upload *upload, const struct device *device)
{
    if (upload->commands)
        vkFreeCommandBuffers(device->handle, device->uploads, 1, &upload->commands);
    buffer_finish(&upload->staging, device);
    *upload = (struct upload){0};
}
