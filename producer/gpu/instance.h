// The Vulkan instance: no window system, optionally with the validation layer.
#ifndef PRODUCER_GPU_INSTANCE_H
#define PRODUCER_GPU_INSTANCE_H

#include <stdbool.h>
#include <stdint.h>
#include <tachy/status.h>
#include <vulkan/vulkan.h>

struct instance {
    VkInstance handle;
    VkDebugUtilsMessengerEXT messenger; ///< with validation only
    uint64_t complaints; ///< warnings and errors of the layer so far, each logged as an error
};

/// `instance` must be zeroed and must not move until instance_finish: the layer writes to it.
/// TACHY_UNSUPPORTED: no Vulkan driver, or no validation layer where `validate` asks for it.
tachy_status instance_init(struct instance *instance, bool validate);
void instance_finish(struct instance *instance);

#endif
