// Images of one layer, with one view of all their levels.
#ifndef PRODUCER_GPU_IMAGE_H
#define PRODUCER_GPU_IMAGE_H

#include "producer/gpu/memory.h"

struct image {
    VkImage handle;
    VkImageView view;
    VkDeviceMemory memory; ///< its own; none when it came from an arena or an import
};

struct image_params {
    VkFormat format;
    uint32_t width, height;
    uint32_t levels;         ///< 0 = 1
    bool linear;             ///< rows in memory, as the host sees them
    VkImageUsageFlags usage; ///< one with DEPTH_STENCIL_ATTACHMENT is a depth image
};

/// `image` must be zeroed.
tachy_status image_init(struct image *image, const struct device *device, struct arena *arena,
                        const struct image_params *params);

/// The two halves of image_init, for memory that comes from elsewhere; `next` extends VkImageCreateInfo.
tachy_status image_create(struct image *image, const struct device *device,
                          const struct image_params *params, const void *next);
tachy_status image_create_view(struct image *image, const struct device *device,
                               const struct image_params *params);

void image_finish(struct image *image, const struct device *device);

/// Levels of a full chain of halves.
uint32_t image_levels(uint32_t width, uint32_t height);

#endif
