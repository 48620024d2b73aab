// The flat form's check refuses each kind of damage, and says where it is.
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "producer/import/flat_build.h"
#include "producer/scene/scene.h"
#include "tests/lib/main.h"

struct form {
    struct flat_header *header;
    size_t size;
};

/// Two nodes (the second with a draw), a triangle, a 2x2 texture, a camera and a light.
static int setup(void **state)
{
    struct flat_build build = {0};
    struct form *form = calloc(1, sizeof *form);
    struct flat_text name = flat_build_text(&build, "name");
    struct flat_node *nodes = flat_build_add(&build, FLAT_NODES, 2, NULL);
    for (int i = 0; i < 2; i++) {
        struct mat4 one = mat4_identity();
        nodes[i] = (struct flat_node){name, i ? 0 : FLAT_NONE, 0, 0, (uint32_t)i, {0}};
        memcpy(nodes[i].local, one.m, sizeof one.m);
    }
    *(struct flat_draw *)flat_build_add(&build, FLAT_DRAWS, 1, NULL) = (struct flat_draw){0, 0};
    *(struct flat_mesh *)flat_build_add(&build, FLAT_MESHES, 1, NULL) =
        (struct flat_mesh){name, 0, 3, 0, 3};
    (void)flat_build_add(&build, FLAT_VERTICES, 3, NULL);
    uint32_t *indices = flat_build_add(&build, FLAT_INDICES, 3, NULL);
    indices[1] = 1;
    indices[2] = 2;
    *(struct flat_material *)flat_build_add(&build, FLAT_MATERIALS, 1, NULL) =
        (struct flat_material){.name = name, .base_color_texture = 0};
    *(struct flat_texture *)flat_build_add(&build, FLAT_TEXTURES, 1, NULL) =
        (struct flat_texture){.name = name, .width = 2, .height = 2, .srgb = 1};
    (void)flat_build_add(&build, FLAT_PIXELS, 16, NULL);
    *(struct flat_camera *)flat_build_add(&build, FLAT_CAMERAS, 1, NULL) =
        (struct flat_camera){.name = name, .fov_y_deg = 50, .near_m = .1, .far_m = 10};
    (void)flat_build_add(&build, FLAT_LIGHTS, 1, NULL);
    void *flat;
    assert_int_equal(flat_build_finish(&build, "file", &flat, &form->size), TACHY_OK);
    flat_build_free(&build);
    form->header = flat;
    *state = form;
    return 0;
}

static int teardown(void **state)
{
    struct form *form = *state;
    free(form->header);
    free(form);
    return 0;
}

static void *at(const struct form *form, enum flat_section section, size_t index)
{
    return (char *)form->header + form->header->arrays[section].offset +
           index * flat_record_bytes[section];
}

static void is_refused(const struct form *form, const char *line)
{
    assert_int_equal(flat_check(form->header, form->size, "file"), TACHY_CORRUPT);
    assert_string_equal(error_line(), line);
}

static void a_whole_form_passes(void **state)
{
    struct form *form = *state;
    assert_int_equal(flat_check(form->header, form->size, "file"), TACHY_OK);
}

static void what_is_no_form_at_all_is_refused(void **state)
{
    struct form *form = *state;
    assert_int_equal(flat_check(form->header, 16, "file"), TACHY_CORRUPT);
    form->header->magic = 7;
    is_refused(form, "file: not an imported scene");
}

static void another_version_is_refused(void **state)
{
    struct form *form = *state;
    form->header->version = 99;
    assert_int_equal(flat_check(form->header, form->size, "file"), TACHY_CORRUPT);
    assert_non_null(strstr(error_line(), "version 99"));
}

static void a_form_cut_short_is_refused(void **state)
{
    struct form *form = *state;
    form->size -= 16;
    assert_int_equal(flat_check(form->header, form->size, "file"), TACHY_CORRUPT);
    form->header->bytes = form->size;
    is_refused(form, "file: imported scene: texts are out of range");
}

static void a_section_out_of_range_is_refused(void **state)
{
    struct form *form = *state;
    static const struct flat_array bad[] = {{0, 1},
                                            {UINT64_MAX - 15, 1},
                                            {1 << 30, 1},
                                            {24, 1},
                                            {sizeof(struct flat_header) + 8, 1},
                                            {1024, UINT64_MAX},
                                            {1024, UINT64_MAX / 8},
                                            {1024, 1000}};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        form->header->arrays[FLAT_NODES] = bad[i];
        is_refused(form, "file: imported scene: nodes are out of range");
    }
}

static void a_parent_that_does_not_come_before_is_refused(void **state)
{
    struct form *form = *state;
    ((struct flat_node *)at(form, FLAT_NODES, 1))->parent = 1;
    is_refused(form, "file: imported scene: nodes[1]: its parent does not come before it");
}

static void a_matrix_that_is_not_finite_or_not_affine_is_refused(void **state)
{
    struct form *form = *state;
    struct flat_node *node = at(form, FLAT_NODES, 0);
    node->local[3] = NAN;
    is_refused(form, "file: imported scene: nodes[0]: its matrix is not finite");
    node->local[3] = 0;
    node->local[12] = 1;
    is_refused(form, "file: imported scene: nodes[0]: its matrix is not affine");
}

static void draws_out_of_range_are_refused(void **state)
{
    struct form *form = *state;
    struct flat_node *node = at(form, FLAT_NODES, 1);
    node->first_draw = UINT32_MAX;
    is_refused(form, "file: imported scene: nodes[1]: its draws are out of range");
    node->first_draw = 1;
    is_refused(form, "file: imported scene: nodes[1]: its draws are out of range");
}

static void a_draw_of_no_mesh_or_material_is_refused(void **state)
{
    struct form *form = *state;
    struct flat_draw *draw = at(form, FLAT_DRAWS, 0);
    draw->mesh = 1;
    is_refused(form, "file: imported scene: draws[0]: its mesh is out of range");
    *draw = (struct flat_draw){0, 1};
    is_refused(form, "file: imported scene: draws[0]: its material is out of range");
}

static void a_mesh_beyond_its_vertices_or_indices_is_refused(void **state)
{
    struct form *form = *state;
    struct flat_mesh *mesh = at(form, FLAT_MESHES, 0), whole = *mesh;
    mesh->first_vertex = 1;
    is_refused(form, "file: imported scene: meshes[0]: its vertices are out of range");
    *mesh = whole;
    mesh->first_index = UINT64_MAX;
    is_refused(form, "file: imported scene: meshes[0]: its indices are out of range");
    *mesh = whole;
    mesh->index_count = 2;
    is_refused(form, "file: imported scene: meshes[0]: its counts are out of range");
    *mesh = whole;
    *(uint32_t *)at(form, FLAT_INDICES, 2) = 3;
    is_refused(form, "file: imported scene: meshes[0]: an index is beyond its vertices");
}

static void a_vertex_that_is_not_finite_is_refused(void **state)
{
    struct form *form = *state;
    struct scene_vertex *vertex = at(form, FLAT_VERTICES, 2);
    float *numbers[] = {&vertex->position[1], &vertex->normal[0], &vertex->tangent[3],
                        &vertex->uv[1]};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        *numbers[i] = i % 2 ? INFINITY : NAN;
        is_refused(form, "file: imported scene: vertices[2]: it is not finite");
        *numbers[i] = 0;
    }
    vertex->color[3] = UINT16_MAX; // any colour is one
    assert_int_equal(flat_check(form->header, form->size, "file"), TACHY_OK);
}

static void a_text_without_its_end_is_refused(void **state)
{
    struct form *form = *state;
    struct flat_node *node = at(form, FLAT_NODES, 0);
    node->name.bytes = 3; // the fourth byte is no NUL
    is_refused(form, "file: imported scene: nodes[0]: its name is out of range");
    node->name.bytes = 5;
    is_refused(form, "file: imported scene: nodes[0]: its name is out of range");
    node->name.bytes = UINT32_MAX;
    is_refused(form, "file: imported scene: nodes[0]: its name is out of range");
}

static void a_material_out_of_range_is_refused(void **state)
{
    struct form *form = *state;
    struct flat_material *material = at(form, FLAT_MATERIALS, 0), whole = *material;
    material->base_color_texture = 1;
    is_refused(form, "file: imported scene: materials[0]: its texture is out of range");
    *material = whole;
    material->alpha = 3;
    is_refused(form, "file: imported scene: materials[0]: a choice is out of range");
    *material = whole;
    material->emissive[2] = INFINITY;
    is_refused(form, "file: imported scene: materials[0]: a number is not finite");
}

static void a_texture_beyond_its_pixels_is_refused(void **state)
{
    struct form *form = *state;
    struct flat_texture *texture = at(form, FLAT_TEXTURES, 0), whole = *texture;
    texture->height = 3;
    is_refused(form, "file: imported scene: textures[0]: its pixels are out of range");
    texture->height = 0;
    is_refused(form, "file: imported scene: textures[0]: its size is out of range");
    texture->height = 65537;
    is_refused(form, "file: imported scene: textures[0]: its size is out of range");
    *texture = whole;
    texture->wrap_v = 3;
    is_refused(form, "file: imported scene: textures[0]: a choice is out of range");
    *texture = whole;
    texture->offset = UINT64_MAX;
    is_refused(form, "file: imported scene: textures[0]: its pixels are out of range");
}

static void a_camera_or_light_out_of_range_is_refused(void **state)
{
    struct form *form = *state;
    struct flat_camera *camera = at(form, FLAT_CAMERAS, 0), whole = *camera;
    camera->node = 2;
    is_refused(form, "file: imported scene: cameras[0]: its node is out of range");
    *camera = whole;
    camera->fov_y_deg = NAN;
    is_refused(form, "file: imported scene: cameras[0]: its lens is out of range");
    *camera = whole;
    camera->near_m = 10;
    is_refused(form, "file: imported scene: cameras[0]: its lens is out of range");
    *camera = whole;
    struct flat_light *light = at(form, FLAT_LIGHTS, 0);
    light->type = 3;
    is_refused(form, "file: imported scene: lights[0]: its type is out of range");
    *light = (struct flat_light){.intensity = NAN};
    is_refused(form, "file: imported scene: lights[0]: a number is not finite");
    *light = (struct flat_light){.node = FLAT_NONE};
    is_refused(form, "file: imported scene: lights[0]: its node is out of range");
}

static void a_form_that_would_grow_beyond_its_limit_says_so(void **state)
{
    (void)state;
    struct flat_build build = {0};
    void *flat = NULL;
    size_t size;
    assert_null(flat_build_add(&build, FLAT_VERTICES, UINT64_MAX / 8, NULL));
    assert_null(flat_build_add(&build, FLAT_TEXTS, 1, NULL));
    assert_int_equal(flat_build_finish(&build, "file", &flat, &size), TACHY_CORRUPT);
    assert_string_equal(error_line(), "file: takes more than 4 GiB when read; use a smaller scene");
    flat_build_free(&build);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

TACHY_TEST_MAIN(TEST(a_whole_form_passes), TEST(what_is_no_form_at_all_is_refused),
                TEST(another_version_is_refused), TEST(a_form_cut_short_is_refused),
                TEST(a_section_out_of_range_is_refused),
                TEST(a_parent_that_does_not_come_before_is_refused),
                TEST(a_matrix_that_is_not_finite_or_not_affine_is_refused),
                TEST(draws_out_of_range_are_refused),
                TEST(a_draw_of_no_mesh_or_material_is_refused),
                TEST(a_mesh_beyond_its_vertices_or_indices_is_refused),
                TEST(a_vertex_that_is_not_finite_is_refused),
                TEST(a_text_without_its_end_is_refused), TEST(a_material_out_of_range_is_refused),
                TEST(a_texture_beyond_its_pixels_is_refused),
                TEST(a_camera_or_light_out_of_range_is_refused),
                TEST(a_form_that_would_grow_beyond_its_limit_says_so))
