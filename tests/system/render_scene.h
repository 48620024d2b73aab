// Small scenes whose pictures are known without rendering, and shared memory to render them into.
#ifndef TESTS_SYSTEM_RENDER_SCENE_H
#define TESTS_SYSTEM_RENDER_SCENE_H

#include "producer/pass/render.h"

/// An upright square of side 2 about the origin of its object, its front toward -z. Returns its model.
uint32_t add_square(struct scene *scene, const struct scene_material *material);

/// A square placed by its middle, scaled; with `shell` it has no id. Returns its row.
uint32_t place_square(struct scene *scene, int64_t object_id, uint32_t model, struct vec3 middle,
                      double scale, bool shell);

/// White, opaque, rough.
struct scene_material plain_material(void);

/// A light from the front and an avatar at the origin that looks along +z: 90 degrees, near 0.1 m, far 50 m.
struct scene *make_scene(uint32_t width, uint32_t height);

/// Pages of shared memory with one slot: the planes of `planes` for a picture of that size, laid out as in a stream.
struct slot {
    void *base;
    size_t bytes;
    unsigned char *data[PLANE_COUNT];
    size_t row_bytes[PLANE_COUNT];
    uint32_t width, height;
};

struct slot slot_make(uint32_t width, uint32_t height, uint64_t planes);
void slot_free(struct slot *slot);

/// A pixel of a plane.
double slot_depth(const struct slot *slot, uint32_t x, uint32_t y);
uint32_t slot_id(const struct slot *slot, uint32_t x, uint32_t y);
const unsigned char *slot_color(const struct slot *slot, uint32_t x, uint32_t y);

#endif
