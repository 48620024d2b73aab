// Pictures of small scenes, by a renderer of their own.
#ifndef TESTS_SYSTEM_RENDER_PICTURE_H
#define TESTS_SYSTEM_RENDER_PICTURE_H

#include <stdbool.h>

#include "tests/system/render_scene.h"

enum {
    COLOR = 1 << PLANE_COLOR,
    DEPTH = 1 << PLANE_DEPTH,
    ID = 1 << PLANE_ID,
    ALL = COLOR | DEPTH | ID,
};

/// Only a hang is as long.
#define RENDER_HANG_NS INT64_C(300000000000)

/// Fails the test with the error line, unless all is well.
void expect_ok(tachy_status status);

/// `tier`: 0 = the best.
struct render *make_render(uint32_t tier, uint32_t quality, bool validate);
struct render_target *make_target(struct render *render, const struct slot *slot, uint64_t planes);
struct render_image make_image(struct render_target *target, const struct slot *slot,
                               const struct scene *scene, uint64_t planes);

/// Submits, and waits until all is delivered.
void draw(struct render *render, struct scene *scene, const struct render_image *images,
          size_t count);

/// One picture of the scene, in all planes, by a renderer of its own.
struct slot picture(struct scene *scene, uint32_t tier, uint32_t quality);

/// Two squares at z = 4 and 5 beside each other, one of them shell, and the sky.
struct scene *two_squares(uint32_t width, uint32_t height);

/// Column or row of what lies at `offset` metres sideways and z metres ahead; 90 degrees over `height` pixels.
double project(double offset, double z, uint32_t size, uint32_t height);

/// A texture whose left half is opaque and whose right half has that alpha.
uint32_t add_half_texture(struct scene *scene, uint8_t alpha);

/// Of the planes that both have.
void assert_same_pixels(const struct slot *a, const struct slot *b);

#endif
