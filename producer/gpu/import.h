// The host's memory as the device's own: slots of a stream that are rendered into in place.
#ifndef PRODUCER_GPU_IMPORT_H
#define PRODUCER_GPU_IMPORT_H

#include <stddef.h>

#include "producer/gpu/image.h"

/// Imported memory. The host's mapping must outlive it.
struct import {
    VkDeviceMemory memory;
    unsigned char *base;
    size_t bytes;
    uint32_t type;
};

/// `import` must be zeroed. TACHY_UNSUPPORTED: the device cannot import this kind of memory; TACHY_INVALID: not aligned to pages.
tachy_status import_init(struct import *import, const struct device *device, void *base,
                         size_t bytes);
void import_finish(struct import *import, const struct device *device);

/// An image of rows, `row_bytes` apart, whose pixels lie at `data` inside the import. `image` must be zeroed.
/// TACHY_UNSUPPORTED: the device lays such an image out differently; TACHY_INVALID: it reaches beyond the import.
tachy_status import_image(const struct import *import, const struct device *device,
                          const struct image_params *params, void *data, size_t row_bytes,
                          struct image *image);

#endif
