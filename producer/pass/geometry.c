// The geometry pass.
#include "producer/pass/geometry.h"

#include <stdlib.h>

#include "common/base/error.h"
#include "producer/gpu/pipeline.h"
#include "producer/pass/cull.h"
#include "producer/pass/shaders.h"

/// Mirrors shaders/lib/draw.glsl.
struct draw_push {
    float view_from_part[12];
    uint32_t row;
};

struct blend_draw {
    double z;
    uint32_t draw;
};

/// What is bound while a picture is recorded, so that nothing is bound twice.
struct recording {
    struct geometry *geometry;
    const struct device *device;
    const struct geometry_input *input;
    const struct picture *picture;
    VkCommandBuffer commands;
    VkPipeline pipeline;
    uint32_t mesh, material;
    VkCullModeFlags cull;
    VkFrontFace front;
};

static const VkShaderStageFlags both_stages =
    VK_SHADER_STAGE_VERTEX_BIT | VK_SHADER_STAGE_FRAGMENT_BIT;

tachy_status geometry_init(struct geometry *geometry, const struct device *device,
                           const struct world *world)
{
    static const VkDescriptorType types[] = {VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER_DYNAMIC,
                                             VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER};
    tachy_status status = descriptor_layout_create(device, types, 2, &geometry->image_layout);
    if (status)
        return status;
    const VkDescriptorSetLayout sets[] = {geometry->image_layout, world->material_layout};
    return pipeline_layout_create(device, sets, 2, sizeof(struct draw_push), &geometry->layout);
}

static tachy_status make_pipeline(const struct geometry *geometry, const struct device *device,
                                  const struct plan *plan, enum draw_kind kind, bool textured,
                                  bool shadowed, VkPipeline *pipeline)
{
    const struct kind_plan what = plan_kind(plan->planes, kind);
    const uint32_t constants[] = {what.written, what.alpha, textured, shadowed};
    struct pipeline_params params = {
        .layout = geometry->layout,
        .vertex = shader_geometry_vert,
        .fragment = *shader_geometry_frag(plan->planes),
        .constants = constants,
        .constant_count = sizeof constants / sizeof constants[0],
        .input = world_vertex,
        .target_count = plan->target_count,
        .blend = what.blend,
        .depth_format = VK_FORMAT_D32_SFLOAT,
        .depth_keep = what.depth_keep,
        .compare = VK_COMPARE_OP_GREATER,
    };
    for (uint32_t i = 0; i < plan->target_count; i++) {
        params.formats[i] = plan->formats[i];
        if ((what.written >> plan->targets[i] & 1) == 0)
            params.masked |= 1U << i;
    }
    return pipeline_create(device, &params, pipeline);
}

static tachy_status find_pipeline(struct geometry *geometry, const struct device *device,
                                  const struct plan *plan, enum draw_kind kind, bool textured,
                                  bool shadowed, VkPipeline *pipeline)
{
    uint64_t key = plan->planes << 4 | (uint64_t)kind << 2 | (uint64_t)textured << 1 | shadowed;
    for (size_t i = 0; i < geometry->pipeline_count; i++)
        if (geometry->pipelines[i].key == key) {
            *pipeline = geometry->pipelines[i].pipeline;
            return TACHY_OK;
        }
    struct geometry_pipeline *pipelines =
        realloc(geometry->pipelines, (geometry->pipeline_count + 1) * sizeof *pipelines);
    if (!pipelines)
        return error_set(TACHY_NO_MEMORY, "no memory for one more pipeline");
    geometry->pipelines = pipelines;
    tachy_status status = make_pipeline(geometry, device, plan, kind, textured, shadowed, pipeline);
    if (status == TACHY_OK)
        pipelines[geometry->pipeline_count++] = (struct geometry_pipeline){key, *pipeline};
    return status;
}

static void begin(const struct picture *picture, VkCommandBuffer commands)
{
    VkRenderingAttachmentInfo targets[PLANE_COUNT];
    for (uint32_t i = 0; i < picture->plan.target_count; i++) {
        enum plane_index plane = picture->plan.targets[i];
        bool lit = plane == PLANE_COLOR;
        targets[i] = (VkRenderingAttachmentInfo){
            .sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO,
            .imageView = lit ? picture->lit->view : picture->planes[plane].view,
            .imageLayout = lit ? VK_IMAGE_LAYOUT_COLOR_ATTACHMENT_OPTIMAL : VK_IMAGE_LAYOUT_GENERAL,
            .loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR,
            .storeOp = VK_ATTACHMENT_STORE_OP_STORE,
            .clearValue.color = picture->plan.clear[i],
        };
    }
    const VkRenderingAttachmentInfo depth = {
        .sType = VK_STRUCTURE_TYPE_RENDERING_ATTACHMENT_INFO,
        .imageView = picture->depth->view,
        .imageLayout = VK_IMAGE_LAYOUT_DEPTH_ATTACHMENT_OPTIMAL,
        .loadOp = VK_ATTACHMENT_LOAD_OP_CLEAR,
        .storeOp = VK_ATTACHMENT_STORE_OP_DONT_CARE,
    };
    const VkRenderingInfo info = {.sType = VK_STRUCTURE_TYPE_RENDERING_INFO,
                                  .renderArea.extent = {picture->width, picture->height},
                                  .layerCount = 1,
                                  .colorAttachmentCount = picture->plan.target_count,
                                  .pColorAttachments = targets,
                                  .pDepthAttachment = &depth};
    const VkViewport viewport = {0, 0, (float)picture->width, (float)picture->height, 0, 1};
    vkCmdBeginRendering(commands, &info);
    vkCmdSetViewport(commands, 0, 1, &viewport);
    vkCmdSetScissor(commands, 0, 1, &info.renderArea);
}

static tachy_status bind_state(struct recording *r, const struct draw *draw, enum draw_kind kind)
{
    const struct world_material *material = &r->input->world->materials[draw->material];
    VkPipeline pipeline = VK_NULL_HANDLE;
    tachy_status status = find_pipeline(r->geometry, r->device, &r->picture->plan, kind,
                                        material->textured, r->input->shadowed, &pipeline);
    if (status)
        return status;
    if (pipeline != r->pipeline)
        vkCmdBindPipeline(r->commands, VK_PIPELINE_BIND_POINT_GRAPHICS, pipeline);
    r->pipeline = pipeline;
    if (draw->material != r->material)
        vkCmdBindDescriptorSets(r->commands, VK_PIPELINE_BIND_POINT_GRAPHICS, r->geometry->layout,
                                1, 1, &material->set, 0, NULL);
    r->material = draw->material;
    VkCullModeFlags cull = material->double_sided ? VK_CULL_MODE_NONE : VK_CULL_MODE_BACK_BIT;
    if (cull != r->cull)
        vkCmdSetCullMode(r->commands, cull);
    r->cull = cull;
    VkFrontFace front = draw->mirrored ? VK_FRONT_FACE_COUNTER_CLOCKWISE : VK_FRONT_FACE_CLOCKWISE;
    if (front != r->front)
        vkCmdSetFrontFace(r->commands, front);
    r->front = front;
    return TACHY_OK;
}

static tachy_status draw_part(struct recording *r, const struct draw *draw, enum draw_kind kind)
{
    const struct world_mesh *mesh = &r->input->world->meshes[draw->mesh];
    if (mesh->index_count == 0 || cull_sphere(r->picture, draw->center, draw->radius))
        return TACHY_OK;
    tachy_status status = bind_state(r, draw, kind);
    if (status)
        return status;
    if (draw->mesh != r->mesh) {
        const VkDeviceSize start = 0;
        vkCmdBindVertexBuffers(r->commands, 0, 1, &mesh->buffer.handle, &start);
        vkCmdBindIndexBuffer(r->commands, mesh->buffer.handle, mesh->index_offset,
                             VK_INDEX_TYPE_UINT32);
    }
    r->mesh = draw->mesh;
    struct mat4 view_from_part =
        mat4_multiply(r->picture->camera_from_world, draw->world_from_part);
    struct draw_push push = {.row = draw->row};
    for (size_t i = 0; i < 12; i++)
        push.view_from_part[i] = (float)view_from_part.m[i];
    vkCmdPushConstants(r->commands, r->geometry->layout, both_stages, 0, sizeof push, &push);
    vkCmdDrawIndexed(r->commands, mesh->index_count, 1, 0, 0, 0);
    return TACHY_OK;
}

static int compare(const void *left, const void *right)
{
    const struct blend_draw *a = left, *b = right;
    if (a->z != b->z)
        return a->z > b->z ? -1 : 1;
    return a->draw < b->draw ? -1 : 1;
}

static tachy_status sort_blends(struct geometry *geometry, const struct draw_list *list,
                                const struct picture *picture)
{
    size_t count = list->count - list->first_blend;
    if (count > geometry->blend_capacity) {
        struct blend_draw *blends = realloc(geometry->blends, count * 2 * sizeof *blends);
        if (!blends)
            return error_set(TACHY_NO_MEMORY, "no memory to sort %zu draws", count);
        geometry->blends = blends;
        geometry->blend_capacity = count * 2;
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t index = (uint32_t)(list->first_blend + i);
        struct vec3 p = mat4_point(picture->camera_from_world, list->draws[index].center);
        geometry->blends[i] = (struct blend_draw){p.z, index};
    }
    if (count > 1)
        qsort(geometry->blends, count, sizeof *geometry->blends, compare);
    return TACHY_OK;
}

/// Farthest first into colour; then the data, which depth puts in order.
static tachy_status draw_blends(struct recording *r)
{
    const struct draw_list *list = r->input->list;
    tachy_status status = sort_blends(r->geometry, list, r->picture);
    for (enum draw_kind kind = DRAW_BLEND_COLOR; kind <= DRAW_BLEND_DATA; kind++) {
        if (plan_kind(r->picture->plan.planes, kind).written == 0)
            continue;
        for (size_t i = 0; status == TACHY_OK && i < list->count - list->first_blend; i++)
            status = draw_part(r, &list->draws[r->geometry->blends[i].draw], kind);
    }
    return status;
}

tachy_status geometry_record(struct geometry *geometry, const struct device *device,
                             const struct geometry_input *input, const struct picture *picture,
                             VkCommandBuffer commands)
{
    if (picture->plan.target_count == 0)
        return TACHY_OK;
    struct recording r = {.geometry = geometry,
                          .device = device,
                          .input = input,
                          .picture = picture,
                          .commands = commands,
                          .mesh = UINT32_MAX,
                          .material = UINT32_MAX,
                          .cull = VK_CULL_MODE_FLAG_BITS_MAX_ENUM,
                          .front = VK_FRONT_FACE_MAX_ENUM};
    const struct draw_list *list = input->list;
    tachy_status status = TACHY_OK;
    begin(picture, commands);
    vkCmdBindDescriptorSets(commands, VK_PIPELINE_BIND_POINT_GRAPHICS, geometry->layout, 0, 1,
                            &input->image_set, 1, &picture->block_offset);
    for (size_t i = 0; status == TACHY_OK && i < list->first_blend; i++)
        status = draw_part(&r, &list->draws[i], i < list->first_mask ? DRAW_OPAQUE : DRAW_MASK);
    if (status == TACHY_OK && list->first_blend < list->count)
        status = draw_blends(&r);
    vkCmdEndRendering(commands);
    return status;
}

void geometry_finish(struct geometry *geometry, const struct device *device)
{
    for (size_t i = 0; i < geometry->pipeline_count; i++)
        vkDestroyPipeline(device->handle, geometry->pipelines[i].pipeline, NULL);
    if (geometry->layout)
        vkDestroyPipelineLayout(device->handle, geometry->layout, NULL);
    if (geometry->image_layout)
        vkDestroyDescriptorSetLayout(device->handle, geometry->image_layout, NULL);
    free(geometry->pipelines);
    free(geometry->blends);
    *geometry = (struct geometry){0};
}
