// The plan of a picture: wanted planes become targets, and kinds of surfaces write to them.
#include <math.h>

#include "producer/pass/plan.h"
#include "tests/lib/main.h"

enum { COLOR = 1 << PLANE_COLOR, DEPTH = 1 << PLANE_DEPTH, ID = 1 << PLANE_ID };

static const double sky[3] = {0.25, 0.5, 0.75};

static void targets_are_the_wanted_planes_in_order(void **state)
{
    (void)state;
    for (uint64_t planes = 1; planes < 1 << PLANE_COUNT; planes++) {
        struct plan plan;
        plan_make(planes, sky, &plan);
        uint64_t seen = 0;
        for (uint32_t i = 0; i < plan.target_count; i++) {
            assert_true(i == 0 || plan.targets[i] > plan.targets[i - 1]);
            assert_int_equal(plan.formats[i], plane_table[plan.targets[i]].drawn_vk_format);
            seen |= UINT64_C(1) << plan.targets[i];
        }
        assert_int_equal(seen, planes);
    }
}

static void targets_are_cleared_to_what_nothing_means(void **state)
{
    (void)state;
    struct plan plan;
    plan_make(COLOR | DEPTH | ID, sky, &plan);
    assert_true(plan.clear[0].float32[2] == 0.75F && plan.clear[0].float32[3] == 0);
    assert_true(isinf(plan.clear[1].float32[0]) && plan.clear[1].float32[0] > 0);
    assert_int_equal(plan.clear[2].uint32[0], 0);
    plan_make(DEPTH, sky, &plan);
    assert_true(isinf(plan.clear[0].float32[0]));
}

static void blend_never_mixes_data(void **state)
{
    (void)state;
    const struct kind_plan color = plan_kind(COLOR | DEPTH | ID, DRAW_BLEND_COLOR);
    const struct kind_plan data = plan_kind(COLOR | DEPTH | ID, DRAW_BLEND_DATA);
    assert_true(color.written == COLOR && color.blend && color.depth_keep);
    assert_true(data.written == (DEPTH | ID) && !data.blend && !data.depth_keep);
    assert_int_equal(plan_kind(COLOR, DRAW_BLEND_DATA).written, 0);
    assert_int_equal(plan_kind(ID, DRAW_OPAQUE).written, ID);
}

static void planes_are_found_by_name(void **state)
{
    (void)state;
    assert_ptr_equal(plane_find("depth"), &plane_table[PLANE_DEPTH]);
    assert_null(plane_find("depths"));
    assert_int_equal(plane_pixel_bytes(PLANE_COLOR), 4);
    assert_int_equal(plane_pixel_bytes(PLANE_ID), 4);
}

TACHY_TEST_MAIN(cmocka_unit_test(targets_are_the_wanted_planes_in_order),
                cmocka_unit_test(targets_are_cleared_to_what_nothing_means),
                cmocka_unit_test(blend_never_mixes_data),
                cmocka_unit_test(planes_are_found_by_name))
