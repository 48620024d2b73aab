// The renderer on a real Vulkan driver: what it writes where, by delivery tier, and that the validation layer has nothing to say.
#include <dlfcn.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "tests/lib/main.h"
#include "tests/system/render_scene.h"

enum {
    COLOR = 1 << PLANE_COLOR,
    DEPTH = 1 << PLANE_DEPTH,
    ID = 1 << PLANE_ID,
    ALL = COLOR | DEPTH | ID,
    TIMEOUT_S = 300,
};

static void check(tachy_status status)
{
    if (status)
        print_message("# %s: %s\n", tachy_status_name(status), error_line());
    assert_int_equal(status, TACHY_OK);
}

/// So that the leak checker can tell whose leaks it sees: a driver that was unloaded has no name to suppress.
static void keep_driver_loaded(void)
{
    dlopen("libvulkan_lvp.so", RTLD_LAZY | RTLD_NODELETE);
    dlopen("libVkLayer_khronos_validation.so", RTLD_LAZY | RTLD_NODELETE);
}

static struct render *make_render(uint32_t tier, uint32_t quality, bool validate)
{
    keep_driver_loaded();
    struct render *render = NULL;
    const struct render_params params = {.tier = tier, .quality = quality, .validate = validate};
    check(render_create(&params, &render));
    return render;
}

static struct render_target *make_target(struct render *render, const struct slot *slot,
                                         uint64_t planes)
{
    struct render_target *target = NULL;
    const struct render_target_params params = {.name = "test",
                                                .width = slot->width,
                                                .height = slot->height,
                                                .planes = planes,
                                                .memory = slot->base,
                                                .memory_bytes = slot->bytes};
    check(render_target_create(render, &params, &target));
    return target;
}

static struct render_image make_image(struct render_target *target, const struct slot *slot,
                                      const struct scene *scene, uint64_t planes)
{
    struct render_image image = {
        .target = target, .camera = &scene->avatars[0].camera, .planes = planes};
    for (size_t i = 0; i < PLANE_COUNT; i++) {
        image.data[i] = slot->data[i];
        image.row_bytes[i] = slot->row_bytes[i];
    }
    return image;
}

static void draw(struct render *render, struct scene *scene, const struct render_image *images,
                 size_t count)
{
    uint64_t ticket = 0;
    check(render_submit(render, scene, images, count, &ticket));
    check(render_deliver(render, ticket, TIMEOUT_S * INT64_C(1000000000)));
}

/// One picture of the scene, in all planes, by a renderer of its own.
static struct slot picture(struct scene *scene, uint32_t tier, uint32_t quality)
{
    const struct scene_avatar *avatar = &scene->avatars[0];
    struct slot slot = slot_make(avatar->width, avatar->height, ALL);
    struct render *render = make_render(tier, quality, false);
    struct render_target *target = make_target(render, &slot, ALL);
    scene_step(scene);
    const struct render_image image = make_image(target, &slot, scene, ALL);
    draw(render, scene, &image, 1);
    render_target_destroy(&target);
    render_destroy(&render);
    return slot;
}

/// Two squares at z = 4 and 5 beside each other, one of them shell, and the sky.
static struct scene *two_squares(uint32_t width, uint32_t height)
{
    struct scene *scene = make_scene(width, height);
    const struct scene_material material = plain_material();
    uint32_t model = add_square(scene, &material);
    place_square(scene, 7, model, (struct vec3){-1.5, 0, 4}, 1, false);
    place_square(scene, 8, model, (struct vec3){1.5, 0, 5}, 1, true);
    return scene;
}

/// Column or row of what lies at `offset` metres sideways and z metres ahead; 90 degrees over `height` pixels.
static double project(double offset, double z, uint32_t size, uint32_t height)
{
    return size / 2.0 + offset / z * height / 2.0;
}

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

/// A texture whose left half is opaque and whose right half has that alpha.
static uint32_t add_half_texture(struct scene *scene, uint8_t alpha)
{
    struct scene_texture texture = {.rgba = malloc(8 * 8 * 4),
                                    .width = 8,
                                    .height = 8,
                                    .srgb = true,
                                    .wrap_u = SCENE_CLAMP,
                                    .wrap_v = SCENE_CLAMP,
                                    .nearest = true};
    assert_non_null(texture.rgba);
    memset(texture.rgba, 255, 8 * 8 * 4);
    for (size_t i = 0; i < 64; i++)
        if (i % 8 >= 4)
            texture.rgba[i * 4 + 3] = alpha;
    uint32_t index = 0;
    check(scene_add_texture(scene, texture, &index));
    return index;
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

static void assert_same_pixels(const struct slot *a, const struct slot *b)
{
    for (size_t i = 0; i < PLANE_COUNT; i++) {
        if (!a->data[i] || !b->data[i])
            continue;
        for (uint32_t y = 0; y < a->height; y++)
            assert_memory_equal(a->data[i] + y * a->row_bytes[i], b->data[i] + y * b->row_bytes[i],
                                a->width * plane_pixel_bytes(i));
    }
}

static void both_tiers_deliver_the_same_bytes(void **state)
{
    (void)state;
    struct scene *scene = two_squares(77, 53), *again = two_squares(77, 53);
    struct slot copied = picture(scene, 3, 1), best = picture(again, 0, 1);
    assert_same_pixels(&copied, &best);
    slot_free(&copied);
    slot_free(&best);
    scene_destroy(&scene);
    scene_destroy(&again);
}

static void a_cpu_device_renders_into_the_slot(void **state)
{
    (void)state;
    struct render *render = make_render(0, 0, false);
    if (!strstr(render_device_name(render), "llvmpipe")) {
        render_destroy(&render);
        test_skip("the device is a GPU");
    }
    assert_int_equal(render_tier(render), 1);
    render_destroy(&render);
}

/// Data planes are the same bytes whatever else is drawn, and what is not wanted is not written.
static void only_wanted_planes_are_written(void **state)
{
    (void)state;
    struct scene *scene = two_squares(96, 64);
    struct slot all = slot_make(96, 64, ALL), some = slot_make(96, 64, ALL);
    struct render *render = make_render(0, 1, false);
    struct render_target *first = make_target(render, &all, ALL);
    struct render_target *second = make_target(render, &some, ALL);
    scene_step(scene);
    const struct render_image images[] = {make_image(first, &all, scene, ALL),
                                          make_image(second, &some, scene, ID)};
    memset(some.base, 0x33, some.bytes);
    draw(render, scene, images, 2);
    for (size_t i = 0; i < some.row_bytes[PLANE_COLOR] * 64; i++)
        assert_int_equal(some.data[PLANE_COLOR][i], 0x33);
    for (size_t i = 0; i < some.row_bytes[PLANE_DEPTH] * 64; i++)
        assert_int_equal(some.data[PLANE_DEPTH][i], 0x33);
    some.data[PLANE_COLOR] = some.data[PLANE_DEPTH] = NULL;
    assert_same_pixels(&all, &some);
    render_target_destroy(&first);
    render_target_destroy(&second);
    render_destroy(&render);
    slot_free(&all);
    slot_free(&some);
    scene_destroy(&scene);
}

/// A square that swings before a wall and throws its shadow on it; the last of `frames` frames.
static struct slot last_of(int frames)
{
    struct scene *scene = two_squares(96, 64);
    const struct scene_material material = plain_material();
    place_square(scene, 9, add_square(scene, &material), (struct vec3){0, 0, 9}, 9, true);
    scene->objects[0].motion = (struct scene_motion){.swing = {0.7, 0.2, 0}, .swing_period_s = 3};
    struct slot slot = slot_make(96, 64, ALL);
    struct render *render = make_render(0, 1, false);
    struct render_target *target = make_target(render, &slot, ALL);
    const int all = 12;
    for (int i = 1; i <= all; i++) {
        scene_step(scene);
        const struct render_image image = make_image(target, &slot, scene, ALL);
        if (i > all - frames)
            draw(render, scene, &image, 1);
    }
    render_target_destroy(&target);
    render_destroy(&render);
    scene_destroy(&scene);
    return slot;
}

static void a_frame_has_the_same_bytes_whatever_was_drawn_before(void **state)
{
    (void)state;
    struct slot alone = last_of(1), after = last_of(12);
    assert_same_pixels(&alone, &after);
    slot_free(&alone);
    slot_free(&after);
}

static void render_everything(struct render *render)
{
    static const uint32_t sizes[][2] = {{64, 64}, {161, 97}, {1, 1}};
    static const uint64_t masks[] = {ALL, COLOR, DEPTH | ID, ID, 0};
    struct scene *scene = two_squares(64, 64);
    struct scene_material glass = plain_material();
    glass.alpha = SCENE_BLEND;
    glass.base_color[3] = 0.6;
    glass.base_color_texture = add_half_texture(scene, 80);
    place_square(scene, 9, add_square(scene, &glass), (struct vec3){0, 0, 2}, 0.5, false);
    glass.alpha = SCENE_MASK;
    place_square(scene, 10, add_square(scene, &glass), (struct vec3){0, 1, 2}, 0.5, false);
    struct slot slots[3];
    struct render_target *targets[3];
    for (size_t i = 0; i < 3; i++) {
        slots[i] = slot_make(sizes[i][0], sizes[i][1], ALL);
        targets[i] = make_target(render, &slots[i], ALL);
    }
    uint64_t tickets[8] = {0};
    for (size_t frame = 0; frame < 8; frame++) {
        scene_step(scene);
        scene->objects[0].position.y += 0.1;
        struct render_image images[3];
        for (size_t i = 0; i < 3; i++)
            images[i] = make_image(targets[i], &slots[i], scene, masks[(frame + i) % 5]);
        if (frame >= 1) // always two in flight
            check(render_deliver(render, tickets[frame - 1], TIMEOUT_S * INT64_C(1000000000)));
        check(render_submit(render, scene, images, 3, &tickets[frame]));
    }
    check(render_deliver(render, tickets[7], TIMEOUT_S * INT64_C(1000000000)));
    for (size_t i = 0; i < 3; i++) {
        render_target_destroy(&targets[i]);
        slot_free(&slots[i]);
    }
    scene_destroy(&scene);
}

static void the_validation_layer_has_nothing_to_say(void **state)
{
    (void)state;
    static const uint32_t tiers[] = {0, 3};
    for (size_t i = 0; i < 2; i++)
        for (uint32_t quality = 0; quality < 2; quality++) {
            struct render *render = make_render(tiers[i], quality, true);
            render_everything(render);
            assert_int_equal(render_complaints(render), 0);
            render_destroy(&render);
        }
}

static void tickets_beyond_the_frames_in_flight_are_refused(void **state)
{
    (void)state;
    struct scene *scene = two_squares(64, 64);
    struct slot slot = slot_make(64, 64, ALL);
    struct render *render = make_render(0, 0, false);
    struct render_target *target = make_target(render, &slot, ALL);
    scene_step(scene);
    const struct render_image image = make_image(target, &slot, scene, ALL);
    uint64_t ticket = 0, none = 0;
    check(render_submit(render, scene, &image, 1, &ticket));
    check(render_submit(render, scene, &image, 1, &ticket));
    assert_int_equal(ticket, 2);
    assert_int_equal(render_submit(render, scene, &image, 1, &none), TACHY_BUSY);
    assert_int_equal(none, 0);
    check(render_deliver(render, ticket, TIMEOUT_S * INT64_C(1000000000)));
    check(render_submit(render, scene, &image, 1, &ticket));
    check(render_deliver(render, ticket, TIMEOUT_S * INT64_C(1000000000)));
    render_target_destroy(&target);
    render_destroy(&render);
    slot_free(&slot);
    scene_destroy(&scene);
}

static void sizes_beyond_the_limit_are_refused_by_name(void **state)
{
    (void)state;
    struct render *render = make_render(0, 0, false);
    struct render_target *target = NULL;
    struct render_target_params params = {.name = "sim/a", .width = 0, .height = 8, .planes = ALL};
    assert_int_equal(render_target_create(render, &params, &target), TACHY_INVALID);
    assert_non_null(strstr(error_line(), "sim/a"));
    params.width = render_size_max(render) + 1;
    assert_int_equal(render_target_create(render, &params, &target), TACHY_INVALID);
    char limit[16];
    snprintf(limit, sizeof limit, "%u", render_size_max(render));
    assert_non_null(strstr(error_line(), limit));
    render_destroy(&render);
}

static void an_unknown_device_is_refused_with_a_list(void **state)
{
    (void)state;
    struct render *render = NULL;
    const struct render_params params = {.device = "no such device"};
    assert_int_equal(render_create(&params, &render), TACHY_UNSUPPORTED);
    assert_non_null(strstr(error_line(), "no such device"));
    assert_non_null(strstr(error_line(), "there are: 0 "));
}

static void a_machine_without_a_driver_is_told_what_to_install(void **state)
{
    (void)state;
    struct render *render = NULL;
    const struct render_params params = {0};
    setenv("VK_DRIVER_FILES", "/nonexistent", 1);
    setenv("VK_ICD_FILENAMES", "/nonexistent", 1);
    tachy_status status = render_create(&params, &render);
    unsetenv("VK_DRIVER_FILES");
    unsetenv("VK_ICD_FILENAMES");
    assert_int_equal(status, TACHY_UNSUPPORTED);
    assert_non_null(strstr(error_line(), "apt install mesa-vulkan-drivers"));
}

TACHY_TEST_MAIN(cmocka_unit_test(a_square_is_where_projection_says),
                cmocka_unit_test(shell_has_depth_and_no_id),
                cmocka_unit_test(the_background_is_sky_and_infinitely_far),
                cmocka_unit_test(depth_of_a_slope_is_exact),
                cmocka_unit_test(near_and_far_clip_at_planar_depth),
                cmocka_unit_test(backs_are_seen_only_of_double_sided_materials),
                cmocka_unit_test(mask_is_cut_out_of_every_plane),
                cmocka_unit_test(blend_writes_data_from_half_alpha_on),
                cmocka_unit_test(both_tiers_deliver_the_same_bytes),
                cmocka_unit_test(a_cpu_device_renders_into_the_slot),
                cmocka_unit_test(only_wanted_planes_are_written),
                cmocka_unit_test(a_frame_has_the_same_bytes_whatever_was_drawn_before),
                cmocka_unit_test(the_validation_layer_has_nothing_to_say),
                cmocka_unit_test(tickets_beyond_the_frames_in_flight_are_refused),
                cmocka_unit_test(sizes_beyond_the_limit_are_refused_by_name),
                cmocka_unit_test(a_machine_without_a_driver_is_told_what_to_install),
                cmocka_unit_test(an_unknown_device_is_refused_with_a_list))
