// Commands that run once, now, with host memory to copy from: how meshes and textures reach the device.
#ifndef PRODUCER_GPU_UPLOAD_H
#define PRODUCER_GPU_UPLOAD_H

#include "producer/gpu/buffer.h"

struct upload {
    VkCommandBuffer commands;
    struct buffer staging; ///< mapped; fill it before upload_end
};

/// `bytes` may be 0: no staging. `upload` must be zeroed; ended by upload_finish, whatever this returns.
tachy_status upload_begin(struct upload *upload, const struct device *device, VkDeviceSize bytes);

/// Makes what was copied visible to every later command, submits, and waits.
tachy_status upload_end(struct upload *upload, const struct device *device);
void upload_finish(struct upload *upload, const struct device *device);

#endif
