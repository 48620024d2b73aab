// The post pass.
#include "producer/pass/post.h"

#include "producer/gpu/pipeline.h"
#include "producer/gpu/texture.h"
#include "producer/pass/shaders.h"

tachy_status post_init(struct post *post, const struct device *device)
{
    static const VkDescriptorType types[] = {VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER};
    tachy_status status = descriptor_layout_create(device, types, 1, &post->set_layout);
    if (status == TACHY_OK)
        status = texture_sampler(device, VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE,
                                 VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE, true, &post->sampler);
    if (status == TACHY_OK)
        status = pipeline_layout_create(device, &post->set_layout, 1, 0, &post->layout);
    if (status)
        return status;
    const struct pipeline_params params = {
        .layout = post->layout,
        .vertex = shader_post_vert,
        .fragment = shader_post_frag,
        .formats = {(VkFormat)plane_table[PLANE_COLOR].vk_format},
        .target_count = 1,
    };
    return pipeline_create(device, &params, &post->pipeline);
}

void post_record(const struct post *post, const struct picture *picture, VkCommandBuffer commands)
{
    if (!picture->lit)
        return;
    const VkRenderingAttachmentInfo target = {
        .sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO,
        .imageView = picture->planes[PLANE_COLOR].view,
        .imageLayout = VK_IMAGE_LAYOUT_GENERAL,
        .loadOp = VK_ATTACHMENT_LOAD_OP_DONT_CARE,
        .storeOp = VK_ATTACHMENT_STORE_OP_STORE,
    };
    const VkRenderingInfo info = {.sType = VK_STRUCTURE_TYPE_RENDERING_INFO,
                                  .renderArea.extent = {picture->width, picture->height},
                                  .layerCount = 1,
                                  .colorAttachmentCount = 1,
                                  .pColorAttachments = &target};
    const VkViewport viewport = {0, 0, (float)picture->width, (float)picture->height, 0, 1};
    vkCmdBeginRendering(commands, &info);
    vkCmdSetViewport(commands, 0, 1, &viewport);
    vkCmdSetScissor(commands, 0, 1, &info.renderArea);
    vkCmdSetCullMode(commands, VK_CULL_MODE_NONE);
    vkCmdSetFrontFace(commands, VK_FRONT_FACE_CLOCKWISE);
    vkCmdBindPipeline(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, post->pipeline);
    vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, post->layout, 0, 1,
                            &picture->post_set, 0, NULL);
    vkCmdDraw(commands, 3, 1, 0, 0);
    vkCmdEndRendering(commands);
}

void post_finish(struct post *post, const struct device *device)
{
    if (post->pipeline)
        vkDestroyPipeline(device->handle, post->pipeline, NULL);
    if (post->layout)
        vkDestroyPipelineLayout(device->handle, post->layout, NULL);
    if (post->sampler)
        vkDestroySampler(device->handle, post->sampler, NULL);
    if (post->set_layout)
        vkDestroyDescriptorSetLayout(device->handle, post->set_layout, NULL);
    *post = (struct post){0};
}
