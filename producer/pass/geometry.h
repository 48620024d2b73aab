// The geometry pass: one draw of the scene writes every wanted plane of a picture.
#ifndef PRODUCER_PASS_GEOMETRY_H
#define PRODUCER_PASS_GEOMETRY_H

#include "producer/pass/draw.h"
#include "producer/pass/picture.h"
#include "producer/pass/world.h"

struct geometry_pipeline {
    uint64_t key;
    VkPipeline pipeline;
};

struct geometry {
    VkDescriptorSetLayout image_layout; ///< set 0: the picture's uniform block, the shadow map
    VkPipelineLayout layout;
    struct geometry_pipeline *pipelines; ///< made when first needed
    size_t pipeline_count;
    struct blend_draw *blends; ///< of the picture at hand, farthest first
    size_t blend_capacity;
};

/// `geometry` must be zeroed; ended by geometry_finish, whatever this returns.
tachy_status geometry_init(struct geometry *geometry, const struct device *device,
                           const struct world *world);
void geometry_finish(struct geometry *geometry, const struct device *device);

/// What geometry_record draws from.
struct geometry_input {
    const struct world *world;
    const struct draw_list *list;
    VkDescriptorSet image_set;
    bool shadowed; ///< the shadow map counts
};

tachy_status geometry_record(struct geometry *geometry, const struct device *device,
                             const struct geometry_input *input, const struct picture *picture,
                             VkCommandBuffer commands);

#endif
