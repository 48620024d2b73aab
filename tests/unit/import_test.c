// Scene files into the world: what each feature of a small glTF becomes, and what bad files are told.
#include "producer/import/import.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "common/base/error.h"
#include "tests/lib/main.h"

#define MODELS TACHY_TEST_SOURCE "/tests/models/"

static void near(double value, double expected)
{
    if (!(fabs(value - expected) < 1e-6))
        fail_msg("%.9g is not %.9g", value, expected);
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
    return import_scene(*state, MODELS "everything.gltf");
}

static int teardown(void **state)
{
    struct scene *scene = *state;
    scene_destroy(&scene);
    return 0;
}

static const struct scene_object *find(const struct scene *scene, const char *name)
{
    for (size_t i = 0; i < scene->object_count; i++) {
        if (strcmp(scene->objects[i].name, name) == 0)
            return &scene->objects[i];
    }
    fail_msg("no object '%s'", name);
    return NULL;
}

static const struct scene_part *part_of(const struct scene *scene, const char *name, size_t index)
{
    const struct scene_model *model = &scene->models[find(scene, name)->model];
    assert_true(index < model->part_count);
    return &model->parts[index];
}

static struct mat4 world_of(const struct scene *scene, const char *name)
{
    return mat4_multiply(scene_object_place(scene, find(scene, name)),
                         part_of(scene, name, 0)->model_from_part);
}

static void mesh_nodes_become_objects_depth_first_with_their_rows(void **state)
{
    const struct scene *scene = *state;
    assert_int_equal(scene->object_count, 3);
    assert_int_equal(scene->rows, 2);
    assert_int_equal(find(scene, "card")->row, 1);
    assert_int_equal(find(scene, "card")->object_id, 1);
    assert_string_equal(find(scene, "card")->category, "Card");
    assert_int_equal(find(scene, "mirrored")->row, 2);
}

static void a_mesh_of_two_materials_is_one_object_with_the_mesh_s_name(void **state)
{
    const struct scene *scene = *state;
    assert_string_equal(find(scene, "mirrored")->category, "Bent");
    assert_int_equal(scene->models[find(scene, "mirrored")->model].part_count, 2);
}

static void a_node_marked_shell_has_no_row(void **state)
{
    assert_int_equal(find(*state, "floor")->row, 0);
}

static void places_have_x_the_other_way_round(void **state)
{
    // In the file: (x, y, z) of the card goes 1 up its own z, then a quarter turn about y, then (1, 2, 3).
    const struct scene *scene = *state;
    struct mat4 world = world_of(scene, "card");
    near_vector(mat4_point(world, (struct vec3){0, 0, 0}), -2, 2, 3);
    // The file's corner (1, 1, 0), which is (-1, 1, 0) here, scaled by 2: turned to z - 2.
    near_vector(mat4_point(world, (struct vec3){-1, 1, 0}), -2, 4, 1);
    near_vector(find(scene, "card")->position, -2, 2, 3);
}

static void a_mirrored_node_stays_mirrored(void **state)
{
    struct mat4 world = world_of(*state, "mirrored");
    assert_true(mat4_determinant3(world) < 0);
    near_vector(mat4_point(world, (struct vec3){0, 0, 0}), -1, 2, 3);
    near_vector(mat4_point(world, (struct vec3){1, 0, 0}), -1, 2, 2);
}

static struct vec3 corner(const struct scene_mesh *mesh, uint32_t index)
{
    const float *p = mesh->vertices[mesh->indices[index]].position;
    return (struct vec3){p[0], p[1], p[2]};
}

static struct vec3 normal_of(const struct scene_mesh *mesh, uint32_t index)
{
    const float *n = mesh->vertices[mesh->indices[index]].normal;
    return (struct vec3){n[0], n[1], n[2]};
}

static void triangles_keep_their_outside(void **state)
{
    const struct scene *scene = *state;
    for (size_t m = 0; m < scene->mesh_count; m++) {
        const struct scene_mesh *mesh = &scene->meshes[m];
        for (uint32_t i = 0; i < mesh->index_count; i += 3) {
            struct vec3 a = corner(mesh, i);
            struct vec3 plane = vec3_cross(vec3_subtract(corner(mesh, i + 1), a),
                                           vec3_subtract(corner(mesh, i + 2), a));
            assert_true(vec3_dot(plane, normal_of(mesh, i)) > 0);
        }
    }
}

static void a_mesh_without_normals_is_flat_and_never_smoothed(void **state)
{
    const struct scene *scene = *state;
    const struct scene_mesh *mesh = &scene->meshes[part_of(scene, "mirrored", 0)->mesh];
    assert_int_equal(mesh->index_count, 9);
    assert_int_equal(mesh->vertex_count, 9); // the shared edges are shared no more
    for (uint32_t i = 0; i < 6; i++)
        near_vector(normal_of(mesh, i), 0, 0, 1);
    for (uint32_t i = 6; i < 9; i++)
        near_vector(normal_of(mesh, i), 0, 1, 0);
}

static void texture_coordinates_count_from_the_top(void **state)
{
    const struct scene *scene = *state;
    const struct scene_mesh *mesh = &scene->meshes[part_of(scene, "card", 0)->mesh];
    for (uint32_t i = 0; i < mesh->vertex_count; i++) {
        const struct scene_vertex *v = &mesh->vertices[i];
        near(v->uv[0], -v->position[0]);    // in the file u = x
        near(v->uv[1], 1 - v->position[1]); // and v = 1 - y: 0 on top
    }
}

static void vertex_colors_are_kept(void **state)
{
    const struct scene *scene = *state;
    const struct scene_mesh *mesh = &scene->meshes[part_of(scene, "card", 0)->mesh];
    static const uint16_t expected[4][4] = {{65535, 0, 0, 65535},
                                            {0, 65535, 0, 65535},
                                            {0, 0, 65535, 65535},
                                            {65535, 65535, 65535, 32768}};
    for (uint32_t i = 0; i < 4; i++)
        assert_memory_equal(mesh->vertices[i].color, expected[i], sizeof expected[i]);
    mesh = &scene->meshes[part_of(scene, "mirrored", 0)->mesh];
    assert_int_equal(mesh->vertices[0].color[1], 65535);
}

static void a_material_keeps_its_factors_and_its_alpha(void **state)
{
    const struct scene *scene = *state;
    const struct scene_material *paint = &scene->materials[part_of(scene, "card", 0)->material];
    near(paint->base_color[0], .5);
    near(paint->base_color[1], .25);
    near(paint->base_color[2], .125);
    near(paint->metallic, .5);
    near(paint->roughness, .75);
    near(paint->emissive[1], .2);
    assert_int_equal(paint->alpha, SCENE_MASK);
    near(paint->alpha_cutoff, .25);
    assert_true(paint->double_sided);
    const struct scene_material *clay = &scene->materials[part_of(scene, "mirrored", 0)->material];
    assert_int_equal(clay->alpha, SCENE_OPAQUE);
    assert_int_equal(clay->base_color_texture, SCENE_NONE);
    assert_false(clay->double_sided);
    near(clay->base_color[0], 1);
}

static void a_texture_has_its_top_row_first_and_its_sampler(void **state)
{
    const struct scene *scene = *state;
    static const uint8_t expected[16] = {255, 0, 0,   255, 0,   255, 0,   255,
                                         0,   0, 255, 255, 255, 255, 255, 255};
    assert_int_equal(scene->texture_count, 1);
    const struct scene_texture *texture = &scene->textures[0];
    assert_true(texture->width == 2 && texture->height == 2 && texture->srgb && texture->nearest);
    assert_memory_equal(texture->rgba, expected, sizeof expected);
    assert_int_equal(texture->wrap_u, SCENE_CLAMP);
    assert_int_equal(texture->wrap_v, SCENE_MIRROR);
}

static void a_camera_becomes_a_view_along_its_own_forward(void **state)
{
    const struct scene *scene = *state;
    assert_int_equal(scene->view_count, 1);
    const struct scene_view *view = &scene->views[0];
    near_vector(view->position, 0, 1, 5); // once: the importer tells a node's translation twice
    near_vector(quat_rotate(view->rotation, (struct vec3){0, 0, 1}), 0, 0, -1);
    near_vector(quat_rotate(view->rotation, (struct vec3){0, 1, 0}), 0, 1, 0);
    assert_true(fabs(view->fov_y_deg - .8 * 180 / M_PI) < 1e-4); // vertical, at an aspect of 1.5
    near(view->near_m, .25);
    near(view->far_m, 50);
}

static void lights_keep_type_place_direction_and_strength(void **state)
{
    const struct scene *scene = *state;
    assert_int_equal(scene->light_count, 3);
    const struct scene_light *sun = &scene->lights[0], *spot = &scene->lights[1],
                             *bulb = &scene->lights[2];
    assert_int_equal(sun->type, SCENE_DIRECTIONAL);
    near_vector(sun->direction, 0, -1, 0);
    near(sun->intensity * M_PI, 3);
    near(sun->color[1], .5);
    assert_true(sun->shadows);
    assert_int_equal(spot->type, SCENE_SPOT);
    near_vector(spot->position, -1, 2, 3);
    near_vector(spot->direction, 0, 0, -1);
    near(spot->range_m, 7.5);
    assert_true(fabs(spot->cone_inner_deg - .2 * 180 / M_PI) < 1e-4);
    assert_true(fabs(spot->cone_outer_deg - .5 * 180 / M_PI) < 1e-4);
    assert_int_equal(bulb->type, SCENE_POINT);
    near_vector(bulb->position, -4, 5, 6);
    near(bulb->intensity * M_PI, 4);
    near(bulb->range_m, 0);
}

static void a_file_added_by_url_is_one_model_read_once(void **state)
{
    (void)state;
    struct scene *scene = scene_create();
    uint32_t first, again;
    assert_true(import_is_url("file://" MODELS "BoxTextured.glb"));
    assert_int_equal(import_model_url(scene, "file://" MODELS "Box%54extured.glb", &first),
                     TACHY_OK);
    assert_int_equal(import_model_url(scene, "file://localhost" MODELS "BoxTextured.glb", &again),
                     TACHY_OK);
    assert_int_equal(first, again);
    assert_int_equal(scene->object_count, 0);
    const struct scene_model *model = &scene->models[first];
    near_vector(model->low, -.5, -.5, -.5);
    near_vector(model->high, .5, .5, .5);
    assert_int_equal(scene->meshes[model->parts[0].mesh].index_count, 36);
    assert_int_equal(scene->texture_count, 1); // packed into the file
    assert_true(scene->textures[0].width > 2);
    scene_destroy(&scene);
}

static void a_skinned_mesh_stands_where_its_joints_are_and_not_its_node(void **state)
{
    (void)state;
    // Joints at (0, 5, 0) and (0, 5, 4), both bound at (0, 3, 0); the mesh's own node at (100, 0, 0) must not count.
    static const struct vec3 expected[3] = {{0, 2, 0}, {-1, 2, 4}, {0, 3, 2}};
    struct scene *scene = scene_create();
    assert_int_equal(import_scene(scene, MODELS "skin.gltf"), TACHY_OK);
    assert_int_equal(scene->object_count, 1);
    const struct scene_mesh *mesh = &scene->meshes[part_of(scene, "skinned", 0)->mesh];
    struct mat4 world = world_of(scene, "skinned");
    for (uint32_t i = 0; i < 3; i++) {
        const float *q = mesh->vertices[i].position;
        struct vec3 at = mat4_point(world, (struct vec3){q[0], q[1], q[2]});
        near_vector(at, expected[i].x, expected[i].y, expected[i].z);
    }
    scene_destroy(&scene);
}

// ---- bad files ---------------------------------------------------------------------------------------------------

static void is_refused(const char *path, tachy_status status, const char *says)
{
    struct scene *scene = scene_create();
    assert_int_equal(import_scene(scene, path), status);
    if (!strstr(error_line(), says))
        fail_msg("\"%s\" does not say \"%s\"", error_line(), says);
    if (!strstr(error_line(), path))
        fail_msg("\"%s\" does not name \"%s\"", error_line(), path);
    assert_int_equal(scene->object_count, 0);
    scene_destroy(&scene);
}

static void a_file_that_is_not_there_is_told_with_its_path(void **state)
{
    (void)state;
    is_refused("/no/such/file.glb", TACHY_NOT_FOUND,
               "No such file or directory; name a scene file");
}

static void a_folder_and_an_unknown_kind_are_refused(void **state)
{
    (void)state;
    is_refused(TACHY_TEST_SOURCE "/tests", TACHY_INVALID, "not a regular file");
    is_refused(TACHY_TEST_SOURCE "/CMakeLists.txt", TACHY_UNSUPPORTED, "no importer for '.txt'");
}

/// Writes `text` to a new file in a folder of its own and checks what import says of it.
static void text_is_refused(const char *name, const char *text, size_t bytes, tachy_status status,
                            const char *says)
{
    char folder[] = "/tmp/tachy-import-XXXXXX", path[128];
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, bytes, file), bytes);
    assert_int_equal(fclose(file), 0);
    is_refused(path, status, says);
    assert_int_equal(unlink(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

static void damaged_files_are_refused_with_the_importer_s_reason(void **state)
{
    (void)state;
    text_is_refused("a.glb", "glTF nonsense", 13, TACHY_CORRUPT, "damaged or not understood: ");
    text_is_refused("a.gltf", "{\"asset\": ", 10, TACHY_CORRUPT, "damaged or not understood: ");
    text_is_refused("a.obj", "", 0, TACHY_CORRUPT, "damaged or not understood: ");
}

/// A glTF of one triangle with its material's texture at `uri`.
static char *triangle(const char *uri)
{
    char *text;
    assert_true(
        asprintf(&text,
                 "{\"asset\":{\"version\":\"2.0\"},\"scene\":0,\"scenes\":[{\"nodes\":[0]}],"
                 "\"nodes\":[{\"mesh\":0}],\"meshes\":[{\"primitives\":[{\"attributes\":{"
                 "\"POSITION\":0},"
                 "\"material\":0}]}],\"materials\":[{\"pbrMetallicRoughness\":{"
                 "\"baseColorTexture\":{\"index\":0}}}],"
                 "\"textures\":[{\"source\":0}],\"images\":[{\"uri\":\"%s\"}],"
                 "\"accessors\":[{\"bufferView\":0,\"componentType\":5126,\"count\":3,\"type\":"
                 "\"VEC3\"}],"
                 "\"bufferViews\":[{\"buffer\":0,\"byteLength\":36}],\"buffers\":[{\"byteLength\":"
                 "36,\"uri\":"
                 "\"data:application/"
                 "octet-stream;base64,AAAAAAAAAAAAAAAAAACAPwAAAAAAAAAAAAAAAAAAgD8AAAAA\"}]}",
                 uri) > 0);
    return text;
}

static void a_texture_that_is_missing_is_named_with_its_scene(void **state)
{
    (void)state;
    char *text = triangle("wood%20dark.png");
    text_is_refused("room.gltf", text, strlen(text), TACHY_NOT_FOUND,
                    "texture 'wood%20dark.png': ");
    text_is_refused(
        "room.gltf", text, strlen(text), TACHY_NOT_FOUND,
        "wood dark.png: No such file or directory; put the file there, or mend the scene");
    free(text);
}

static void a_texture_outside_the_scene_s_folder_is_refused(void **state)
{
    (void)state;
    char *text = triangle("../secret.png");
    text_is_refused("room.gltf", text, strlen(text), TACHY_DENIED,
                    "texture '../secret.png': it lies outside the scene's folder");
    free(text);
    text = triangle("%2e%2e/secret.png");
    text_is_refused("room.gltf", text, strlen(text), TACHY_NOT_FOUND,
                    "texture '%2e%2e/secret.png'");
    free(text);
}

static void a_transform_that_is_not_finite_is_refused(void **state)
{
    (void)state;
    static const char text[] =
        "{\"asset\":{\"version\":\"2.0\"},\"scene\":0,\"scenes\":[{\"nodes\":[0]}],"
        "\"nodes\":[{\"translation\":[3e39,0,0]}]}"; // beyond a float
    text_is_refused("far.gltf", text, strlen(text), TACHY_CORRUPT,
                    "nodes[0]: its matrix is not finite");
}

static void transforms_that_multiply_beyond_all_bounds_are_refused(void **state)
{
    (void)state;
    enum { DEPTH = 12 };
    char text[2048];
    int used = snprintf(
        text, sizeof text,
        "{\"asset\":{\"version\":\"2.0\"},\"scene\":0,\"scenes\":[{\"nodes\":[0]}],\"nodes\":[");
    for (int i = 0; i < DEPTH; i++)
        used += snprintf(text + used, sizeof text - (size_t)used,
                         "{\"name\":\"n%d\",\"scale\":[1e30,1e30,1e30]%s%.0d%s},", i,
                         i + 1 < DEPTH ? ",\"children\":[" : "", i + 1 < DEPTH ? i + 1 : 0,
                         i + 1 < DEPTH ? "]" : "");
    snprintf(text + used - 1, sizeof text - (size_t)used, "]}");
    text_is_refused("tower.gltf", text, strlen(text), TACHY_CORRUPT,
                    "the transforms above node 'n10' multiply beyond all bounds");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

TACHY_TEST_MAIN(TEST(mesh_nodes_become_objects_depth_first_with_their_rows),
                TEST(a_mesh_of_two_materials_is_one_object_with_the_mesh_s_name),
                TEST(a_node_marked_shell_has_no_row), TEST(places_have_x_the_other_way_round),
                TEST(a_mirrored_node_stays_mirrored), TEST(triangles_keep_their_outside),
                TEST(a_mesh_without_normals_is_flat_and_never_smoothed),
                TEST(texture_coordinates_count_from_the_top), TEST(vertex_colors_are_kept),
                TEST(a_material_keeps_its_factors_and_its_alpha),
                TEST(a_texture_has_its_top_row_first_and_its_sampler),
                TEST(a_camera_becomes_a_view_along_its_own_forward),
                TEST(lights_keep_type_place_direction_and_strength),
                cmocka_unit_test(a_file_added_by_url_is_one_model_read_once),
                cmocka_unit_test(a_skinned_mesh_stands_where_its_joints_are_and_not_its_node),
                cmocka_unit_test(a_file_that_is_not_there_is_told_with_its_path),
                cmocka_unit_test(a_folder_and_an_unknown_kind_are_refused),
                cmocka_unit_test(damaged_files_are_refused_with_the_importer_s_reason),
                cmocka_unit_test(a_texture_that_is_missing_is_named_with_its_scene),
                cmocka_unit_test(a_texture_outside_the_scene_s_folder_is_refused),
                cmocka_unit_test(a_transform_that_is_not_finite_is_refused),
                cmocka_unit_test(transforms_that_multiply_beyond_all_bounds_are_refused))
