// The world's records, motion and cameras.
#include "producer/scene/scene.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "tests/lib/main.h"

static void near(double value, double expected)
{
    if (!(fabs(value - expected) < 1e-9))
        fail_msg("%.17g is not %.17g", value, expected);
}

static void near_vector(struct vec3 v, double x, double y, double z)
{
    near(v.x, x);
    near(v.y, y);
    near(v.z, z);
}

static int setup(void **state)
{
    *state = scene_create();
    return *state ? 0 : -1;
}

static int teardown(void **state)
{
    struct scene *scene = *state;
    scene_destroy(&scene);
    return scene ? -1 : 0;
}

/// A model of one triangle: (0, 0, 0), (1, 2, 0), (0, 0, 3).
static uint32_t add_triangle(struct scene *scene)
{
    static const float corners[3][3] = {{0, 0, 0}, {1, 2, 0}, {0, 0, 3}};
    struct scene_mesh mesh = {calloc(3, sizeof *mesh.vertices), calloc(3, sizeof *mesh.indices), 3,
                              3};
    for (uint32_t i = 0; i < 3; i++) {
        memcpy(mesh.vertices[i].position, corners[i], sizeof corners[i]);
        mesh.indices[i] = i;
    }
    struct scene_part *part = calloc(1, sizeof *part);
    struct scene_material material = {.base_color_texture = SCENE_NONE};
    uint32_t model;
    part->model_from_part = mat4_identity();
    assert_int_equal(scene_add_mesh(scene, mesh, &part->mesh), TACHY_OK);
    assert_int_equal(scene_add_material(scene, &material, &part->material), TACHY_OK);
    assert_int_equal(scene_add_model(scene, part, 1, &model), TACHY_OK);
    return model;
}

static struct scene_object *add_object(struct scene *scene, int64_t id)
{
    struct scene_object *object;
    uint32_t model = scene->model_count ? 0 : add_triangle(scene);
    assert_int_equal(scene_add_object(scene, id, "thing", "kind", model, false, &object), TACHY_OK);
    return object;
}

static struct scene_avatar *add_avatar(struct scene *scene, const char *name)
{
    struct scene_avatar *avatar;
    assert_int_equal(scene_add_avatar(scene, name, &avatar), TACHY_OK);
    return avatar;
}

static void the_identity_camera_turns_y_down_and_nothing_else(void **state)
{
    static const double expected[16] = {1, 0, 0, 0, 0, -1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1};
    struct scene *scene = *state;
    struct scene_avatar *avatar = add_avatar(scene, "a");
    scene_step(scene);
    for (int i = 0; i < 16; i++)
        near(avatar->camera.camera_from_world[i], expected[i]);
}

static void a_camera_has_threedworld_s_lens_unless_told(void **state)
{
    struct scene *scene = *state;
    struct scene_avatar *avatar = add_avatar(scene, "a");
    scene_step(scene);
    const tachy_camera *camera = &avatar->camera;
    assert_true(avatar->width == 256 && avatar->height == 256);
    near(camera->fov_y_deg, 54.43222);
    assert_true(fabs(camera->focal_mm - 35) < 1e-5);
    near(camera->fy, 128 / tan(54.43222 / 2 * M_PI / 180));
    near(camera->fx, camera->fy);
    near(camera->cx, 128);
    near(camera->cy, 128);
    near(camera->near_m, 0.1);
    near(camera->far_m, 100);
    assert_string_equal(camera->name, "a");
}

static void a_wide_image_has_square_pixels(void **state)
{
    struct scene *scene = *state;
    struct scene_avatar *avatar = add_avatar(scene, "a");
    avatar->width = 640;
    avatar->height = 480;
    avatar->fov_y_deg = 90;
    scene_step(scene);
    near(avatar->camera.fy, 240);
    near(avatar->camera.fx, 240);
    near(avatar->camera.cx, 320);
    near(avatar->camera.cy, 240);
}

static void a_camera_sees_a_point_where_its_pose_says(void **state)
{
    struct scene *scene = *state;
    struct scene_avatar *avatar = add_avatar(scene, "a");
    avatar->position = (struct vec3){1, 2, 3};
    avatar->rotation = quat_from_euler((struct vec3){0, 90, 0}); // looks along +x, right is -z
    scene_step(scene);
    struct mat4 matrix;
    memcpy(matrix.m, avatar->camera.camera_from_world, sizeof matrix.m);
    near_vector(mat4_point(matrix, (struct vec3){5, 2.5, 2}), 1, -.5, 4);
    near(mat4_determinant3(matrix), -1);
}

static void the_first_frame_s_previous_camera_is_its_own(void **state)
{
    struct scene *scene = *state;
    struct scene_avatar *avatar = add_avatar(scene, "a");
    avatar->position = (struct vec3){1, 2, 3};
    scene_step(scene);
    assert_memory_equal(avatar->camera.camera_from_world, avatar->camera.previous_camera_from_world,
                        sizeof avatar->camera.camera_from_world);
    near(avatar->camera.previous_fx, avatar->camera.fx);
}

static void the_previous_camera_is_that_of_the_frame_before(void **state)
{
    struct scene *scene = *state;
    struct scene_avatar *avatar = add_avatar(scene, "a");
    scene_step(scene);
    tachy_camera first = avatar->camera;
    avatar->position.x = 1;
    avatar->fov_y_deg = 30;
    scene_step(scene);
    assert_memory_equal(first.camera_from_world, avatar->camera.previous_camera_from_world,
                        sizeof first.camera_from_world);
    near(avatar->camera.previous_fy, first.fy);
    assert_true(avatar->camera.fy > first.fy);
    near(avatar->camera.camera_from_world[3], -1);
}

static void time_is_the_frame_over_the_rate_and_not_reduced(void **state)
{
    struct scene *scene = *state;
    int64_t numerator, denominator;
    for (int i = 0; i < 42; i++)
        scene_step(scene);
    scene_time(scene, &numerator, &denominator);
    assert_true(numerator == 42 && denominator == 60);
}

static void an_object_that_spins_turns_by_its_rate_times_the_time(void **state)
{
    struct scene *scene = *state;
    struct scene_object *object = add_object(scene, 1);
    object->motion = (struct scene_motion){.spin_axis = {0, 1, 0}, .spin_deg_s = 90};
    object->position = (struct vec3){5, 0, 0};
    for (int i = 0; i < 60; i++)
        scene_step(scene);
    near_vector(mat4_point(object->world_from_object, (struct vec3){0, 0, 1}), 6, 0, 0);
    object->motion.spin_deg_s = -90;
    scene_step(scene);
    assert_true(mat4_point(object->world_from_object, (struct vec3){0, 0, 1}).x < 5);
}

static void an_object_that_swings_is_back_after_its_period(void **state)
{
    struct scene *scene = *state;
    struct scene_object *object = add_object(scene, 1);
    object->motion = (struct scene_motion){.swing = {0, 2, 0}, .swing_period_s = 2};
    for (int i = 0; i < 30; i++)
        scene_step(scene);
    near(object->world_from_object.m[7], 2); // a quarter of it
    for (int i = 0; i < 90; i++)
        scene_step(scene);
    near(object->world_from_object.m[7], 0);
}

static void an_object_that_sways_turns_to_both_sides_about_its_origin(void **state)
{
    struct scene *scene = *state;
    struct scene_object *object = add_object(scene, 1);
    object->motion =
        (struct scene_motion){.sway_axis = {0, 0, 1}, .sway_deg = 90, .sway_period_s = 4};
    for (int i = 0; i < 60; i++)
        scene_step(scene);
    near_vector(mat4_point(object->world_from_object, (struct vec3){1, 0, 0}), 0, 1, 0);
    for (int i = 0; i < 120; i++)
        scene_step(scene);
    near_vector(mat4_point(object->world_from_object, (struct vec3){1, 0, 0}), 0, -1, 0);
}

static void an_avatar_in_orbit_keeps_looking_at_its_middle(void **state)
{
    struct scene *scene = *state;
    struct scene_avatar *avatar = add_avatar(scene, "a");
    avatar->position = (struct vec3){1, 0, -4};
    avatar->motion = (struct scene_motion){.orbit_center = {1, 0, 1}, .orbit_period_s = 4};
    for (int i = 0; i < 60; i++) { // a quarter of a turn
        scene_step(scene);
        struct mat4 matrix;
        memcpy(matrix.m, avatar->camera.camera_from_world, sizeof matrix.m);
        near_vector(mat4_point(matrix, (struct vec3){1, 0, 1}), 0, 0, 5);
    }
    struct mat4 matrix;
    memcpy(matrix.m, avatar->camera.camera_from_world, sizeof matrix.m);
    near_vector(mat4_point(mat4_inverse_affine(matrix), (struct vec3){0, 0, 0}), -4, 0, 1);
}

static void the_sun_of_a_scene_without_lights_makes_way_for_the_first_light(void **state)
{
    struct scene *scene = *state;
    assert_int_equal(scene->light_count, 1);
    assert_int_equal(scene->lights[0].type, SCENE_DIRECTIONAL);
    for (size_t i = 1; i <= 3; i++) {
        struct scene_light lamp = {.type = SCENE_POINT, .intensity = (double)i};
        assert_int_equal(scene_add_light(scene, &lamp), TACHY_OK);
        assert_int_equal(scene->light_count, i);
        assert_true(scene->lights[i - 1].intensity == (double)i);
    }
}

static void rows_count_objects_and_shells_have_none(void **state)
{
    struct scene *scene = *state;
    struct scene_object *shell;
    assert_int_equal(add_object(scene, 70)->row, 1);
    assert_int_equal(scene_add_object(scene, 80, "wall", "wall", 0, true, &shell), TACHY_OK);
    assert_int_equal(shell->row, 0);
    assert_int_equal(add_object(scene, -5)->row, 2);
    assert_int_equal(scene->rows, 2);
    assert_int_equal(scene_find_object(scene, 80)->row, 0);
    assert_null(scene_find_object(scene, 81));
}

static void an_object_id_in_use_is_refused_and_takes_no_row(void **state)
{
    struct scene *scene = *state;
    struct scene_object *object = NULL;
    add_object(scene, 7);
    assert_int_equal(scene_add_object(scene, 7, "other", "kind", 0, false, &object), TACHY_EXISTS);
    assert_null(object);
    assert_int_equal(scene->rows, 1);
    assert_string_equal(error_line(), "object id 7 is in use by 'thing'; choose another id");
}

static void avatar_names_have_1_to_63_bytes_and_are_unique(void **state)
{
    struct scene *scene = *state;
    struct scene_avatar *avatar = NULL;
    char name[65] = {0};
    memset(name, 'n', 64);
    assert_int_equal(scene_add_avatar(scene, name, &avatar), TACHY_INVALID);
    assert_int_equal(scene_add_avatar(scene, "", &avatar), TACHY_INVALID);
    assert_null(avatar);
    name[63] = 0;
    assert_int_equal(scene_add_avatar(scene, name, &avatar), TACHY_OK);
    assert_int_equal(scene_add_avatar(scene, name, &avatar), TACHY_EXISTS);
    assert_ptr_equal(scene_find_avatar(scene, name), &scene->avatars[0]);
}

static void avatar_names_that_would_upset_a_terminal_are_refused(void **state)
{
    static const char *const names[] = {"a\nb", "\x1b[31m", "\x7f", "\xc2\x9b", "caf\xe9"};
    struct scene *scene = *state;
    struct scene_avatar *avatar = NULL;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_int_equal(scene_add_avatar(scene, names[i], &avatar), TACHY_INVALID);
    assert_null(avatar);
    assert_int_equal(scene_add_avatar(scene, "a\nb", &avatar), TACHY_INVALID);
    assert_string_equal(error_line(), "avatar name 'a\\x0ab' has control characters or is not "
                                      "UTF-8; use letters and digits");
    assert_int_equal(scene_add_avatar(scene, "caf\xc3\xa9 \\x0a", &avatar), TACHY_OK);
}

static void bounds_follow_objects_as_they_stand(void **state)
{
    struct scene *scene = *state;
    struct vec3 low, high;
    assert_false(scene_bounds(scene, &low, &high));
    struct scene_object *object = add_object(scene, 1);
    object->position = (struct vec3){10, 0, 0};
    object->rotation = quat_from_euler((struct vec3){0, 90, 0});
    assert_true(scene_bounds(scene, &low, &high));
    near_vector(low, 10, 0, -1);
    near_vector(high, 13, 2, 0);
}

static void without_views_an_avatar_has_the_whole_scene_in_its_picture(void **state)
{
    struct scene *scene = *state;
    add_object(scene, 1)->position = (struct vec3){40, -3, 7};
    struct scene_avatar *avatar = add_avatar(scene, "a");
    avatar->width = 100; // a narrow picture needs more distance
    scene_place_avatar(scene, 0, avatar);
    scene_step(scene);
    for (int corner = 0; corner < 8; corner++) {
        struct vec3 p = {40 + (corner & 1), -3 + (corner & 2), 7 + 3 * (corner >> 2)};
        struct mat4 matrix;
        memcpy(matrix.m, avatar->camera.camera_from_world, sizeof matrix.m);
        struct vec3 q = mat4_point(matrix, p);
        double x = avatar->camera.fx * q.x / q.z + avatar->camera.cx;
        double y = avatar->camera.fy * q.y / q.z + avatar->camera.cy;
        assert_true(q.z > avatar->near_m && q.z < avatar->far_m);
        assert_true(x > 0 && x < 100 && y > 0 && y < 256);
    }
    assert_true(avatar->position.z > 10); // where a front, which is +z, is seen
}

static void a_view_gives_its_pose_and_what_it_says_of_the_lens(void **state)
{
    struct scene *scene = *state;
    struct scene_view view = {.position = {1, 2, 3}, .rotation = {0, 1, 0, 0}, .fov_y_deg = 30};
    assert_int_equal(scene_add_view(scene, &view), TACHY_OK);
    struct scene_avatar *avatar = add_avatar(scene, "a");
    scene_place_avatar(scene, 0, avatar);
    near_vector(avatar->position, 1, 2, 3);
    near(avatar->rotation.y, 1);
    near(avatar->fov_y_deg, 30);
    near(avatar->near_m, 0.1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

TACHY_TEST_MAIN(TEST(the_identity_camera_turns_y_down_and_nothing_else),
                TEST(a_camera_has_threedworld_s_lens_unless_told),
                TEST(a_wide_image_has_square_pixels),
                TEST(a_camera_sees_a_point_where_its_pose_says),
                TEST(the_first_frame_s_previous_camera_is_its_own),
                TEST(the_previous_camera_is_that_of_the_frame_before),
                TEST(time_is_the_frame_over_the_rate_and_not_reduced),
                TEST(an_object_that_spins_turns_by_its_rate_times_the_time),
                TEST(an_object_that_swings_is_back_after_its_period),
                TEST(an_object_that_sways_turns_to_both_sides_about_its_origin),
                TEST(an_avatar_in_orbit_keeps_looking_at_its_middle),
                TEST(the_sun_of_a_scene_without_lights_makes_way_for_the_first_light),
                TEST(rows_count_objects_and_shells_have_none),
                TEST(an_object_id_in_use_is_refused_and_takes_no_row),
                TEST(avatar_names_have_1_to_63_bytes_and_are_unique),
                TEST(avatar_names_that_would_upset_a_terminal_are_refused),
                TEST(bounds_follow_objects_as_they_stand),
                TEST(without_views_an_avatar_has_the_whole_scene_in_its_picture),
                TEST(a_view_gives_its_pose_and_what_it_says_of_the_lens))
