// The Vulkan device: picked by what it can do, opened with one queue that draws.
#include "producer/gpu/device.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "producer/gpu/result.h"

enum { DEVICES_MAX = 64, FAMILIES_MAX = 32 };

/// Devices by kind, the best last.
static const VkPhysicalDeviceType kinds[] = {
    VK_PHYSICAL_DEVICE_TYPE_CPU,          VK_PHYSICAL_DEVICE_TYPE_OTHER,
    VK_PHYSICAL_DEVICE_TYPE_VIRTUAL_GPU,  VK_PHYSICAL_DEVICE_TYPE_INTEGRATED_GPU,
    VK_PHYSICAL_DEVICE_TYPE_DISCRETE_GPU,
};

static int kind_rank(VkPhysicalDeviceType kind)
{
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (kinds[i] == kind)
            return (int)i;
    return 0;
}

static bool find_family(VkPhysicalDevice physical, uint32_t *family)
{
    uint32_t count = FAMILIES_MAX;
    VkQueueFamilyProperties families[FAMILIES_MAX];
    vkGetPhysicalDeviceQueueFamilyProperties(physical, &count, families);
    for (uint32_t i = 0; i < count; i++)
        if (families[i].queueFlags & VK_QUEUE_GRAPHICS_BIT) {
            *family = i;
            return true;
        }
    return false;
}

/// What the device lacks, or NULL.
static const char *missing(VkPhysicalDevice physical)
{
    VkPhysicalDeviceProperties properties;
    vkGetPhysicalDeviceProperties(physical, &properties);
    if (properties.apiVersion < VK_API_VERSION_1_3)
        return "Vulkan 1.3";
    VkPhysicalDeviceVulkan13Features features13 = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES};
    VkPhysicalDeviceVulkan12Features features12 = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES, .pNext = &features13};
    VkPhysicalDeviceFeatures2 features = {.sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
                                          .pNext = &features12};
    vkGetPhysicalDeviceFeatures2(physical, &features);
    if (!features13.dynamicRendering || !features13.synchronization2)
        return "dynamic rendering";
    if (!features12.timelineSemaphore)
        return "timeline semaphores";
    if (!features.features.independentBlend)
        return "independent blending";
    uint32_t family;
    return find_family(physical, &family) ? NULL : "a queue that draws";
}

static bool contains(const char *name, const char *part)
{
    size_t bytes = strlen(part);
    for (; *name; name++) {
        size_t same = 0;
        while (same < bytes &&
               tolower((unsigned char)name[same]) == tolower((unsigned char)part[same]))
            same++;
        if (same == bytes)
            return true;
    }
    return false;
}

static bool is_wanted(const VkPhysicalDeviceProperties *properties, uint32_t index,
                      const char *wanted)
{
    if (!wanted)
        return true;
    char number[16];
    snprintf(number, sizeof number, "%u", index);
    return strcmp(wanted, number) == 0 || (strspn(wanted, "0123456789") < strlen(wanted) &&
                                           contains(properties->deviceName, wanted));
}

/// "0 llvmpipe (...), 1 ... (has no Vulkan 1.3)"
static void list_devices(const VkPhysicalDevice *all, uint32_t count, char *text, size_t bytes)
{
    size_t used = 0;
    text[0] = 0;
    for (uint32_t i = 0; i < count && used < bytes; i++) {
        VkPhysicalDeviceProperties properties;
        vkGetPhysicalDeviceProperties(all[i], &properties);
        const char *lack = missing(all[i]);
        int wrote = snprintf(text + used, bytes - used, "%s%u %s%s%s%s", i ? ", " : "", i,
                             properties.deviceName, lack ? " (has no " : "", lack ? lack : "",
                             lack ? ")" : "");
        used += wrote > 0 ? (size_t)wrote : 0;
    }
}

static tachy_status pick(struct device *device, VkInstance instance, const char *wanted)
{
    uint32_t count = DEVICES_MAX;
    VkPhysicalDevice all[DEVICES_MAX];
    VkResult result = vkEnumeratePhysicalDevices(instance, &count, all);
    if (result < 0)
        return result_check(result, "listing devices");
    if (count == 0)
        return error_set(TACHY_UNSUPPORTED, "no Vulkan driver found: install the driver of your "
                                            "GPU, or the CPU driver: apt install "
                                            "mesa-vulkan-drivers");
    int best = -1;
    for (uint32_t i = 0; i < count; i++) {
        VkPhysicalDeviceProperties properties;
        vkGetPhysicalDeviceProperties(all[i], &properties);
        int rank = kind_rank(properties.deviceType);
        if (rank <= best || !is_wanted(&properties, i, wanted) || missing(all[i]))
            continue;
        best = rank;
        device->physical = all[i];
        device->properties = properties;
    }
    if (best >= 0)
        return TACHY_OK;
    char list[512];
    list_devices(all, count, list, sizeof list);
    if (wanted)
        return error_set(TACHY_UNSUPPORTED, "no usable Vulkan device is named '%s'; there are: %s",
                         wanted, list);
    return error_set(TACHY_UNSUPPORTED,
                     "no usable Vulkan 1.3 device; there are: %s; install a newer driver, or the "
                     "CPU driver: apt install mesa-vulkan-drivers",
                     list);
}

static tachy_status find_import(struct device *device)
{
    uint32_t count = 0;
    VkResult result = vkEnumerateDeviceExtensionProperties(device->physical, NULL, &count, NULL);
    if (result < 0)
        return result_check(result, "listing extensions");
    VkExtensionProperties *extensions = calloc(count + 1, sizeof *extensions);
    if (!extensions)
        return error_set(TACHY_NO_MEMORY, "Vulkan: no memory to list %u extensions", count);
    result = vkEnumerateDeviceExtensionProperties(device->physical, NULL, &count, extensions);
    for (uint32_t i = 0; result >= 0 && i < count; i++)
        if (strcmp(extensions[i].extensionName, VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME) == 0)
            device->imports = true;
    free(extensions);
    VkPhysicalDeviceExternalMemoryHostPropertiesEXT host = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_EXTERNAL_MEMORY_HOST_PROPERTIES_EXT};
    VkPhysicalDeviceProperties2 properties = {.sType =
                                                  VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_PROPERTIES_2,
                                              .pNext = device->imports ? &host : NULL};
    vkGetPhysicalDeviceProperties2(device->physical, &properties);
    device->import_alignment = host.minImportedHostPointerAlignment;
    return TACHY_OK;
}

static tachy_status open_device(struct device *device)
{
    const char *const extensions[] = {VK_EXT_EXTERNAL_MEMORY_HOST_EXTENSION_NAME};
    VkPhysicalDeviceVulkan13Features features13 = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_3_FEATURES,
        .dynamicRendering = VK_TRUE,
        .synchronization2 = VK_TRUE};
    VkPhysicalDeviceVulkan12Features features12 = {
        .sType = VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_2_FEATURES,
        .pNext = &features13,
        .timelineSemaphore = VK_TRUE};
    const VkPhysicalDeviceFeatures2 features = {.sType =
                                                    VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_FEATURES_2,
                                                .pNext = &features12,
                                                .features = {.independentBlend = VK_TRUE}};
    const float priority = 1;
    const VkDeviceQueueCreateInfo queue = {.sType = VK_STRUCTURE_TYPE_DEVICE_QUEUE_CREATE_INFO,
                                           .queueFamilyIndex = device->family,
                                           .queueCount = 1,
                                           .pQueuePriorities = &priority};
    const VkDeviceCreateInfo info = {.sType = VK_STRUCTURE_TYPE_DEVICE_CREATE_INFO,
                                     .pNext = &features,
                                     .queueCreateInfoCount = 1,
                                     .pQueueCreateInfos = &queue,
                                     .enabledExtensionCount = device->imports ? 1 : 0,
                                     .ppEnabledExtensionNames = extensions};
    return result_check(vkCreateDevice(device->physical, &info, NULL, &device->handle),
                        "opening the device");
}

tachy_status device_init(struct device *device, VkInstance instance, const char *wanted)
{
    tachy_status status = pick(device, instance, wanted);
    if (status)
        return status;
    find_family(device->physical, &device->family);
    vkGetPhysicalDeviceMemoryProperties(device->physical, &device->memory);
    status = find_import(device);
    if (status == TACHY_OK)
        status = open_device(device);
    if (status)
        return status;
    vkGetDeviceQueue(device->handle, device->family, 0, &device->queue);
    if (device->imports)
        device->host_pointer_properties =
            (PFN_vkGetMemoryHostPointerPropertiesEXT)vkGetDeviceProcAddr(
                device->handle, "vkGetMemoryHostPointerPropertiesEXT");
    const VkCommandPoolCreateInfo pool = {.sType = VK_STRUCTURE_TYPE_COMMAND_POOL_CREATE_INFO,
                                          .flags = VK_COMMAND_POOL_CREATE_TRANSIENT_BIT,
                                          .queueFamilyIndex = device->family};
    return result_check(vkCreateCommandPool(device->handle, &pool, NULL, &device->uploads),
                        "creating a command pool");
}

void device_finish(struct device *device)
{
    if (device->uploads)
        vkDestroyCommandPool(device->handle, device->uploads, NULL);
    if (device->handle)
        vkDestroyDevice(device->handle, NULL);
    *device = (struct device){0};
}
