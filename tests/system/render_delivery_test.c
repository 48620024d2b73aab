// How the renderer delivers on a real Vulkan driver: by tier, by planes wanted, in flight; that the validation layer has
// nothing to say; and what is refused.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "tests/lib/main.h"
#include "tests/system/render_picture.h"

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
            expect_ok(render_deliver(render, tickets[frame - 1], RENDER_HANG_NS));
        expect_ok(render_submit(render, scene, images, 3, &tickets[frame]));
    }
    expect_ok(render_deliver(render, tickets[7], RENDER_HANG_NS));
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
    expect_ok(render_submit(render, scene, &image, 1, &ticket));
    expect_ok(render_submit(render, scene, &image, 1, &ticket));
    assert_int_equal(ticket, 2);
    assert_int_equal(render_submit(render, scene, &image, 1, &none), TACHY_BUSY);
    assert_int_equal(none, 0);
    expect_ok(render_deliver(render, ticket, RENDER_HANG_NS));
    expect_ok(render_submit(render, scene, &image, 1, &ticket));
    expect_ok(render_deliver(render, ticket, RENDER_HANG_NS));
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

TACHY_TEST_MAIN(cmocka_unit_test(both_tiers_deliver_the_same_bytes),
                cmocka_unit_test(a_cpu_device_renders_into_the_slot),
                cmocka_unit_test(only_wanted_planes_are_written),
                cmocka_unit_test(a_frame_has_the_same_bytes_whatever_was_drawn_before),
                cmocka_unit_test(the_validation_layer_has_nothing_to_say),
                cmocka_unit_test(tickets_beyond_the_frames_in_flight_are_refused),
                cmocka_unit_test(sizes_beyond_the_limit_are_refused_by_name),
                cmocka_unit_test(a_machine_without_a_driver_is_told_what_to_install),
                cmocka_unit_test(an_unknown_device_is_refused_with_a_list))
