// Textures and their mipmaps, made by the device: each level is the one above, blitted to half its size.
#include "producer/gpu/texture.h"

#include <string.h>

#include "producer/gpu/result.h"
#include "producer/gpu/upload.h"

static VkImageMemoryBarrier2 level_barrier(VkImage image, uint32_t level, uint32_t count)
{
    return (VkImageMemoryBarrier2){
        .sType = VK_STRUCTURE_TYPE_IMAGE_MEMORY_BARRIER_2,
        .srcStageMask = VK_PIPELINE_STAGE_2_ALL_TRANSFER_BIT,
        .dstStageMask = VK_PIPELINE_STAGE_2_ALL_TRANSFER_BIT,
        .srcQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        .dstQueueFamilyIndex = VK_QUEUE_FAMILY_IGNORED,
        .image = image,
        .subresourceRange = {VK_IMAGE_ASPECT_COLOR_BIT, level, count, 0, 1},
    };
}

static void record(VkCommandBuffer commands, const VkImageMemoryBarrier2 *barrier)
{
    const VkDependencyInfo info = {.sType = VK_STRUCTURE_TYPE_DEPENDENCY_INFO,
                                   .imageMemoryBarrierCount = 1,
                                   .pImageMemoryBarriers = barrier};
    vkCmdPipelineBarrier2(commands, &info);
}

static void make_writable(VkCommandBuffer commands, VkImage image, uint32_t levels)
{
    VkImageMemoryBarrier2 barrier = level_barrier(image, 0, levels);
    barrier.dstAccessMask = VK_ACCESS_2_TRANSFER_WRITE_BIT;
    barrier.newLayout = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL;
    record(commands, &barrier);
}

static void make_source(VkCommandBuffer commands, VkImage image, uint32_t level)
{
    VkImageMemoryBarrier2 barrier = level_barrier(image, level, 1);
    barrier.srcAccessMask = VK_ACCESS_2_TRANSFER_WRITE_BIT;
    barrier.dstAccessMask = VK_ACCESS_2_TRANSFER_READ_BIT;
    barrier.oldLayout = VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL;
    barrier.newLayout = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL;
    record(commands, &barrier);
}

static void make_readable(VkCommandBuffer commands, VkImage image, uint32_t levels)
{
    VkImageMemoryBarrier2 barrier = level_barrier(image, 0, levels);
    barrier.srcAccessMask = VK_ACCESS_2_TRANSFER_READ_BIT;
    barrier.dstStageMask = VK_PIPELINE_STAGE_2_FRAGMENT_SHADER_BIT;
    barrier.dstAccessMask = VK_ACCESS_2_SHADER_SAMPLED_READ_BIT;
    barrier.oldLayout = VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL;
    barrier.newLayout = VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL;
    record(commands, &barrier);
}

static int32_t half(uint32_t side, uint32_t level)
{
    return side >> level ? (int32_t)(side >> level) : 1;
}

static void make_level(VkCommandBuffer commands, VkImage image, uint32_t width, uint32_t height,
                       uint32_t level)
{
    const VkImageBlit blit = {
        .srcSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, level - 1, 0, 1},
        .srcOffsets = {{0}, {half(width, level - 1), half(height, level - 1), 1}},
        .dstSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, level, 0, 1},
        .dstOffsets = {{0}, {half(width, level), half(height, level), 1}},
    };
    vkCmdBlitImage(commands, image, VK_IMAGE_LAYOUT_TRANSFER_SRC_OPTIMAL, image,
                   VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 1, &blit, VK_FILTER_LINEAR);
    make_source(commands, image, level);
}

static tachy_status fill(VkImage image, const struct device *device, const void *rgba,
                         uint32_t width, uint32_t height, uint32_t levels)
{
    size_t bytes = (size_t)width * height * 4;
    struct upload upload = {0};
    tachy_status status = upload_begin(&upload, device, bytes);
    if (status)
        goto done;
    memcpy(upload.staging.mapped, rgba, bytes);
    make_writable(upload.commands, image, levels);
    const VkBufferImageCopy copy = {.imageSubresource = {VK_IMAGE_ASPECT_COLOR_BIT, 0, 0, 1},
                                    .imageExtent = {width, height, 1}};
    vkCmdCopyBufferToImage(upload.commands, upload.staging.handle, image,
                           VK_IMAGE_LAYOUT_TRANSFER_DST_OPTIMAL, 1, &copy);
    make_source(upload.commands, image, 0);
    for (uint32_t level = 1; level < levels; level++)
        make_level(upload.commands, image, width, height, level);
    make_readable(upload.commands, image, levels);
    status = upload_end(&upload, device);
done:
    upload_finish(&upload, device);
    return status;
}

tachy_status texture_init(struct image *image, const struct device *device, struct arena *arena,
                          const void *rgba, uint32_t width, uint32_t height, bool srgb)
{
    const struct image_params params = {
        .format = srgb ? VK_FORMAT_R8G8B8A8_SRGB : VK_FORMAT_R8G8B8A8_UNORM,
        .width = width,
        .height = height,
        .levels = image_levels(width, height),
        .usage = VK_IMAGE_USAGE_SAMPLED_BIT | VK_IMAGE_USAGE_TRANSFER_DST_BIT |
                 VK_IMAGE_USAGE_TRANSFER_SRC_BIT,
    };
    tachy_status status = image_init(image, device, arena, &params);
    if (status == TACHY_OK)
        status = fill(image->handle, device, rgba, width, height, params.levels);
    if (status)
        image_finish(image, device);
    return status;
}

tachy_status texture_sampler(const struct device *device, VkSamplerAddressMode u,
                             VkSamplerAddressMode v, bool nearest, VkSampler *sampler)
{
    VkFilter filter = nearest ? VK_FILTER_NEAREST : VK_FILTER_LINEAR;
    const VkSamplerCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_SAMPLER_CREATE_INFO,
        .magFilter = filter,
        .minFilter = filter,
        .mipmapMode = nearest ? VK_SAMPLER_MIPMAP_MODE_NEAREST : VK_SAMPLER_MIPMAP_MODE_LINEAR,
        .addressModeU = u,
        .addressModeV = v,
        .addressModeW = VK_SAMPLER_ADDRESS_MODE_REPEAT,
        .maxLod = VK_LOD_CLAMP_NONE,
    };
    return result_check(vkCreateSampler(device->handle, &info, NULL, sampler),
                        "creating a sampler");
}
