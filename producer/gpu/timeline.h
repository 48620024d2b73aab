// The one timeline semaphore: each submit signals the next value, waits name a value.
#ifndef PRODUCER_GPU_TIMELINE_H
#define PRODUCER_GPU_TIMELINE_H

#include <stdint.h>

#include "producer/gpu/device.h"

struct timeline {
    VkSemaphore semaphore;
    uint64_t submitted; ///< the value of the newest submit; 0 = none
};

/// `timeline` must be zeroed.
tachy_status timeline_init(struct timeline *timeline, const struct device *device);
void timeline_finish(struct timeline *timeline, const struct device *device);

/// Submits; when the commands are done, the semaphore holds timeline->submitted.
tachy_status timeline_submit(struct timeline *timeline, const struct device *device,
                             VkCommandBuffer commands);

/// TACHY_TIMED_OUT; TACHY_SYSTEM: the device was lost.
tachy_status timeline_wait(const struct timeline *timeline, const struct device *device,
                           uint64_t value, int64_t timeout_ns);

#endif
