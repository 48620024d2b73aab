// What Vulkan's results mean to us.
#include "producer/gpu/result.h"

#include <stddef.h>

#include "common/base/error.h"

static const struct meaning {
    VkResult result;
    tachy_status status;
    const char *text;
} meanings[] = {
    {VK_ERROR_OUT_OF_HOST_MEMORY, TACHY_NO_MEMORY, "out of memory"},
    {VK_ERROR_OUT_OF_DEVICE_MEMORY, TACHY_NO_MEMORY,
     "out of device memory: ask for smaller or fewer images"},
    {VK_ERROR_TOO_MANY_OBJECTS, TACHY_NO_MEMORY, "too many device objects"},
    {VK_ERROR_DEVICE_LOST, TACHY_SYSTEM, "the device was lost: start the producer again"},
    {VK_ERROR_INITIALIZATION_FAILED, TACHY_SYSTEM, "the driver could not start"},
    {VK_ERROR_MEMORY_MAP_FAILED, TACHY_SYSTEM, "memory could not be mapped"},
    {VK_ERROR_LAYER_NOT_PRESENT, TACHY_UNSUPPORTED, "a layer is not installed"},
    {VK_ERROR_EXTENSION_NOT_PRESENT, TACHY_UNSUPPORTED, "an extension is missing"},
    {VK_ERROR_FEATURE_NOT_PRESENT, TACHY_UNSUPPORTED, "a feature is missing"},
    {VK_ERROR_FORMAT_NOT_SUPPORTED, TACHY_UNSUPPORTED, "the driver cannot do this format"},
    {VK_ERROR_INVALID_EXTERNAL_HANDLE, TACHY_UNSUPPORTED, "the memory cannot be imported"},
};

tachy_status result_check(VkResult result, const char *what)
{
    if (result == VK_SUCCESS)
        return TACHY_OK;
    for (size_t i = 0; i < sizeof meanings / sizeof meanings[0]; i++)
        if (meanings[i].result == result)
            return error_set(meanings[i].status, "Vulkan: %s failed: %s", what, meanings[i].text);
    return error_set(TACHY_SYSTEM, "Vulkan: %s failed: VkResult %d", what, (int)result);
}
