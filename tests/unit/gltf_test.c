// What glTF says by index and Assimp by name: cameras, lights and joints whose nodes have equal names, or that several nodes use.
#include <endian.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/error.h"
#include "producer/import/import.h"
#include "tests/lib/main.h"

static void near(double value, double expected)
{
    if (!(fabs(value - expected) < 1e-5))
        fail_msg("%.9g is not %.9g", value, expected);
}

static void near_vector(struct vec3 v, double x, double y, double z)
{
    near(v.x, x);
    near(v.y, y);
    near(v.z, z);
}

/// Imports bytes as a file of that ending.
static struct scene *scene_of(const char *ending, const void *bytes, size_t count)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/tachy-gltf-XXXXXX%s", ending);
    int fd = mkstemps(path, (int)strlen(ending));
    assert_true(fd >= 0);
    assert_int_equal(write(fd, bytes, count), count);
    assert_int_equal(close(fd), 0);
    struct scene *scene = scene_create();
    tachy_status status = import_scene(scene, path);
    assert_int_equal(unlink(path), 0);
    if (status)
        fail_msg("%s", error_line());
    return scene;
}

#define HEAD "{\"asset\":{\"version\":\"2.0\"},\"scene\":0,"

// Camera 1 is used before camera 0, and camera 0 twice; the first node of their name is none.
static const char cameras[] =
    HEAD "\"scenes\":[{\"nodes\":[0,1,3]}],\"nodes\":["
         "{\"name\":\"Cam\",\"translation\":[3,0,0],\"children\":[2]},"
         "{\"name\":\"Cam\",\"translation\":[3,0,5],\"camera\":1},"
         "{\"name\":\"Cam\",\"translation\":[0,0,7],\"camera\":0},"
         "{\"translation\":[1,1,1],\"camera\":0}],\"cameras\":["
         "{\"type\":\"perspective\",\"perspective\":{\"yfov\":0.5,\"znear\":0.5,\"zfar\":50}},"
         "{\"type\":\"perspective\",\"perspective\":{\"yfov\":1,\"znear\":0.25,\"zfar\":5,"
         "\"aspectRatio\":2}},"
         "{\"type\":\"perspective\",\"perspective\":{\"yfov\":1,\"znear\":1}}]}";

static void check_cameras(struct scene *scene)
{
    assert_int_equal(scene->view_count, 3);
    const struct scene_view *views = scene->views;
    near_vector(views[0].position, -3, 0, 7);
    near_vector(views[1].position, -1, 1, 1);
    near_vector(views[2].position, -3, 0, 5);
    near(views[1].fov_y_deg, .5 * 180 / M_PI);
    near(views[1].far_m, 50);
    near(views[2].fov_y_deg, 180 / M_PI);
    near(views[2].near_m, .25);
    near_vector(quat_rotate(views[2].rotation, (struct vec3){0, 0, 1}), 0, 0, -1);
    scene_destroy(&scene);
}

static void each_node_with_a_camera_is_a_view_whatever_its_name(void **state)
{
    (void)state;
    check_cameras(scene_of(".gltf", cameras, sizeof cameras - 1));
}

static void a_binary_file_s_cameras_are_told_by_its_json_chunk(void **state)
{
    (void)state;
    char bytes[2048];
    uint32_t json = (sizeof cameras - 1 + 3) / 4 * 4;
    const uint32_t head[5] = {htole32(0x46546c67), htole32(2), htole32(20 + json), htole32(json),
                              htole32(0x4e4f534a)};
    memcpy(bytes, head, sizeof head);
    memset(bytes + sizeof head, ' ', json);
    memcpy(bytes + sizeof head, cameras, sizeof cameras - 1);
    check_cameras(scene_of(".glb", bytes, sizeof head + json));
}

static void each_node_with_a_light_is_a_light_whatever_its_name(void **state)
{
    (void)state;
    static const char lights[] =
        HEAD "\"scenes\":[{\"nodes\":[0]}],\"nodes\":["
             "{\"name\":\"Lamp\",\"translation\":[1,0,0],\"children\":[1,2]},"
             "{\"name\":\"Lamp\",\"translation\":[0,2,0],\"extensions\":{\"KHR_lights_punctual\":{"
             "\"light\":0}}},"
             "{\"name\":\"Lamp\",\"translation\":[0,3,0],\"extensions\":{\"KHR_lights_punctual\":{"
             "\"light\":0}}}],"
             "\"extensionsUsed\":[\"KHR_lights_punctual\"],\"extensions\":{\"KHR_lights_punctual\":"
             "{\"lights\":["
             "{\"type\":\"point\",\"color\":[1,0.5,0.25],\"intensity\":8,\"range\":6}]}}}";
    struct scene *scene = scene_of(".gltf", lights, sizeof lights - 1);
    assert_int_equal(scene->light_count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct scene_light *light = &scene->lights[i];
        assert_int_equal(light->type, SCENE_POINT);
        near_vector(light->position, -1, i ? 3 : 2, 0);
        near(light->intensity * M_PI, 8);
        near(light->color[2], .25);
        near(light->range_m, 6);
    }
    scene_destroy(&scene);
}

static void joints_of_equal_names_are_told_apart(void **state)
{
    (void)state;
    static const struct vec3 expected[3] = {{0, 2, 0}, {-1, 2, 4}, {0, 3, 2}}; // as in import_test
    char text[16384];
    FILE *file = fopen(TACHY_TEST_SOURCE "/tests/models/skin.gltf", "rb");
    assert_non_null(file);
    size_t count = fread(text, 1, sizeof text - 1, file);
    assert_int_equal(fclose(file), 0);
    text[count] = '\0';
    char *knee = strstr(text, "\"knee\"");
    assert_non_null(knee);
    memcpy(knee, "\"hip\" ", 6);
    struct scene *scene = scene_of(".gltf", text, count);
    assert_int_equal(scene->object_count, 1);
    const struct scene_part *part = scene->models[scene->objects[0].model].parts;
    struct mat4 world =
        mat4_multiply(scene_object_place(scene, &scene->objects[0]), part->model_from_part);
    for (uint32_t i = 0; i < 3; i++) {
        const float *q = scene->meshes[part->mesh].vertices[i].position;
        struct vec3 at = mat4_point(world, (struct vec3){q[0], q[1], q[2]});
        near_vector(at, expected[i].x, expected[i].y, expected[i].z);
    }
    scene_destroy(&scene);
}

TACHY_TEST_MAIN(cmocka_unit_test(each_node_with_a_camera_is_a_view_whatever_its_name),
                cmocka_unit_test(a_binary_file_s_cameras_are_told_by_its_json_chunk),
                cmocka_unit_test(each_node_with_a_light_is_a_light_whatever_its_name),
                cmocka_unit_test(joints_of_equal_names_are_told_apart))
