// Culling: what is left out cannot be seen.
#include <math.h>
#include <stdlib.h>

#include "producer/pass/cull.h"
#include "tests/lib/main.h"

/// At the origin, x right, y down, z forward; 90 degrees wide, 60 degrees high, near 0.5 m, far 20 m.
static struct picture make_picture(void)
{
    return (struct picture){
        .camera_from_world = {{1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1}},
        .near_m = 0.5,
        .far_m = 20,
        .slope_x = 1,
        .slope_y = 0.57735};
}

static double random_between(double low, double high)
{
    return low + (high - low) * rand() / RAND_MAX;
}

static bool is_inside(const struct picture *picture, struct vec3 p)
{
    return p.z >= picture->near_m && p.z <= picture->far_m && fabs(p.x) <= picture->slope_x * p.z &&
           fabs(p.y) <= picture->slope_y * p.z;
}

static void a_sphere_with_a_visible_point_is_kept(void **state)
{
    (void)state;
    const struct picture picture = make_picture();
    srand(1);
    size_t culled = 0;
    for (size_t i = 0; i < 20000; i++) {
        struct vec3 center = {random_between(-30, 30), random_between(-30, 30),
                              random_between(-30, 30)};
        double radius = random_between(0, 8);
        bool gone = cull_sphere(&picture, center, radius);
        culled += gone;
        for (size_t k = 0; gone && k < 50; k++) {
            struct vec3 way = vec3_normalize(
                (struct vec3){random_between(-1, 1), random_between(-1, 1), random_between(-1, 1)});
            struct vec3 point = vec3_add(center, vec3_scale(way, radius));
            assert_false(is_inside(&picture, point));
        }
    }
    assert_true(culled > 10000); // and most of what is out there is left out
}

static void what_is_behind_beyond_or_beside_is_left_out(void **state)
{
    (void)state;
    const struct picture picture = make_picture();
    assert_true(cull_sphere(&picture, (struct vec3){0, 0, -2}, 1));
    assert_true(cull_sphere(&picture, (struct vec3){0, 0, 22}, 1));
    assert_true(cull_sphere(&picture, (struct vec3){8, 0, 5}, 1));
    assert_true(cull_sphere(&picture, (struct vec3){0, 6, 5}, 1));
    assert_false(cull_sphere(&picture, (struct vec3){0, 0, 0.2}, 0.4));
    assert_false(cull_sphere(&picture, (struct vec3){0, 0, 20.5}, 1));
    assert_false(cull_sphere(&picture, (struct vec3){6, 0, 5}, 1));
}

TACHY_TEST_MAIN(cmocka_unit_test(a_sphere_with_a_visible_point_is_kept),
                cmocka_unit_test(what_is_behind_beyond_or_beside_is_left_out))
