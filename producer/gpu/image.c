// Images of one layer, with one view.
#include "producer/gpu/image.h"

#include "producer/gpu/result.h"

static VkImageAspectFlags aspect(const struct image_params *params)
{
    return params->usage & VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT ? VK_IMAGE_ASPECT_DEPTH_BIT
                                                                       : VK_IMAGE_ASPECT_COLOR_BIT;
}

tachy_status image_create(struct image *image, const struct device *device,
                          const struct image_params *params, const void *next)
{
    const VkImageCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_CREATE_INFO,
        .pNext = next,
        .imageType = VK_IMAGE_TYPE_2D,
        .format = params->format,
        .extent = {params->width, params->height, 1},
        .mipLevels = params->levels ? params->levels : 1,
        .arrayLayers = 1,
        .samples = VK_SAMPLE_COUNT_1_BIT,
        .tiling = params->linear ? VK_IMAGE_TILING_LINEAR : VK_IMAGE_TILING_OPTIMAL,
        .usage = params->usage,
        .initialLayout = VK_IMAGE_LAYOUT_UNDEFINED,
    };
    return result_check(vkCreateImage(device->handle, &info, NULL, &image->handle),
                        "creating an image");
}

tachy_status image_create_view(struct image *image, const struct device *device,
                               const struct image_params *params)
{
    const VkImageViewCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_IMAGE_VIEW_CREATE_INFO,
        .image = image->handle,
        .viewType = VK_IMAGE_VIEW_TYPE_2D,
        .format = params->format,
        .subresourceRange = {aspect(params), 0, VK_REMAINING_MIP_LEVELS, 0, 1},
    };
    return result_check(vkCreateImageView(device->handle, &info, NULL, &image->view),
                        "creating an image view");
}

static tachy_status bind(struct image *image, const struct device *device, struct arena *arena)
{
    VkMemoryRequirements needs;
    vkGetImageMemoryRequirements(device->handle, image->handle, &needs);
    VkDeviceMemory memory = VK_NULL_HANDLE;
    VkDeviceSize offset = 0;
    tachy_status status = arena ? arena_take(arena, device, &needs, &memory, &offset)
                                : memory_allocate(device, &needs, MEMORY_DEVICE, &memory);
    if (status)
        return status;
    if (!arena)
        image->memory = memory;
    return result_check(vkBindImageMemory(device->handle, image->handle, memory, offset),
                        "binding an image");
}

tachy_status image_init(struct image *image, const struct device *device, struct arena *arena,
                        const struct image_params *params)
{
    tachy_status status = image_create(image, device, params, NULL);
    if (status == TACHY_OK)
        status = bind(image, device, arena);
    if (status == TACHY_OK)
        status = image_create_view(image, device, params);
    if (status)
        image_finish(image, device);
    return status;
}

void image_finish(struct image *image, const struct device *device)
{
    if (image->view)
        vkDestroyImageView(device->handle, image->view, NULL);
    if (image->handle)
        vkDestroyImage(device->handle, image->handle, NULL);
    if (image->memory)
        vkFreeMemory(device->handle, image->memory, NULL);
    *image = (struct image){0};
}

uint32_t image_levels(uint32_t width, uint32_t height)
{
    uint32_t side = width > height ? width : height, levels = 1;
    for (; side > 1; side >>= 1)
        levels++;
    return levels;
}
