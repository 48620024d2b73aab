// The id table that readers see: rows in order, colours distinct.
#include "producer/publish/identity.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <tachy/read.h>

#include "tests/lib/main.h"

enum { OBJECTS = 300 };

static tachy_writer *make_writer(const char *name)
{
    static const tachy_plane_params plane = {"id", TACHY_U32, 1, 4, 4, 1};
    tachy_writer_params params = {
        .size = sizeof params, .name = name, .planes = &plane, .plane_count = 1};
    tachy_writer *writer = NULL;
    assert_int_equal(tachy_writer_create(&params, &writer), TACHY_OK);
    return writer;
}

static void add_objects(struct scene *scene)
{
    for (int i = 0; i < OBJECTS; i++) {
        char name[32], category[32];
        snprintf(name, sizeof name, "thing %d", i);
        snprintf(category, sizeof category, "kind %d", i % 7);
        struct scene_object *object;
        bool shell = i % 10 == 9;
        assert_int_equal(scene_add_object(scene, 1000 - i, name, category, 0, shell, &object),
                         TACHY_OK);
    }
}

static tachy_frame *publish_and_read(tachy_writer *writer, const char *name, tachy_stream **stream)
{
    tachy_draft *draft = NULL;
    assert_int_equal(tachy_writer_claim(writer, 0, &draft), TACHY_OK);
    assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
    tachy_stream_params params = {.size = sizeof params, .name = name};
    assert_int_equal(tachy_stream_attach(&params, 0, stream), TACHY_OK);
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(*stream, 0, &frame), TACHY_OK);
    return frame;
}

static uint32_t packed(const uint8_t rgb[3])
{
    return (uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2];
}

static int by_value(const void *a, const void *b)
{
    uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
    return left < right ? -1 : left > right;
}

// Sorted, counted once each.
static size_t distinct(uint32_t *colors, size_t count)
{
    qsort(colors, count, sizeof *colors, by_value);
    size_t different = count > 0;
    for (size_t i = 1; i < count; i++)
        different += colors[i] != colors[i - 1];
    return different;
}

static void readers_see_each_object_once_with_a_colour_of_its_own(void **state)
{
    (void)state;
    char name[64];
    snprintf(name, sizeof name, "identity-%d/a", (int)getpid());
    tachy_writer *writer = make_writer(name);
    struct scene *scene = scene_create();
    struct scene_part *parts = calloc(1, sizeof *parts);
    uint32_t model;
    assert_non_null(scene);
    assert_int_equal(scene_add_model(scene, parts, 0, &model), TACHY_OK);
    add_objects(scene);
    struct identity_book book = {0};
    assert_int_equal(identity_tell(&book, writer, scene), TACHY_OK);
    assert_int_equal(identity_tell(&book, writer, scene),
                     TACHY_OK); // nothing new: nothing told twice

    tachy_stream *stream = NULL;
    tachy_frame *frame = publish_and_read(writer, name, &stream);
    size_t count;
    const tachy_identity *rows = tachy_frame_identities(frame, &count);
    assert_int_equal(count, OBJECTS - OBJECTS / 10);
    uint32_t id_colors[OBJECTS], category_colors[OBJECTS];
    for (size_t i = 0; i < count; i++) {
        const struct scene_object *object = scene_find_object(scene, rows[i].object_id);
        assert_non_null(object);
        assert_int_equal(object->row, i + 1);
        assert_string_equal(rows[i].name, object->name);
        assert_string_equal(rows[i].category, object->category);
        id_colors[i] = packed(rows[i].id_color);
        category_colors[i] = packed(rows[i].category_color);
        assert_int_not_equal(id_colors[i], 0);
    }
    assert_int_equal(distinct(id_colors, count), count);
    assert_int_equal(distinct(category_colors, count), 7);

    tachy_frame_release(&frame);
    tachy_stream_detach(&stream);
    identity_finish(&book);
    scene_destroy(&scene);
    tachy_writer_destroy(&writer);
}

TACHY_TEST_MAIN(cmocka_unit_test(readers_see_each_object_once_with_a_colour_of_its_own))
