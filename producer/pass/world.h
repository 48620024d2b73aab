// The scene's immutable part on the device: meshes, textures, materials. Grows as the scene does.
#ifndef PRODUCER_PASS_WORLD_H
#define PRODUCER_PASS_WORLD_H

#include <stdbool.h>

#include "producer/gpu/buffer.h"
#include "producer/gpu/descriptors.h"
#include "producer/gpu/image.h"
#include "producer/gpu/pipeline.h"
#include "producer/scene/scene.h"

enum { WORLD_SAMPLERS = 3 * 3 * 2 };

/// Vertices, then indices, in one buffer.
struct world_mesh {
    struct buffer buffer;
    VkDeviceSize index_offset;
    uint32_t index_count;
};

struct world_material {
    VkDescriptorSet set;
    bool double_sided, textured;
};

/// Index i of each array is index i of the scene's.
struct world {
    struct arena buffers, images;
    struct world_mesh *meshes;
    struct image *textures;
    struct world_material *materials;
    size_t mesh_count, texture_count, material_count;
    struct buffer *blocks; ///< uniform blocks of materials, many at a time
    size_t block_buffers;
    VkSampler samplers[WORLD_SAMPLERS];
    struct image white; ///< the texture of materials that have none
    VkDescriptorSetLayout material_layout;
    struct descriptor_pool sets;
};

/// `world` must be zeroed; ended by world_finish, whatever this returns.
tachy_status world_init(struct world *world, const struct device *device);
void world_finish(struct world *world, const struct device *device);

/// Uploads what `scene`, always the same one, has gained since the last call.
tachy_status world_update(struct world *world, const struct device *device,
                          const struct scene *scene);

/// How the vertex shaders read struct scene_vertex: all of it, or what a shadow needs.
extern const struct pipeline_vertex world_vertex, world_shadow_vertex;

#endif
