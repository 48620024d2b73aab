// The scene's immutable part on the device.
#include "producer/pass/world.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "producer/gpu/result.h"
#include "producer/gpu/texture.h"
#include "producer/gpu/upload.h"

enum { BLOCK_STRIDE = 256, BLOCKS_PER_BUFFER = 256 }; ///< no device asks for a larger alignment

/// Mirrors the uniform block of shaders/lib/material.glsl.
struct material_block {
    float base_color[4];
    float emissive[3], alpha_cutoff;
    float metallic, roughness;
};

/// Locations as in the vertex shaders; the normal comes last, for the shadow map needs none.
static const VkVertexInputAttributeDescription attributes[] = {
    {0, 0, VK_FORMAT_R32G32B32_SFLOAT, offsetof(struct scene_vertex, position)},
    {1, 0, VK_FORMAT_R32G32_SFLOAT, offsetof(struct scene_vertex, uv)},
    {2, 0, VK_FORMAT_R16G16B16A16_UNORM, offsetof(struct scene_vertex, color)},
    {3, 0, VK_FORMAT_R32G32B32_SFLOAT, offsetof(struct scene_vertex, normal)},
};

const struct pipeline_vertex world_vertex = {attributes, 4, sizeof(struct scene_vertex)};
const struct pipeline_vertex world_shadow_vertex = {attributes, 3, sizeof(struct scene_vertex)};

static const VkSamplerAddressMode wrap_table[] = {
    [SCENE_REPEAT] = VK_SAMPLER_ADDRESS_MODE_REPEAT,
    [SCENE_MIRROR] = VK_SAMPLER_ADDRESS_MODE_MIRRORED_REPEAT,
    [SCENE_CLAMP] = VK_SAMPLER_ADDRESS_MODE_CLAMP_TO_EDGE,
};

tachy_status world_init(struct world *world, const struct device *device)
{
    static const VkDescriptorType types[] = {VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER,
                                             VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER};
    static const uint8_t white[4] = {255, 255, 255, 255};
    tachy_status status = descriptor_layout_create(device, types, 2, &world->material_layout);
    if (status)
        return status;
    return texture_init(&world->white, device, &world->images, white, 1, 1, true);
}

/// Makes room for `count` elements, zeroing the new ones.
static tachy_status grow(void **array, size_t had, size_t count, size_t bytes)
{
    if (had == count)
        return TACHY_OK;
    void *larger = realloc(*array, count * bytes);
    if (!larger)
        return error_set(TACHY_NO_MEMORY, "no memory for %zu parts of the scene", count);
    memset((char *)larger + had * bytes, 0, (count - had) * bytes);
    *array = larger;
    return TACHY_OK;
}

static tachy_status add_mesh(struct world_mesh *mesh, struct arena *arena,
                             const struct device *device, const struct scene_mesh *source)
{
    if (source->index_count == 0)
        return TACHY_OK;
    size_t vertices = source->vertex_count * sizeof *source->vertices;
    size_t indices = source->index_count * sizeof *source->indices;
    struct upload upload = {0};
    tachy_status status =
        buffer_init(&mesh->buffer, device, arena, vertices + indices,
                    VK_BUFFER_USAGE_VERTEX_BUFFER_BIT | VK_BUFFER_USAGE_INDEX_BUFFER_BIT |
                        VK_BUFFER_USAGE_TRANSFER_DST_BIT,
                    MEMORY_DEVICE);
    if (status == TACHY_OK)
        status = upload_begin(&upload, device, vertices + indices);
    if (status)
        goto done;
    memcpy(upload.staging.mapped, source->vertices, vertices);
    memcpy((char *)upload.staging.mapped + vertices, source->indices, indices);
    const VkBufferCopy copy = {0, 0, vertices + indices};
    vkCmdCopyBuffer(upload.commands, upload.staging.handle, mesh->buffer.handle, 1, &copy);
    mesh->index_offset = vertices;
    mesh->index_count = source->index_count;
    status = upload_end(&upload, device);
done:
    upload_finish(&upload, device);
    return status;
}

static tachy_status find_sampler(struct world *world, const struct device *device,
                                 const struct scene_texture *texture, VkSampler *sampler)
{
    if (!texture)
        return find_sampler(world, device, &(struct scene_texture){0}, sampler);
    VkSampler *known =
        &world->samplers[(texture->wrap_u * 3 + texture->wrap_v) * 2 + texture->nearest];
    tachy_status status =
        *known ? TACHY_OK
               : texture_sampler(device, wrap_table[texture->wrap_u], wrap_table[texture->wrap_v],
                                 texture->nearest, known);
    *sampler = *known;
    return status;
}

/// Where the block of material `index` lies; makes the buffer when it is the first in it.
static tachy_status find_block(struct world *world, const struct device *device, size_t index,
                               struct buffer **buffer)
{
    size_t which = index / BLOCKS_PER_BUFFER;
    tachy_status status = TACHY_OK;
    if (which == world->block_buffers) {
        status = grow((void **)&world->blocks, which, which + 1, sizeof *world->blocks);
        if (status == TACHY_OK)
            status = buffer_init(&world->blocks[which], device, NULL,
                                 (VkDeviceSize)BLOCK_STRIDE * BLOCKS_PER_BUFFER,
                                 VK_BUFFER_USAGE_UNIFORM_BUFFER_BIT, MEMORY_UPLOAD);
        if (status)
            return status;
        world->block_buffers++;
    }
    *buffer = &world->blocks[which];
    return TACHY_OK;
}

static struct material_block make_block(const struct scene_material *source)
{
    struct material_block block = {.alpha_cutoff = (float)source->alpha_cutoff,
                                   .metallic = (float)source->metallic,
                                   .roughness = (float)source->roughness};
    for (size_t i = 0; i < 4; i++)
        block.base_color[i] = (float)source->base_color[i];
    for (size_t i = 0; i < 3; i++)
        block.emissive[i] = (float)source->emissive[i];
    return block;
}

static tachy_status add_material(struct world *world, const struct device *device,
                                 const struct scene *scene, size_t index)
{
    const struct scene_material *source = &scene->materials[index];
    bool textured = source->base_color_texture != SCENE_NONE;
    const struct scene_texture *texture =
        textured ? &scene->textures[source->base_color_texture] : NULL;
    struct buffer *buffer = NULL;
    VkSampler sampler = VK_NULL_HANDLE;
    tachy_status status = find_block(world, device, index, &buffer);
    if (status == TACHY_OK)
        status = find_sampler(world, device, texture, &sampler);
    if (status == TACHY_OK)
        status = descriptor_pool_take(&world->sets, device, world->material_layout,
                                      &world->materials[index].set);
    if (status)
        return status;
    world->materials[index].double_sided = source->double_sided;
    world->materials[index].textured = textured;
    size_t offset = index % BLOCKS_PER_BUFFER * BLOCK_STRIDE;
    const struct material_block block = make_block(source);
    memcpy((char *)buffer->mapped + offset, &block, sizeof block);
    const struct image *image =
        textured ? &world->textures[source->base_color_texture] : &world->white;
    const struct descriptor descriptors[] = {
        {.type = VK_DESCRIPTOR_TYPE_UNIFORM_BUFFER,
         .buffer = {buffer->handle, offset, sizeof block}},
        {.type = VK_DESCRIPTOR_TYPE_COMBINED_IMAGE_SAMPLER,
         .image = {sampler, image->view, VK_IMAGE_LAYOUT_SHADER_READ_ONLY_OPTIMAL}},
    };
    descriptors_write(device, world->materials[index].set, descriptors, 2);
    return TACHY_OK;
}

static tachy_status update_meshes(struct world *world, const struct device *device,
                                  const struct scene *scene)
{
    tachy_status status =
        grow((void **)&world->meshes, world->mesh_count, scene->mesh_count, sizeof *world->meshes);
    while (status == TACHY_OK && world->mesh_count < scene->mesh_count) {
        size_t i = world->mesh_count;
        status = add_mesh(&world->meshes[i], &world->buffers, device, &scene->meshes[i]);
        world->mesh_count += status == TACHY_OK;
    }
    return status;
}

static tachy_status update_textures(struct world *world, const struct device *device,
                                    const struct scene *scene)
{
    tachy_status status = grow((void **)&world->textures, world->texture_count,
                               scene->texture_count, sizeof *world->textures);
    while (status == TACHY_OK && world->texture_count < scene->texture_count) {
        const struct scene_texture *source = &scene->textures[world->texture_count];
        status = texture_init(&world->textures[world->texture_count], device, &world->images,
                              source->rgba, source->width, source->height, source->srgb);
        world->texture_count += status == TACHY_OK;
    }
    return status;
}

static tachy_status update_materials(struct world *world, const struct device *device,
                                     const struct scene *scene)
{
    tachy_status status = grow((void **)&world->materials, world->material_count,
                               scene->material_count, sizeof *world->materials);
    while (status == TACHY_OK && world->material_count < scene->material_count) {
        status = add_material(world, device, scene, world->material_count);
        world->material_count += status == TACHY_OK;
    }
    return status;
}

tachy_status world_update(struct world *world, const struct device *device,
                          const struct scene *scene)
{
    tachy_status status = update_meshes(world, device, scene);
    if (status == TACHY_OK)
        status = update_textures(world, device, scene);
    return status ? status : update_materials(world, device, scene);
}

void world_finish(struct world *world, const struct device *device)
{
    for (size_t i = 0; i < world->mesh_count; i++)
        buffer_finish(&world->meshes[i].buffer, device);
    for (size_t i = 0; i < world->texture_count; i++)
        image_finish(&world->textures[i], device);
    for (size_t i = 0; i < world->block_buffers; i++)
        buffer_finish(&world->blocks[i], device);
    for (size_t i = 0; i < WORLD_SAMPLERS; i++)
        if (world->samplers[i])
            vkDestroySampler(device->handle, world->samplers[i], NULL);
    image_finish(&world->white, device);
    descriptor_pool_finish(&world->sets, device);
    if (world->material_layout)
        vkDestroyDescriptorSetLayout(device->handle, world->material_layout, NULL);
    arena_finish(&world->buffers, device);
    arena_finish(&world->images, device);
    free(world->meshes);
    free(world->textures);
    free(world->materials);
    free(world->blocks);
    *world = (struct world){0};
}
