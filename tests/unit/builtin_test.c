// The built-in room: complete, the same twice, and something in it moves.
#include "producer/scene/builtin.h"

#include <stdlib.h>
#include <string.h>

#include "tests/lib/main.h"

static struct scene *make(uint64_t seed)
{
    struct scene *scene = scene_create();
    assert_int_equal(builtin_room(scene, seed), TACHY_OK);
    return scene;
}

static bool differ(const double *a, const double *b, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (a[i] != b[i])
            return true;
    }
    return false;
}

static void the_room_has_a_shell_objects_lights_and_views(void **state)
{
    (void)state;
    struct scene *scene = make(0);
    size_t shells = 0, shadows = 0;
    for (size_t i = 0; i < scene->object_count; i++)
        shells += scene->objects[i].row == 0;
    for (size_t i = 0; i < scene->light_count; i++)
        shadows += scene->lights[i].shadows;
    assert_int_equal(shells, 1);
    assert_true(scene->rows >= 10 && scene->view_count >= 4 && shadows == 1);
    scene_destroy(&scene);
}

static void something_moves_and_the_rest_stands_still(void **state)
{
    (void)state;
    struct scene *scene = make(0);
    scene_step(scene);
    struct mat4 *before = calloc(scene->object_count, sizeof *before);
    for (size_t i = 0; i < scene->object_count; i++)
        before[i] = scene->objects[i].world_from_object;
    scene_step(scene);
    size_t moved = 0;
    for (size_t i = 0; i < scene->object_count; i++)
        moved += differ(before[i].m, scene->objects[i].world_from_object.m, 16);
    assert_int_equal(moved, 3);
    free(before);
    scene_destroy(&scene);
}

static void avatar_b_moves_by_itself_and_avatar_a_does_not(void **state)
{
    (void)state;
    struct scene *scene = make(0);
    struct scene_avatar *avatar;
    for (int i = 0; i < 2; i++) {
        assert_int_equal(scene_add_avatar(scene, i ? "b" : "a", &avatar), TACHY_OK);
        scene_place_avatar(scene, (size_t)i, avatar);
    }
    scene_step(scene);
    scene_step(scene);
    for (int i = 0; i < 2; i++) {
        const tachy_camera *camera = &scene->avatars[i].camera;
        assert_int_equal(differ(camera->camera_from_world, camera->previous_camera_from_world, 16),
                         i);
    }
    scene_destroy(&scene);
}

static void one_seed_makes_one_room_and_another_seed_another(void **state)
{
    (void)state;
    struct scene *scenes[3] = {make(5), make(5), make(6)};
    assert_int_equal(scenes[0]->texture_count, scenes[1]->texture_count);
    for (size_t i = 0; i < scenes[0]->texture_count; i++) {
        const struct scene_texture *texture = &scenes[0]->textures[i];
        assert_memory_equal(texture->rgba, scenes[1]->textures[i].rgba,
                            (size_t)texture->width * texture->height * 4);
    }
    size_t moved[2] = {0, 0};
    for (size_t i = 0; i < scenes[0]->object_count; i++) {
        for (int k = 0; k < 2; k++)
            moved[k] += vec3_length(vec3_subtract(scenes[0]->objects[i].position,
                                                  scenes[k + 1]->objects[i].position)) > 0;
    }
    assert_int_equal(moved[0], 0);
    assert_true(moved[1] > 3);
    for (int i = 0; i < 3; i++)
        scene_destroy(&scenes[i]);
}

TACHY_TEST_MAIN(cmocka_unit_test(the_room_has_a_shell_objects_lights_and_views),
                cmocka_unit_test(something_moves_and_the_rest_stands_still),
                cmocka_unit_test(avatar_b_moves_by_itself_and_avatar_a_does_not),
                cmocka_unit_test(one_seed_makes_one_room_and_another_seed_another))
