// What the renderer draws where, on a real Vulkan driver: places, depths and colours that are known on paper.
#include <math.h>
#include <stdlib.h>

#include "tests/lib/main.h"
#include "tests/system/render_picture.h"

static void a_square_is_where_projection_says(void **state)
{
    (void)state;
    struct scene *scene = two_squares(203, 101);
    struct slot slot = picture(scene, 0, 1);
    uint32_t row = scene->objects[0].row;
    assert_true(row > 0);
    double left = project(-2.5, 4, 203, 101), right = project(-0.5, 4, 203, 101);
    double top = project(-1, 4, 101, 101), bottom = project(1, 4, 101, 101);
    for (uint32_t y = 0; y < 101; y++)
        for (uint32_t x = 0; x < 203; x++) {
            bool inside = x + 0.5 > left && x + 0.5 < right && y + 0.5 > top && y + 0.5 < bottom;
            assert_int_equal(slot_id(&slot, x, y), inside ? row : 0);
            if (inside)
                assert_true(fabs(slot_depth(&slot, x, y) - 4.0) < 4e-5);
        }
    slot_free(&slot);
    scene_destroy(&scene);
}

static void shell_has_depth_and_no_id(void **state)
{
    (void)state;
    struct scene *scene = two_squares(128, 64);
    struct slot slot = picture(scene, 0, 0);
    uint32_t x = (uint32_t)project(1.5, 5, 128, 64);
    assert_int_equal(slot_id(&slot, x, 32), 0);
    assert_true(fabs(slot_depth(&slot, x, 32) - 5.0) < 5e-5);
    assert_int_equal(slot_color(&slot, x, 32)[3], 255);
    slot_free(&slot);
    scene_destroy(&scene);
}

static double srgb(double linear)
{
    return 255 * (linear <= 0.0031308 ? linear * 12.92 : 1.055 * pow(linear, 1 / 2.4) - 0.055);
}

static void the_background_is_sky_and_infinitely_far(void **state)
{
    (void)state;
    struct scene *scene = two_squares(64, 64);
    struct slot slot = picture(scene, 0, 0);
    assert_true(isinf(slot_depth(&slot, 2, 2)) && slot_depth(&slot, 2, 2) > 0);
    assert_int_equal(slot_id(&slot, 2, 2), 0);
    for (size_t i = 0; i < 3; i++)
        assert_true(fabs(slot_color(&slot, 2, 2)[i] - srgb(scene->sky_color[i])) <= 1.5);
    assert_int_equal(slot_color(&slot, 2, 2)[3], 0);
    slot_free(&slot);
    scene_destroy(&scene);
}

/// Depth of a tilted square against the plane it lies in, far from the origin, where float32 is coarse.
static void depth_of_a_slope_is_exact(void **state)
{
    (void)state;
    struct scene *scene = make_scene(160, 120);
    const struct scene_material material = plain_material();
    uint32_t model = add_square(scene, &material);
    struct vec3 middle = {100.25, 3, 210};
    place_square(scene, 1, model, middle, 30, false);
    struct quat turn = quat_from_euler((struct vec3){20, -50, 0});
    scene->objects[0].rotation = turn;
    scene->avatars[0].position = (struct vec3){100, 3, 200};
    struct slot slot = picture(scene, 0, 0);
    struct vec3 normal = quat_rotate(turn, (struct vec3){0, 0, -1});
    double distance = vec3_dot(normal, vec3_subtract(middle, scene->avatars[0].position));
    double bias = 3e-7 * vec3_length(scene->avatars[0].position);
    size_t hit = 0;
    for (uint32_t y = 0; y < 120; y++)
        for (uint32_t x = 0; x < 160; x++) {
            struct vec3 ray = {(x + 0.5 - 80) / 60, -(y + 0.5 - 60) / 60, 1};
            double z = distance / vec3_dot(normal, ray);
            if (slot_id(&slot, x, y) == 0)
                continue;
            double cosine = fabs(vec3_dot(normal, vec3_normalize(ray)));
            double bound = 1e-5 * z + (5e-7 * z + bias) / cosine;
            assert_true(fabs(slot_depth(&slot, x, y) - z) <= bound);
            hit++;
        }
    assert_true(hit > 120 * 160 / 2);
    slot_free(&slot);
    scene_destroy(&scene);
}

static void near_and_far_clip_at_planar_depth(void **state)
{
    (void)state;
    struct scene *scene = make_scene(64, 64);
    const struct scene_material material = plain_material();
    uint32_t model = add_square(scene, &material);
    place_square(scene, 1, model, (struct vec3){0, 0, 0.0999}, 1, false);
    place_square(scene, 2, model, (struct vec3){0, 0, 50.01}, 100, false);
    uint32_t seen = place_square(scene, 3, model, (struct vec3){-100, 0, 49.99}, 100, false);
    struct slot slot = picture(scene, 0, 0);
    assert_int_equal(slot_id(&slot, 8, 32), seen);
    assert_int_equal(slot_id(&slot, 56, 32), 0);
    assert_true(isinf(slot_depth(&slot, 56, 32)));
    slot_free(&slot);
    scene_destroy(&scene);
}

static void backs_are_seen_only_of_double_sided_materials(void **state)
{
    (void)state;
    struct scene *scene = make_scene(128, 64);
    struct scene_material material = plain_material();
    uint32_t single = add_square(scene, &material);
    material.double_sided = true;
    uint32_t twice = add_square(scene, &material);
    place_square(scene, 1, single, (struct vec3){-2, 0, 3}, 1, false);
    uint32_t seen = place_square(scene, 2, twice, (struct vec3){2, 0, 3}, 1, false);
    uint32_t mirrored = place_square(scene, 3, single, (struct vec3){0, 0, 3}, 0.9, false);
    scene->objects[0].rotation = scene->objects[1].rotation =
        quat_from_euler((struct vec3){0, 180, 0});
    scene->objects[2].scale.x = -0.9; // its winding turns with it: still a front
    struct slot slot = picture(scene, 0, 0);
    assert_int_equal(slot_id(&slot, (uint32_t)project(-2, 3, 128, 64), 32), 0);
    assert_int_equal(slot_id(&slot, (uint32_t)project(2, 3, 128, 64), 32), seen);
    assert_int_equal(slot_id(&slot, 64, 32), mirrored);
    slot_free(&slot);
    scene_destroy(&scene);
}

static struct slot through_halves(enum scene_alpha alpha_mode, uint8_t alpha)
{
    struct scene *scene = make_scene(64, 64);
    struct scene_material material = plain_material();
    uint32_t behind = add_square(scene, &material);
    material.alpha = alpha_mode;
    material.base_color_texture = add_half_texture(scene, alpha);
    material.base_color[1] = material.base_color[2] = 0; // red
    uint32_t before = add_square(scene, &material);
    place_square(scene, 1, behind, (struct vec3){0, 0, 6}, 3, false);
    place_square(scene, 2, before, (struct vec3){0, 0, 3}, 1, false);
    struct slot slot = picture(scene, 0, 0);
    scene_destroy(&scene);
    return slot;
}

static void mask_is_cut_out_of_every_plane(void **state)
{
    (void)state;
    struct slot slot = through_halves(SCENE_MASK, 100);
    assert_int_equal(slot_id(&slot, 28, 32), 2);
    assert_int_equal(slot_id(&slot, 36, 32), 1);
    assert_true(fabs(slot_depth(&slot, 28, 32) - 3) < 1e-4);
    assert_true(fabs(slot_depth(&slot, 36, 32) - 6) < 1e-4);
    assert_true(slot_color(&slot, 28, 32)[0] > slot_color(&slot, 28, 32)[1] + 50);
    assert_true(abs(slot_color(&slot, 36, 32)[0] - slot_color(&slot, 36, 32)[1]) <= 1);
    slot_free(&slot);
}

static void blend_writes_data_from_half_alpha_on(void **state)
{
    (void)state;
    struct slot thin = through_halves(SCENE_BLEND, 100), thick = through_halves(SCENE_BLEND, 160);
    assert_int_equal(slot_id(&thin, 28, 32), 2);
    assert_int_equal(slot_id(&thin, 36, 32), 1);
    assert_true(fabs(slot_depth(&thin, 36, 32) - 6) < 1e-4);
    assert_int_equal(slot_id(&thick, 36, 32), 2);
    assert_true(fabs(slot_depth(&thick, 36, 32) - 3) < 1e-4);
    // Colour is mixed in both, more so in the thicker one.
    int thin_green = slot_color(&thin, 36, 32)[1], thick_green = slot_color(&thick, 36, 32)[1];
    assert_true(slot_color(&thin, 36, 32)[0] > thin_green);
    assert_true(thick_green < thin_green);
    assert_int_equal(slot_color(&thin, 36, 32)[3], 255);
    slot_free(&thin);
    slot_free(&thick);
}

TACHY_TEST_MAIN(cmocka_unit_test(a_square_is_where_projection_says),
                cmocka_unit_test(shell_has_depth_and_no_id),
                cmocka_unit_test(the_background_is_sky_and_infinitely_far),
                cmocka_unit_test(depth_of_a_slope_is_exact),
                cmocka_unit_test(near_and_far_clip_at_planar_depth),
                cmocka_unit_test(backs_are_seen_only_of_double_sided_materials),
                cmocka_unit_test(mask_is_cut_out_of_every_plane),
                cmocka_unit_test(blend_writes_data_from_half_alpha_on))
