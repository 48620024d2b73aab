// What Vulkan's results mean to us: statuses and error lines.
#ifndef PRODUCER_GPU_RESULT_H
#define PRODUCER_GPU_RESULT_H

#include <tachy/status.h>
#include <vulkan/vulkan.h>

/// TACHY_OK for VK_SUCCESS, else sets the error line: "Vulkan: <what> failed: <result>".
/// TACHY_NO_MEMORY, TACHY_UNSUPPORTED or TACHY_SYSTEM (the device was lost among them).
tachy_status result_check(VkResult result, const char *what);

#endif
