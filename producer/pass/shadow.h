// The one shadow map: of the first directional or spot light that has shadows, shared by all pictures of a frame.
#ifndef PRODUCER_PASS_SHADOW_H
#define PRODUCER_PASS_SHADOW_H

#include "producer/gpu/barrier.h"
#include "producer/pass/draw.h"
#include "producer/pass/world.h"

enum { SHADOW_SIDE = 1024 };

/// How the light sees the scene.
struct shadow_view {
    bool exists;
    uint32_t light; ///< index in the scene
    struct mat4 clip_from_world;
    double texel_m; ///< about the size of a texel in the middle of the scene
};

/// A draw as the maps show it. What has moved once is expected to move again.
struct shadow_caster {
    uint32_t mesh, material;
    struct mat4 world_from_part;
    bool moves;
};

/// Most of a scene stands still: that part has a map of its own, which is copied for each frame before the rest is drawn.
struct shadow {
    struct image map;   ///< what pictures look at
    struct image still; ///< what stands still in it
    VkSampler sampler;
    VkPipelineLayout layout;
    VkPipeline solid, masked; ///< without and with a fragment shader
    // What the maps show now.
    struct shadow_view shown;
    struct shadow_caster *casters;
    size_t caster_count;
};

/// `shadow` must be zeroed; ended by shadow_finish, whatever this returns.
tachy_status shadow_init(struct shadow *shadow, const struct device *device,
                         const struct world *world);
void shadow_finish(struct shadow *shadow, const struct device *device);

/// Where the scene's light looks from. `shadow_view->exists` is false when no light casts shadows.
void shadow_aim(const struct scene *scene, struct shadow_view *view);

/// Draws the map if it shows anything else than `view` of `list`.
tachy_status shadow_record(struct shadow *shadow, const struct world *world,
                           const struct draw_list *list, const struct shadow_view *view,
                           VkCommandBuffer commands);

#endif
