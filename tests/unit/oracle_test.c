// The oracle itself, on scenes whose answer is known on paper: it must see what is there, and it must be able to say no.
#include "tests/lib/main.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/oracle/judge.h"

enum { WIDTH = 31, HEIGHT = 17 };

struct picture {
    float depth[HEIGHT][WIDTH];
    uint32_t id[HEIGHT][WIDTH];
    tachy_plane depth_plane, id_plane;
};

/// At `position`, looking along +z of the world, 90 degrees of field vertically.
static tachy_camera camera_at(double x, double y, double z)
{
    return (tachy_camera){
        .camera_from_world = {1, 0, 0, -x, 0, -1, 0, y, 0, 0, 1, -z, 0, 0, 0, 1},
        .fx = HEIGHT / 2.0,
        .fy = HEIGHT / 2.0,
        .cx = WIDTH / 2.0,
        .cy = HEIGHT / 2.0,
        .near_m = 0.1,
        .far_m = 100,
    };
}

static void lay_out(struct picture *picture)
{
    picture->depth_plane = (tachy_plane){.name = "depth",
                                         .data = picture->depth,
                                         .format = TACHY_F32,
                                         .count = 1,
                                         .height = HEIGHT,
                                         .width = WIDTH,
                                         .channels = 1,
                                         .row_bytes = sizeof picture->depth[0],
                                         .image_bytes = sizeof picture->depth};
    picture->id_plane = picture->depth_plane;
    picture->id_plane.name = "id";
    picture->id_plane.format = TACHY_U32;
    picture->id_plane.data = picture->id;
}

/// A square of 200 m through (0, 0, z) whose front looks back at the camera; its height rises by `slope` along y.
static void add_wall(struct oracle_model *model, uint32_t object, double z, double slope,
                     bool faces_us)
{
    double low = z - 100 * slope, high = z + 100 * slope;
    struct oracle_triangle left = {
        .object = object, .corner = {{-100, -100, low}, {100, -100, low}, {-100, 100, high}}};
    struct oracle_triangle right = {
        .object = object, .corner = {{100, 100, high}, {-100, 100, high}, {100, -100, low}}};
    // As written, cross(b - a, c - a) points along +z: away from us.
    for (int i = 0; faces_us && i < 3; i++) {
        double corner = left.corner[1][i];
        left.corner[1][i] = left.corner[2][i];
        left.corner[2][i] = corner;
        corner = right.corner[1][i];
        right.corner[1][i] = right.corner[2][i];
        right.corner[2][i] = corner;
    }
    oracle_model_add_triangle(model, &left);
    oracle_model_add_triangle(model, &right);
}

static struct judgement judge(const struct oracle_model *model, const tachy_camera *camera,
                              const struct picture *picture)
{
    const uint32_t id_of_object[] = {1, 2, 3};
    struct judge_scene scene = {caster_create(model), id_of_object};
    struct judgement judgement;
    judge_image(&scene, camera, &picture->depth_plane, &picture->id_plane, 0, &judgement);
    caster_destroy(scene.caster);
    return judgement;
}

static void fill(struct picture *picture, float depth, uint32_t id)
{
    lay_out(picture);
    for (size_t y = 0; y < HEIGHT; y++) {
        for (size_t x = 0; x < WIDTH; x++) {
            picture->depth[y][x] = depth;
            picture->id[y][x] = id;
        }
    }
}

static void a_wall_has_the_depth_that_paper_says(void **state)
{
    (void)state;
    struct oracle_model model = {0};
    add_wall(&model, oracle_model_add_object(&model, "wall", false), 5, 0, true);
    tachy_camera camera = camera_at(0.25, -0.5, 2);
    struct picture picture;
    fill(&picture, 3, 1);
    struct judgement judgement = judge(&model, &camera, &picture);
    assert_string_equal(judgement.first, "");
    assert_int_equal(judgement.certain, WIDTH * HEIGHT);
    oracle_model_unload(&model);
}

static void a_tilted_wall_has_the_depth_that_paper_says(void **state)
{
    (void)state;
    struct oracle_model model = {0};
    add_wall(&model, oracle_model_add_object(&model, "wall", false), 5, 0.2, true);
    tachy_camera camera = camera_at(0, 0, 0);
    struct picture picture;
    fill(&picture, 0, 1);
    for (size_t y = 0; y < HEIGHT; y++) {
        double up = (HEIGHT / 2.0 - ((double)y + 0.5)) / (HEIGHT / 2.0);
        for (size_t x = 0; x < WIDTH; x++)
            picture.depth[y][x] = (float)(5 / (1 - 0.2 * up));
    }
    struct judgement judgement = judge(&model, &camera, &picture);
    assert_string_equal(judgement.first, "");
    oracle_model_unload(&model);
}

static void a_depth_beyond_its_bound_is_wrong(void **state)
{
    (void)state;
    struct oracle_model model = {0};
    add_wall(&model, oracle_model_add_object(&model, "wall", false), 5, 0, true);
    tachy_camera camera = camera_at(0, 0, 2);
    struct picture picture;
    fill(&picture, 3.0001F, 1);
    struct judgement judgement = judge(&model, &camera, &picture);
    assert_int_equal(judgement.wrong_depth, WIDTH * HEIGHT);
    assert_int_equal(judgement.wrong_id, 0);
    assert_true(strlen(judgement.first) > 0);
    fill(&picture, (float)NAN, 1);
    assert_int_equal(judge(&model, &camera, &picture).wrong_depth, WIDTH * HEIGHT);
    fill(&picture, (float)INFINITY, 1);
    assert_int_equal(judge(&model, &camera, &picture).wrong_depth, WIDTH * HEIGHT);
    oracle_model_unload(&model);
}

static void another_objects_id_is_wrong(void **state)
{
    (void)state;
    struct oracle_model model = {0};
    add_wall(&model, oracle_model_add_object(&model, "wall", false), 5, 0, true);
    tachy_camera camera = camera_at(0, 0, 2);
    struct picture picture;
    fill(&picture, 3, 1);
    picture.id[3][4] = 2;
    struct judgement judgement = judge(&model, &camera, &picture);
    assert_int_equal(judgement.wrong_id, 1);
    assert_int_equal(strncmp(judgement.first, "pixel (4, 3)", 12), 0);
    oracle_model_unload(&model);
}

static void a_wall_seen_from_behind_is_not_there_unless_it_is_double_sided(void **state)
{
    (void)state;
    struct oracle_model model = {0};
    add_wall(&model, oracle_model_add_object(&model, "wall", false), 5, 0, false);
    tachy_camera camera = camera_at(0, 0, 2);
    struct picture picture;
    fill(&picture, (float)INFINITY, 0);
    struct judgement judgement = judge(&model, &camera, &picture);
    assert_string_equal(judgement.first, "");
    assert_int_equal(judgement.background, WIDTH * HEIGHT);
    for (size_t i = 0; i < model.triangle_count; i++)
        model.triangles[i].double_sided = true;
    fill(&picture, 3, 1);
    assert_string_equal(judge(&model, &camera, &picture).first, "");
    oracle_model_unload(&model);
}

static void near_and_far_cut_at_planar_depth(void **state)
{
    (void)state;
    struct oracle_model model = {0};
    add_wall(&model, oracle_model_add_object(&model, "near", false), 2, 0, true);
    add_wall(&model, oracle_model_add_object(&model, "behind", false), 5, 0, true);
    tachy_camera camera = camera_at(0, 0, 0);
    camera.near_m = 2.5;
    struct picture picture;
    fill(&picture, 5, 2);
    assert_string_equal(judge(&model, &camera, &picture).first, "");
    camera.far_m = 4.5;
    fill(&picture, (float)INFINITY, 0);
    assert_string_equal(judge(&model, &camera, &picture).first, "");
    oracle_model_unload(&model);
}

static void an_edge_between_two_objects_is_not_judged_but_its_neighbours_are(void **state)
{
    (void)state;
    struct oracle_model model = {0};
    add_wall(&model, oracle_model_add_object(&model, "wall", false), 6, 0, true);
    // A nearer triangle whose vertical edge passes exactly through the centres of column 15.
    uint32_t near = oracle_model_add_object(&model, "near", false);
    struct oracle_triangle half = {
        .object = near, .corner = {{0, -50, 3}, {0, 50, 3}, {100, 0, 3}}, .double_sided = true};
    oracle_model_add_triangle(&model, &half);
    tachy_camera camera = camera_at(0, 0, 0);
    struct picture picture;
    fill(&picture, 6, 1);
    for (size_t y = 0; y < HEIGHT; y++) {
        for (size_t x = WIDTH / 2 + 1; x < WIDTH; x++) {
            picture.depth[y][x] = 3;
            picture.id[y][x] = 2;
        }
    }
    struct judgement judgement = judge(&model, &camera, &picture);
    assert_string_equal(judgement.first, "");
    assert_int_equal(judgement.certain, WIDTH * HEIGHT - HEIGHT);
    picture.id[5][WIDTH / 2 + 1] = 1;
    assert_int_equal(judge(&model, &camera, &picture).wrong_id, 1);
    oracle_model_unload(&model);
}

static void a_texture_cuts_holes_and_its_borders_are_not_judged(void **state)
{
    (void)state;
    struct oracle_model model = {0};
    add_wall(&model, oracle_model_add_object(&model, "wall", false), 6, 0, true);
    // A triangle over the whole picture whose texture, repeated, is opaque in every other metre.
    struct oracle_triangle veil = {.object = oracle_model_add_object(&model, "veil", false),
                                   .corner = {{-100, -100, 3}, {300, -100, 3}, {-100, 300, 3}},
                                   .uv = {{-50, -50}, {150, -50}, {-50, 150}},
                                   .cutout = 1,
                                   .double_sided = true};
    oracle_model_add_triangle(&model, &veil);
    uint8_t texels[] = {255, 0};
    struct oracle_cutout cutout = {
        .alpha = {.texels = texels, .width = 2, .height = 1, .nearest = true},
        .factor = 1,
        .cutoff = 0.5};
    model.cutouts = &cutout;
    model.cutout_count = 1;
    tachy_camera camera = camera_at(0, 0, 0);
    struct picture picture;
    fill(&picture, 6, 1);
    for (size_t y = 0; y < HEIGHT; y++) {
        for (size_t x = 0; x < WIDTH; x++) {
            double metre = ((double)x + 0.5 - WIDTH / 2.0) / (HEIGHT / 2.0) * 3;
            if ((int)floor(metre) % 2 == 0) {
                picture.depth[y][x] = 3;
                picture.id[y][x] = 2;
            }
        }
    }
    struct judgement judgement = judge(&model, &camera, &picture);
    assert_string_equal(judgement.first, "");
    assert_int_equal(judgement.certain, WIDTH * HEIGHT - HEIGHT); // column 15 lies on a border
    cutout.factor = 0.4;
    assert_int_equal(judge(&model, &camera, &picture).wrong_id > 100, true);
    model.cutouts = NULL;
    model.cutout_count = 0;
    oracle_model_unload(&model);
}

/// One triangle (0,0,0) (1,0,0) (0,1,0) in base64, under a moved parent and a turned, mirrored child.
static const char nested[] =
    "{\"asset\":{\"version\":\"2.0\"},\"scene\":0,\"scenes\":[{\"nodes\":[1]}],"
    "\"nodes\":[{\"name\":\"leaf\",\"mesh\":0,\"rotation\":[0,0,0.70710678118654757,0."
    "70710678118654757],"
    "\"scale\":[-2,1,1]},{\"name\":\"root\",\"children\":[0],\"translation\":[10,20,30]}],"
    "\"meshes\":[{\"name\":\"corner\",\"primitives\":[{\"attributes\":{\"POSITION\":0}}]}],"
    "\"accessors\":[{\"bufferView\":0,\"componentType\":5126,\"count\":3,\"type\":\"VEC3\"}],"
    "\"bufferViews\":[{\"buffer\":0,\"byteLength\":36}],\"buffers\":[{\"byteLength\":36,\"uri\":"
    "\"data:application/octet-stream;base64,AAAAAAAAAAAAAAAAAACAPwAAAAAAAAAAAAAAAAAAgD8AAAAA\"}]}";

static void transforms_nest_and_mirrors_turn_the_winding(void **state)
{
    (void)state;
    char path[] = "/tmp/tachy-oracle-XXXXXX", error[256];
    int fd = mkstemp(path);
    assert_true(write(fd, nested, sizeof nested - 1) == (ssize_t)sizeof nested - 1);
    close(fd);
    struct oracle_model model;
    bool loaded = oracle_model_load(path, &model, error);
    unlink(path);
    assert_true(loaded);
    assert_int_equal(model.object_count, 1);
    assert_string_equal(model.objects[0].name, "leaf");
    assert_string_equal(model.objects[0].category, "corner");
    assert_int_equal(model.triangle_count, 1);
    // Scaled by -2 along x, turned by 90 degrees about z, moved, x negated; the mirror undoes the order's turn.
    const double expected[3][3] = {{-10, 20, 30}, {-10, 18, 30}, {-9, 20, 30}};
    for (int i = 0; i < 3; i++)
        for (int axis = 0; axis < 3; axis++)
            assert_true(fabs(model.triangles[0].corner[i][axis] - expected[i][axis]) < 1e-12);
    oracle_model_unload(&model);
}

static void what_is_no_gltf_is_refused(void **state)
{
    (void)state;
    struct oracle_model model;
    char error[256];
    assert_false(oracle_model_load("/nonexistent.gltf", &model, error));
    assert_non_null(strstr(error, "/nonexistent.gltf"));
    assert_false(oracle_model_load("/dev/null", &model, error));
}

TACHY_TEST_MAIN(cmocka_unit_test(a_wall_has_the_depth_that_paper_says),
                cmocka_unit_test(a_tilted_wall_has_the_depth_that_paper_says),
                cmocka_unit_test(a_depth_beyond_its_bound_is_wrong),
                cmocka_unit_test(another_objects_id_is_wrong),
                cmocka_unit_test(a_wall_seen_from_behind_is_not_there_unless_it_is_double_sided),
                cmocka_unit_test(near_and_far_cut_at_planar_depth),
                cmocka_unit_test(an_edge_between_two_objects_is_not_judged_but_its_neighbours_are),
                cmocka_unit_test(a_texture_cuts_holes_and_its_borders_are_not_judged),
                cmocka_unit_test(transforms_nest_and_mirrors_turn_the_winding),
                cmocka_unit_test(what_is_no_gltf_is_refused))
