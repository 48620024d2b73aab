// What tachy-produce renders, seen through libtachy, against rays cast into the same files: planes `depth` and `id`.
//
// The oracle reads the scene file itself and takes only the camera from the frame.
#include "tests/lib/main.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/lib/producer.h"
#include "tests/oracle/judge.h"

enum { VIEWS_MAX = 6, COMMANDS_MAX = 4096 };

/// Avatar a, b, c ... of a scene. Width 0 ends the list.
struct view_row {
    unsigned width, height;
    double position[3], looks_at[3], fov_y_deg;
};

struct case_row {
    const char *file; ///< below tests/models
    double certain;   ///< the least part of pixels that must be free of other objects' edges
    struct view_row views[VIEWS_MAX];
};

static const struct case_row box = {
    "BoxTextured.glb",
    0.98,
    {{63, 41, {0.9, 0.8, 1.7}, {0, 0, 0}, 54.43222}, {64, 64, {-1.5, 0.3, -0.4}, {0, 0, 0}, 40}},
};

static const struct case_row room = {
    "room.gltf",
    0.96,
    {{256, 192, {0, 1.7, 4.8}, {0, 0.8, 0}, 54.43222},
     {97, 63, {3.1, 2.4, 2.2}, {-1, 0.4, -1}, 70},
     {63, 41, {-0.4, 0.9, 1.6}, {0.3, 0.6, 0.3}, 60},
     {1, 1, {0.4, 1.5, 3}, {0.3, 0.55, -2}, 3},
     {320, 5, {-3.2, 2.6, 2.8}, {0, 0.5, 0}, 20}},
};

static const struct case_row traps = {
    "traps.gltf",
    0.97,
    {{255, 193, {0.3, 0.7, 6}, {0, 0.2, 0}, 54.43222},
     {129, 97, {-4, 2.5, -3}, {0, 0, 0.5}, 65},
     {64, 64, {1.6, 3.8, 1.5}, {0, 0, 0}, 90},
     {33, 65, {2.9, 0.1, 3.4}, {0, 0.4, -60}, 25}},
};

static const struct case_row cutout = {
    "cutout.gltf",
    0.95,
    {{255, 193, {0, 0, 2.6}, {0, 0, 0}, 54.43222}, {160, 160, {0.9, 0.3, 1.7}, {0.2, 0, 0}, 60}},
};

static void write_commands(const struct case_row *row, char json[COMMANDS_MAX])
{
    size_t length = 0;
    const char *comma = "[";
    for (size_t i = 0; i < VIEWS_MAX && row->views[i].width > 0; i++) {
        const struct view_row *view = &row->views[i];
        const double *p = view->position, *at = view->looks_at;
        int written = snprintf(
            json + length, COMMANDS_MAX - length,
            "%s{\"$type\":\"set_screen_size\",\"avatar_id\":\"%c\",\"width\":%u,\"height\":%u},"
            "{\"$type\":\"teleport_avatar_to\",\"avatar_id\":\"%c\",\"position\":{\"x\":%g,\"y\":%"
            "g,\"z\":%g}},"
            "{\"$type\":\"look_at_position\",\"avatar_id\":\"%c\",\"position\":{\"x\":%g,\"y\":%g,"
            "\"z\":%g}},"
            "{\"$type\":\"set_field_of_view\",\"avatar_id\":\"%c\",\"field_of_view\":%g}",
            comma, 'a' + (int)i, view->width, view->height, 'a' + (int)i, p[0], p[1], p[2],
            'a' + (int)i, at[0], at[1], at[2], 'a' + (int)i, view->fov_y_deg);
        length += (size_t)written;
        comma = ",";
    }
    assert_true(length + 2 < COMMANDS_MAX);
    snprintf(json + length, COMMANDS_MAX - length, "]");
}

/// The camera must be where the command put it: otherwise rays and picture could agree about the wrong view.
static void check_camera(const tachy_camera *camera, const struct view_row *view)
{
    double in_camera[3], distance = 0;
    for (int row = 0; row < 3; row++) {
        const double *m = &camera->camera_from_world[row * 4];
        in_camera[row] = m[3];
        for (int i = 0; i < 3; i++)
            in_camera[row] += m[i] * view->looks_at[i];
    }
    for (int i = 0; i < 3; i++)
        distance +=
            (view->looks_at[i] - view->position[i]) * (view->looks_at[i] - view->position[i]);
    assert_true(fabs(in_camera[0]) < 1e-6 && fabs(in_camera[1]) < 1e-6);
    assert_true(fabs(in_camera[2] - sqrt(distance)) < 1e-6);
    double focal = view->height / (2 * tan(view->fov_y_deg * 3.14159265358979323846 / 360));
    assert_true(fabs(camera->fx / focal - 1) < 1e-6 && fabs(camera->fy / focal - 1) < 1e-6);
    assert_true(fabs(camera->cx - view->width / 2.0) < 1e-9);
    assert_true(fabs(camera->cy - view->height / 2.0) < 1e-9);
}

/// Every node with a mesh is an object: depth-first, named after its node, its category the mesh's name, its id the row. Shell has no row.
static uint32_t *match_identities(const struct oracle_model *model, const tachy_frame *frame)
{
    uint32_t *id_of_object = calloc(model->object_count, sizeof *id_of_object);
    uint32_t rows = 0;
    for (size_t i = 0; i < model->object_count; i++) {
        const struct oracle_object *object = &model->objects[i];
        if (object->shell)
            continue;
        id_of_object[i] = ++rows;
        const tachy_identity *identity = tachy_frame_identity(frame, rows);
        assert_non_null(identity);
        assert_int_equal(identity->object_id, rows);
        if (object->name[0] != '\0')
            assert_string_equal(identity->name, object->name);
        assert_string_equal(identity->category, object->category);
    }
    size_t count = 0;
    tachy_frame_identities(frame, &count);
    assert_int_equal(count, rows);
    return id_of_object;
}

static void judge_view(struct producer *producer, const struct oracle_model *model,
                       struct caster *caster, const struct case_row *row, size_t index)
{
    const char avatar[] = {(char)('a' + (int)index), '\0'};
    const struct view_row *view = &row->views[index];
    tachy_stream *stream = producer_attach(producer, avatar, TACHY_NEWEST);
    tachy_frame *frame = producer_next(producer, stream, "depth");
    const tachy_camera *camera = tachy_frame_cameras(frame, NULL);
    const tachy_plane *depth = tachy_frame_plane(frame, "depth");
    const tachy_plane *id = tachy_frame_plane(frame, "id");
    assert_true(camera != NULL && depth != NULL && id != NULL);
    assert_true(depth->format == TACHY_F32 && depth->channels == 1 && id->format == TACHY_U32 &&
                id->channels == 1);
    assert_true(depth->width == view->width && depth->height == view->height);
    assert_true(id->width == view->width && id->height == view->height);
    check_camera(camera, view);

    uint32_t *id_of_object = match_identities(model, frame);
    const struct judge_scene scene = {caster, id_of_object};
    struct judgement judgement;
    judge_image(&scene, camera, depth, id, 0, &judgement);
    print_message("# %s %s: %llu pixels, %llu certain, %llu background, worst depth %.2f of what "
                  "is allowed\n",
                  row->file, avatar, (unsigned long long)judgement.pixels,
                  (unsigned long long)judgement.certain, (unsigned long long)judgement.background,
                  judgement.worst);
    if (judgement.wrong_id + judgement.wrong_depth > 0)
        fail_msg("%s %s: %llu wrong ids, %llu wrong depths; %s", row->file, avatar,
                 (unsigned long long)judgement.wrong_id, (unsigned long long)judgement.wrong_depth,
                 judgement.first);
    assert_true((double)judgement.certain >= row->certain * (double)judgement.pixels);
    free(id_of_object);
    tachy_frame_release(&frame);
    tachy_stream_detach(&stream);
}

static void judge_case(const struct case_row *row)
{
    char path[512], error[256], commands[COMMANDS_MAX], avatars[16];
    snprintf(path, sizeof path, "%s/tests/models/%s", TACHY_TEST_SOURCE, row->file);
    struct oracle_model model;
    if (!oracle_model_load(path, &model, error))
        fail_msg("%s", error);
    size_t views = 0;
    while (views < VIEWS_MAX && row->views[views].width > 0)
        views++;
    snprintf(avatars, sizeof avatars, "%zu", views);
    write_commands(row, commands);
    struct producer producer;
    producer_start(
        &producer, commands,
        (const char *const[]){"--scene", path, "--avatars", avatars, "--fps", "20", NULL});
    struct caster *caster = caster_create(&model);
    for (size_t i = 0; i < views; i++)
        judge_view(&producer, &model, caster, row, i);
    producer_end(&producer);
    caster_destroy(caster);
    oracle_model_unload(&model);
}

static void a_textured_box_is_where_rays_find_it(void **state)
{
    (void)state;
    judge_case(&box);
}

static void a_room_of_nested_and_mirrored_furniture_is_where_rays_find_it(void **state)
{
    (void)state;
    judge_case(&room);
}

static void culling_clipping_and_transparency_are_as_rays_find_them(void **state)
{
    (void)state;
    judge_case(&traps);
}

static void textures_cut_holes_where_rays_pass(void **state)
{
    (void)state;
    judge_case(&cutout);
}

TACHY_TEST_MAIN(cmocka_unit_test(a_textured_box_is_where_rays_find_it),
                cmocka_unit_test(a_room_of_nested_and_mirrored_furniture_is_where_rays_find_it),
                cmocka_unit_test(culling_clipping_and_transparency_are_as_rays_find_them),
                cmocka_unit_test(textures_cut_holes_where_rays_pass))
