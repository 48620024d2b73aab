// Generated shapes and the library: closed, right side out, with the sizes that ThreeDWorld's records give.
#include "producer/scene/shape.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "producer/scene/library.h"
#include "tests/lib/main.h"

static struct vec3 vector(const float v[3])
{
    return (struct vec3){v[0], v[1], v[2]};
}

static struct scene_mesh make(enum shape_kind kind, struct vec3 size, struct vec3 euler_deg)
{
    struct scene_mesh mesh = {0};
    struct shape_placing placing = {{5, 6, 7}, size, euler_deg, false};
    assert_int_equal(shape_append(&mesh, kind, &placing), TACHY_OK);
    return mesh;
}

static void finish(struct scene_mesh *mesh)
{
    free(mesh->vertices);
    free(mesh->indices);
}

static void every_triangle_faces_the_way_its_normals_point(void **state)
{
    (void)state;
    for (int kind = 0; kind < SHAPE_COUNT; kind++) {
        struct scene_mesh mesh =
            make((enum shape_kind)kind, (struct vec3){1, 2, .5}, (struct vec3){20, 30, 40});
        for (uint32_t i = 0; i < mesh.index_count; i += 3) {
            const struct scene_vertex *v[3];
            struct vec3 normal = {0, 0, 0};
            for (uint32_t k = 0; k < 3; k++) {
                assert_true(mesh.indices[i + k] < mesh.vertex_count);
                v[k] = &mesh.vertices[mesh.indices[i + k]];
                normal = vec3_add(normal, vector(v[k]->normal));
                assert_true(fabs(vec3_length(vector(v[k]->normal)) - 1) < 1e-5);
            }
            struct vec3 a = vector(v[0]->position);
            struct vec3 plane = vec3_cross(vec3_subtract(vector(v[1]->position), a),
                                           vec3_subtract(vector(v[2]->position), a));
            if (!(vec3_dot(vec3_normalize(plane), vec3_normalize(normal)) > .5))
                fail_msg("shape %d, triangle %u is turned over", kind, i / 3);
        }
        finish(&mesh);
    }
}

/// Signed volume: positive where cross(b - a, c - a) points outward.
static double volume(const struct scene_mesh *mesh)
{
    double sum = 0;
    for (uint32_t i = 0; i < mesh->index_count; i += 3) {
        struct vec3 a = vector(mesh->vertices[mesh->indices[i]].position);
        struct vec3 b = vector(mesh->vertices[mesh->indices[i + 1]].position);
        struct vec3 c = vector(mesh->vertices[mesh->indices[i + 2]].position);
        sum += vec3_dot(a, vec3_cross(b, c)) / 6;
    }
    return sum;
}

static void closed_shapes_hold_the_volume_that_geometry_says(void **state)
{
    (void)state;
    static const struct {
        enum shape_kind kind;
        double volume, tolerance; // round shapes are a little smaller than round
    } cases[] = {
        {SHAPE_BOX, 1, 1e-5},
        {SHAPE_PYRAMID, 1 / 3., 1e-5},
        {SHAPE_SPHERE, M_PI / 6, .02},
        {SHAPE_CYLINDER, M_PI / 4, .01},
        {SHAPE_CONE, M_PI / 12, .005},
        {SHAPE_TORUS, 2 * M_PI * M_PI * .4 * .01, .005},
        {SHAPE_PIPE, M_PI / 4 * .36, .005},
        {SHAPE_CAPSULE, M_PI / 6 + M_PI / 4, .04},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct scene_mesh mesh =
            make(cases[i].kind, (struct vec3){1, 1, 1}, (struct vec3){10, 20, 30});
        if (!(fabs(volume(&mesh) - cases[i].volume) < cases[i].tolerance))
            fail_msg("case %zu: %g is not %g", i, volume(&mesh), cases[i].volume);
        finish(&mesh);
    }
}

static void a_scaled_ball_s_normals_are_those_of_an_ellipsoid(void **state)
{
    (void)state;
    struct vec3 size = {4, 2, 1};
    struct scene_mesh mesh = make(SHAPE_SPHERE, size, (struct vec3){0, 0, 0});
    for (uint32_t i = 0; i < mesh.vertex_count; i++) {
        struct vec3 p = vec3_subtract(vector(mesh.vertices[i].position), (struct vec3){5, 6, 7});
        struct vec3 normal = vec3_normalize((struct vec3){p.x / 16, p.y / 4, p.z});
        if (!(vec3_dot(normal, vector(mesh.vertices[i].normal)) > .999))
            fail_msg("vertex %u", i);
    }
    finish(&mesh);
}

static void the_texture_of_a_box_measures_metres(void **state)
{
    (void)state;
    struct scene_mesh mesh = make(SHAPE_BOX, (struct vec3){4, 2, 1}, (struct vec3){0, 0, 0});
    float most_u = 0, most_v = 0;
    for (uint32_t i = 0; i < 4; i++) { // the face along +x: 1 m wide, 2 m high
        most_u = fmaxf(most_u, mesh.vertices[i].uv[0]);
        most_v = fmaxf(most_v, mesh.vertices[i].uv[1]);
    }
    assert_true(most_u == 1 && most_v == 2);
    finish(&mesh);
}

static void primitives_have_threedworld_s_sizes_and_origins(void **state)
{
    (void)state;
    static const struct {
        const char *name;
        struct vec3 low, high;
    } cases[] = {
        {"cube", {-.5, 0, -.5}, {.5, 1, .5}},
        {"sphere", {-.5, 0, -.5}, {.5, 1, .5}},
        {"cylinder", {-.5, 0, -.5}, {.5, 1, .5}},
        {"prim_cube", {-.5, -.5, -.5}, {.5, .5, .5}},
        {"prim_sphere", {-.5, -.5, -.5}, {.5, .5, .5}},
        {"prim_capsule", {-.5, -1, -.5}, {.5, 1, .5}},
        {"prim_cyl", {-.5, -1, -.5}, {.5, 1, .5}},
        {"prim_cone", {-.5, 0, -.5}, {.5, 1, .5}},
    };
    struct scene *scene = scene_create();
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        uint32_t index;
        const char *category;
        assert_int_equal(library_model(scene, cases[i].name, &index, &category), TACHY_OK);
        assert_string_equal(category, "flex_primitive");
        const struct scene_model *model = &scene->models[index];
        assert_true(vec3_length(vec3_subtract(model->low, cases[i].low)) < 1e-6);
        assert_true(vec3_length(vec3_subtract(model->high, cases[i].high)) < 1e-6);
    }
    scene_destroy(&scene);
}

static void every_model_of_the_library_can_be_made_and_is_made_once(void **state)
{
    (void)state;
    struct scene *scene = scene_create();
    const char *name, *category;
    uint32_t first, again;
    size_t count = 0;
    for (; (name = library_name(count, &category)) != NULL; count++) {
        assert_int_equal(library_model(scene, name, &first, &category), TACHY_OK);
        assert_int_equal(library_model(scene, name, &again, &category), TACHY_OK);
        assert_int_equal(first, again);
        assert_true(scene->models[first].part_count > 0);
    }
    assert_true(count > 20);
    assert_int_equal(scene->model_count, count);
    assert_int_equal(library_model(scene, "no such thing", &first, &category), TACHY_NOT_FOUND);
    scene_destroy(&scene);
}

TACHY_TEST_MAIN(cmocka_unit_test(every_triangle_faces_the_way_its_normals_point),
                cmocka_unit_test(closed_shapes_hold_the_volume_that_geometry_says),
                cmocka_unit_test(a_scaled_ball_s_normals_are_those_of_an_ellipsoid),
                cmocka_unit_test(the_texture_of_a_box_measures_metres),
                cmocka_unit_test(primitives_have_threedworld_s_sizes_and_origins),
                cmocka_unit_test(every_model_of_the_library_can_be_made_and_is_made_once))
