// The one timeline semaphore.
#include "producer/gpu/timeline.h"

#include "producer/gpu/result.h"

tachy_status timeline_init(struct timeline *timeline, const struct device *device)
{
    const VkSemaphoreTypeCreateInfo type = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_TYPE_CREATE_INFO,
                                            .semaphoreType = VK_SEMAPHORE_TYPE_TIMELINE};
    const VkSemaphoreCreateInfo info = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_CREATE_INFO,
                                        .pNext = &type};
    return result_check(vkCreateSemaphore(device->handle, &info, NULL, &timeline->semaphore),
                        "creating a timeline semaphore");
}

void timeline_finish(struct timeline *timeline, const struct device *device)
{
    if (timeline->semaphore)
        vkDestroySemaphore(device->handle, timeline->semaphore, NULL);
    *timeline = (struct timeline){0};
}

tachy_status timeline_submit(struct timeline *timeline, const struct device *device,
                             VkCommandBuffer commands)
{
    const VkCommandBufferSubmitInfo buffer = {.sType = VK_STRUCTURE_TYPE_COMMAND_BUFFER_SUBMIT_INFO,
                                              .commandBuffer = commands};
    const VkSemaphoreSubmitInfo signal = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_SUBMIT_INFO,
                                          .semaphore = timeline->semaphore,
                                          .value = timeline->submitted + 1,
                                          .stageMask = VK_PIPELINE_STAGE_2_ALL_COMMANDS_BIT};
    const VkSubmitInfo2 submit = {.sType = VK_STRUCTURE_TYPE_SUBMIT_INFO_2,
                                  .commandBufferInfoCount = 1,
                                  .pCommandBufferInfos = &buffer,
                                  .signalSemaphoreInfoCount = 1,
                                  .pSignalSemaphoreInfos = &signal};
    tachy_status status = result_check(vkQueueSubmit2(device->queue, 1, &submit, VK_NULL_HANDLE),
                                       "submitting a frame");
    if (status == TACHY_OK)
        timeline->submitted++;
    return status;
}

tachy_status timeline_wait(const struct timeline *timeline, const struct device *device,
                           uint64_t value, int64_t timeout_ns)
{
    const VkSemaphoreWaitInfo info = {.sType = VK_STRUCTURE_TYPE_SEMAPHORE_WAIT_INFO,
                                      .semaphoreCount = 1,
                                      .pSemaphores = &timeline->semaphore,
                                      .pValues = &value};
    uint64_t timeout = timeout_ns == INT64_MAX ? UINT64_MAX
                       : timeout_ns > 0        ? (uint64_t)timeout_ns
                                               : 0;
    VkResult result = vkWaitSemaphores(device->handle, &info, timeout);
    if (result == VK_TIMEOUT)
        return TACHY_TIMED_OUT;
    return result_check(result, "waiting for a frame");
}
