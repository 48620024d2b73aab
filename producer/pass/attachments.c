// What one picture needs beside the slot.
#include "producer/pass/attachments.h"

#include <stdlib.h>

#include "common/base/error.h"

static tachy_status create_lit(struct attachments *attachments, const struct render_target *target)
{
    const struct image_params params = {
        .format = (VkFormat)plane_table[PLANE_COLOR].drawn_vk_format,
        .width = target->width,
        .height = target->height,
        .usage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT | VK_IMAGE_USAGE_SAMPLED_BIT,
    };
    tachy_status status = image_init(&attachments->lit, target->device, NULL, &params);
    if (status == TACHY_OK)
        status = descriptor_pool_take(&attachments->sets, target->device, target->post->set_layout,
                                      &attachments->post_set);
    if (status)
        return status;
    const struct descriptor lit = {.type = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER,
                                   .image = {target->post->sampler, attachments->lit.view,
                                             VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL}};
    descriptors_write(target->device, attachments->post_set, &lit, 1);
    return TACHY_OK;
}

static tachy_status create_depth(struct attachments *attachments,
                                 const struct render_target *target)
{
    const struct image_params params = {.format = VK_FORMAT_D32_SFLOAT,
                                        .width = target->width,
                                        .height = target->height,
                                        .usage = VK_IMAGE_USAGE_DEPTH_STENCIL_ATTACHMENT_BIT};
    return image_init(&attachments->depth, target->device, NULL, &params);
}

static tachy_status create_plane(struct attachments *attachments,
                                 const struct render_target *target, size_t plane)
{
    // Without delivery tier 1 draws into the same kind of image as with it, so that the two can be compared.
    const struct image_params params = {
        .format = (VkFormat)plane_table[plane].vk_format,
        .width = target->width,
        .height = target->height,
        .linear = target->tier == 1,
        .usage = VK_IMAGE_USAGE_COLOR_ATTACHMENT_BIT |
                 (target->tier == 3 ? VK_IMAGE_USAGE_TRANSFER_SRC_BIT : 0),
    };
    return image_init(&attachments->planes[plane], target->device, NULL, &params);
}

tachy_status attachments_create(const struct render_target *target,
                                struct attachments **attachments)
{
    struct attachments *made = calloc(1, sizeof *made);
    if (!made)
        return error_set(TACHY_NO_MEMORY, "%s: no memory for its attachments", target->name);
    tachy_status status = create_depth(made, target);
    if (status == TACHY_OK && (target->planes >> PLANE_COLOR & 1))
        status = create_lit(made, target);
    bool own_planes = !target->delivers || target->tier != 1;
    for (size_t i = 0; status == TACHY_OK && own_planes && i < PLANE_COUNT; i++)
        if (target->planes >> i & 1)
            status = create_plane(made, target, i);
    if (status)
        goto fail;
    *attachments = made;
    return TACHY_OK;
fail:
    attachments_destroy(target->device, &made);
    return status;
}

void attachments_destroy(const struct device *device, struct attachments **attachments)
{
    struct attachments *gone = *attachments;
    if (!gone)
        return;
    image_finish(&gone->lit, device);
    image_finish(&gone->depth, device);
    descriptor_pool_finish(&gone->sets, device);
    for (size_t i = 0; i < PLANE_COUNT; i++) {
        image_finish(&gone->planes[i], device);
        buffer_finish(&gone->staging[i], device);
    }
    free(gone);
    *attachments = NULL;
}
