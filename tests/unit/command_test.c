// What each command does to the world.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "common/base/error.h"
#include "producer/command/commands.h"
#include "tests/lib/main.h"

static void near_vector(struct vec3 v, double x, double y, double z)
{
    if (!(fabs(v.x - x) < 1e-9 && fabs(v.y - y) < 1e-9 && fabs(v.z - z) < 1e-9))
        fail_msg("(%g, %g, %g) is not (%g, %g, %g)", v.x, v.y, v.z, x, y, z);
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
    return 0;
}

static void run(struct scene *scene, const char *json)
{
    struct command_errors errors;
    if (commands_run(scene, json, strlen(json), "test", &errors))
        fail_msg("%s", error_line());
    assert_int_equal(errors.count, 0);
}

static void an_empty_array_does_nothing(void **state)
{
    run(*state, "[]");
}

static void add_object_takes_every_field(void **state)
{
    struct scene *scene = *state;
    run(scene, "[{\"$type\": \"add_object\", \"id\": 7, \"name\": \"cube\", \"position\": {\"x\": "
               "1, \"y\": 2, \"z\": 3}, "
               "\"rotation\": {\"x\": 0, \"y\": 90, \"z\": 0}, \"scale_factor\": 2, \"category\": "
               "\"box\", "
               "\"affordance_points\": [{\"x\": 0, \"y\": 1, \"z\": 0}], \"url\": "
               "\"https://elsewhere/iron_box\"}]");
    const struct scene_object *object = scene_find_object(scene, 7);
    assert_non_null(object);
    assert_string_equal(object->name, "cube");
    assert_string_equal(object->category, "box");
    assert_int_equal(object->row, 1);
    struct mat4 world = scene_object_place(scene, object);
    near_vector(mat4_point(world, (struct vec3){0, 1, .5}), 2, 4, 3); // forward is right now
}

static void add_object_needs_no_more_than_id_and_name(void **state)
{
    struct scene *scene = *state;
    run(scene,
        "[{\"$type\": \"add_object\", \"id\": -3, \"name\": \"table\", \"category\": null}]");
    const struct scene_object *object = scene_find_object(scene, -3);
    assert_string_equal(object->category, "table"); // the library's
    near_vector(object->position, 0, 0, 0);
    near_vector(object->scale, 1, 1, 1);
}

static void add_object_with_shell_takes_no_row(void **state)
{
    struct scene *scene = *state;
    run(scene, "[{\"$type\": \"add_object\", \"id\": 1, \"name\": \"room\", \"shell\": true}]");
    assert_int_equal(scene->rows, 0);
    assert_int_equal(scene_find_object(scene, 1)->row, 0);
}

static void add_object_reads_a_file_by_its_url(void **state)
{
    struct scene *scene = *state;
    run(scene, "[{\"$type\": \"add_object\", \"id\": 1, \"name\": \"logo\", \"url\": "
               "\"file://" TACHY_TEST_SOURCE "/tests/models/BoxTextured.glb\"}, {\"$type\": "
               "\"add_object\", \"id\": 2, \"name\": \"logo\", "
               "\"url\": \"file://" TACHY_TEST_SOURCE
               "/tests/models/BoxTextured.glb\", \"category\": \"sign\"}]");
    assert_int_equal(scene->model_count, 1);
    assert_string_equal(scene_find_object(scene, 1)->category, "logo");
    assert_string_equal(scene_find_object(scene, 2)->category, "sign");
}

static void teleport_object_moves_and_ends_what_moved_by_itself(void **state)
{
    struct scene *scene = *state;
    run(scene, "[{\"$type\": \"add_object\", \"id\": 1, \"name\": \"cube\"}]");
    struct scene_object *object = scene_find_object(scene, 1);
    object->motion.spin_deg_s = 5;
    run(scene,
        "[{\"$type\": \"teleport_object\", \"id\": 1, \"position\": {\"x\": 1, \"z\": -2}}]");
    near_vector(object->position, 1, 0, -2);
    assert_true(object->motion.spin_deg_s == 0);
    run(scene, "[{\"$type\": \"teleport_object\", \"id\": 1, \"position\": {\"x\": 1, \"y\": 1}, "
               "\"absolute\": false, "
               "\"physics\": false}]");
    near_vector(object->position, 2, 1, -2);
}

static void a_centroid_is_the_middle_of_the_bounds(void **state)
{
    struct scene *scene = *state;
    run(scene, "[{\"$type\": \"add_object\", \"id\": 1, \"name\": \"cube\", \"scale_factor\": 2},"
               "{\"$type\": \"teleport_object\", \"id\": 1, \"position\": {\"x\": 1, \"y\": 5, "
               "\"z\": 2}, \"use_centroid\": true}]");
    struct scene_object *object = scene_find_object(scene, 1);
    near_vector(object->position, 1, 4, 2); // the cube stands on its origin and is 2 m high
    run(scene, "[{\"$type\": \"rotate_object_to_euler_angles\", \"id\": 1, \"euler_angles\": "
               "{\"z\": 90}, \"use_centroid\": true}]");
    near_vector(object->position, 2, 5, 2);
    near_vector(mat4_point(scene_object_place(scene, object), (struct vec3){0, .5, 0}), 1, 5, 2);
}

static void rotate_object_to_euler_angles_sets_the_rotation(void **state)
{
    struct scene *scene = *state;
    run(scene,
        "[{\"$type\": \"add_object\", \"id\": 1, \"name\": \"cube\", \"rotation\": {\"y\": 45}},"
        "{\"$type\": \"rotate_object_to_euler_angles\", \"id\": 1, \"euler_angles\": {\"x\": 90, "
        "\"y\": 90}}]");
    struct scene_object *object = scene_find_object(scene, 1);
    near_vector(quat_rotate(object->rotation, (struct vec3){0, 0, 1}), 0, -1, 0);
    near_vector(quat_rotate(object->rotation, (struct vec3){0, 1, 0}), 1, 0, 0);
}

static void create_avatar_makes_avatar_a_unless_told(void **state)
{
    struct scene *scene = *state;
    run(scene, "[{\"$type\": \"create_avatar\"}, {\"$type\": \"create_avatar\", \"type\": "
               "\"A_Img_Caps_Kinematic\", \"id\": \"FSJZSw\"}]");
    assert_int_equal(scene->avatar_count, 2);
    assert_string_equal(scene->avatars[0].name, "a");
    assert_string_equal(scene->avatars[1].name, "FSJZSw");
}

static void an_avatar_goes_looks_and_zooms_where_it_is_told(void **state)
{
    struct scene *scene = *state;
    run(scene, "[{\"$type\": \"create_avatar\", \"id\": \"b\"},"
               "{\"$type\": \"teleport_avatar_to\", \"avatar_id\": \"b\", \"position\": {\"x\": 2, "
               "\"y\": 1.6, \"z\": -0.6}},"
               "{\"$type\": \"look_at_position\", \"avatar_id\": \"b\", \"position\": {\"x\": 2, "
               "\"y\": 1.6, \"z\": -5}, \"sensor_name\": \"SensorContainer\"},"
               "{\"$type\": \"set_field_of_view\", \"avatar_id\": \"b\", \"field_of_view\": 90}]");
    struct scene_avatar *avatar = scene_find_avatar(scene, "b");
    near_vector(avatar->position, 2, 1.6, -.6);
    near_vector(quat_rotate(avatar->rotation, (struct vec3){0, 0, 1}), 0, 0, -1);
    scene_step(scene);
    assert_true(fabs(avatar->camera.fy - 128) < 1e-9);
}

static void set_screen_size_is_for_all_avatars_and_those_to_come(void **state)
{
    struct scene *scene = *state;
    run(scene, "[{\"$type\": \"create_avatar\", \"id\": \"a\"}, {\"$type\": \"set_screen_size\", "
               "\"width\": 640, \"height\": 480},"
               "{\"$type\": \"create_avatar\", \"id\": \"b\"}]");
    assert_true(scene->avatars[0].width == 640 && scene->avatars[0].height == 480);
    assert_true(scene->avatars[1].width == 640 && scene->avatars[1].height == 480);
}

static void set_screen_size_may_name_one_avatar(void **state)
{
    struct scene *scene = *state;
    run(scene,
        "[{\"$type\": \"create_avatar\", \"id\": \"a\"}, {\"$type\": \"create_avatar\", \"id\": "
        "\"b\"},"
        "{\"$type\": \"set_screen_size\", \"width\": 64, \"height\": 32, \"avatar_id\": \"b\"}]");
    assert_true(scene->avatars[0].width == 256 && scene->avatars[1].width == 64 &&
                scene->default_width == 256);
}

static void what_does_not_exist_yet_is_tried_once_more_at_the_end(void **state)
{
    struct scene *scene = *state;
    run(scene,
        "[{\"$type\": \"set_field_of_view\", \"field_of_view\": 30, \"avatar_id\": \"late\"},"
        "{\"$type\": \"teleport_object\", \"id\": 9, \"position\": {\"x\": 4}},"
        "{\"$type\": \"create_avatar\", \"id\": \"late\"},"
        "{\"$type\": \"add_object\", \"id\": 9, \"name\": \"ball\"}]");
    assert_true(scene_find_avatar(scene, "late")->fov_y_deg == 30);
    near_vector(scene_find_object(scene, 9)->position, 4, 0, 0);
}

static void an_integer_may_be_written_as_a_number_without_a_fraction(void **state)
{
    run(*state, "[{\"$type\": \"add_object\", \"id\": 5.0, \"name\": \"cube\"}]");
    assert_non_null(scene_find_object(*state, 5));
}

static void an_object_id_is_exact_at_both_ends(void **state)
{
    struct scene *scene = *state;
    run(scene, "[{\"$type\": \"add_object\", \"name\": \"cube\", \"id\": 9223372036854775807},"
               " {\"$type\": \"add_object\", \"name\": \"cube\", \"id\": 9223372036854775806},"
               " {\"$type\": \"add_object\", \"name\": \"cube\", \"id\": -9223372036854775807},"
               " {\"$type\": \"add_object\", \"name\": \"cube\", \"id\": -9223372036854775808}]");
    static const int64_t expected[4] = {INT64_MAX, INT64_MAX - 1, INT64_MIN + 1, INT64_MIN};
    assert_int_equal(scene->object_count, 4);
    for (size_t i = 0; i < 4; i++)
        assert_true(scene->objects[i].object_id == expected[i]);
}

static void every_command_has_help_and_fields_that_differ(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = &command_table[i];
        assert_true(command->help[0] && command->noun[0] && command->run);
        for (size_t k = 0; k < command->field_count; k++) {
            for (size_t m = 0; m < k; m++)
                assert_string_not_equal(command->fields[k].name, command->fields[m].name);
        }
        for (size_t k = 0; k < i; k++)
            assert_string_not_equal(command->name, command_table[k].name);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

TACHY_TEST_MAIN(TEST(an_empty_array_does_nothing), TEST(add_object_takes_every_field),
                TEST(add_object_needs_no_more_than_id_and_name),
                TEST(add_object_with_shell_takes_no_row), TEST(add_object_reads_a_file_by_its_url),
                TEST(teleport_object_moves_and_ends_what_moved_by_itself),
                TEST(a_centroid_is_the_middle_of_the_bounds),
                TEST(rotate_object_to_euler_angles_sets_the_rotation),
                TEST(create_avatar_makes_avatar_a_unless_told),
                TEST(an_avatar_goes_looks_and_zooms_where_it_is_told),
                TEST(set_screen_size_is_for_all_avatars_and_those_to_come),
                TEST(set_screen_size_may_name_one_avatar),
                TEST(what_does_not_exist_yet_is_tried_once_more_at_the_end),
                TEST(an_integer_may_be_written_as_a_number_without_a_fraction),
                TEST(an_object_id_is_exact_at_both_ends),
                TEST(every_command_has_help_and_fields_that_differ))
