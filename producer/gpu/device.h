// The Vulkan device: which one, what it can do, its one queue.
#ifndef PRODUCER_GPU_DEVICE_H
#define PRODUCER_GPU_DEVICE_H

#include <stdbool.h>
#include <stdint.h>
#include <tachy/status.h>
#include <vulkan/vulkan.h>

struct device {
    VkPhysicalDevice physical;
    VkDevice handle;
    VkQueue queue;
    uint32_t family;
    VkPhysicalDeviceProperties properties;
    VkPhysicalDeviceMemoryProperties memory;
    bool imports; ///< host memory can be imported: VK_EXT_external_memory_host
    VkDeviceSize import_alignment;
    PFN_vkGetMemoryHostPointerPropertiesEXT host_pointer_properties;
    VkCommandPool uploads; ///< command buffers that run once
};

/// The best Vulkan 1.3 device (a GPU before the CPU), or the one that `wanted` names: part of its name, or its index.
/// TACHY_UNSUPPORTED: there is none; the line names those there are, and what they lack.
tachy_status device_init(struct device *device, VkInstance instance, const char *wanted);
void device_finish(struct device *device);

#endif
