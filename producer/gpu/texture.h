// Textures: uploaded with all their mipmaps, and the samplers they are read with.
#ifndef PRODUCER_GPU_TEXTURE_H
#define PRODUCER_GPU_TEXTURE_H

#include <stdbool.h>

#include "producer/gpu/image.h"

/// RGBA8, row 0 on top. `image` must be zeroed.
tachy_status texture_init(struct image *image, const struct device *device, struct arena *arena,
                          const void *rgba, uint32_t width, uint32_t height, bool srgb);

/// TACHY_SYSTEM and the like; ended by vkDestroySampler.
tachy_status texture_sampler(const struct device *device, VkSamplerAddressMode u,
                             VkSamplerAddressMode v, bool nearest, VkSampler *sampler);

#endif
