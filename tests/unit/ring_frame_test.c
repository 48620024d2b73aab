// A frame: what travels with it, and what it refers to when its writer has gone.
#include <stdio.h>

#include "tests/lib/main.h"
#include "tests/lib/ring.h"

static void a_frame_carries_its_number_time_and_valid_planes(void **state)
{
    (void)state;
    tachy_writer *writer = test_ring_writer(1, 1);
    tachy_stream *stream = test_ring_reader(TACHY_NEWEST, 1);
    tachy_draft *draft = NULL;
    assert_int_equal(tachy_writer_claim(writer, 0, &draft), TACHY_OK);
    assert_int_equal(tachy_draft_set_frame(draft, 42, 1, 0), TACHY_INVALID);
    assert_int_equal(tachy_draft_set_frame(draft, 42, -5, 60), TACHY_OK);
    assert_int_equal(tachy_draft_set_valid(draft, 8), TACHY_INVALID);
    assert_int_equal(tachy_draft_set_valid(draft, 5), TACHY_OK);
    assert_null(tachy_draft_plane(draft, "nonsense", NULL));
    const tachy_plane *layout = NULL;
    assert_non_null(tachy_draft_plane(draft, "depth", &layout));
    assert_int_equal(layout->row_bytes, 64);
    assert_int_equal(layout->image_bytes, 256);
    assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
    assert_int_equal(tachy_frame_number(frame), 42);
    int64_t numerator, denominator;
    tachy_frame_time(frame, &numerator, &denominator);
    assert_int_equal(numerator, -5);
    assert_int_equal(denominator, 60);
    assert_int_equal(tachy_frame_time_ns(frame), -83333333);
    assert_true(tachy_frame_published_ns(frame) > 0);
    assert_non_null(tachy_frame_plane(frame, "color"));
    assert_null(tachy_frame_plane(frame, "depth"));
    const tachy_plane *id = tachy_frame_plane(frame, "id");
    assert_int_equal((uintptr_t)id->data % 64, 0);
    assert_int_equal(id->width, RING_WIDTH);
    assert_int_equal(id->format, TACHY_U32);
    tachy_frame_release(&frame);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void the_last_frame_says_whose_its_ids_are_when_the_writer_has_gone(void **state)
{
    (void)state;
    tachy_writer *writer = test_ring_writer(1, 1);
    tachy_identity chair = {.object_id = 7, .name = "chair", .category = "seat"};
    uint32_t id = 0;
    assert_int_equal(tachy_writer_add_identity(writer, &chair, &id), TACHY_OK);
    test_ring_publish(writer);
    tachy_stream *stream = test_ring_reader(TACHY_NEWEST, 1);
    tachy_writer_destroy(&writer);
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
    const tachy_identity *identity = tachy_frame_identity(frame, id);
    assert_non_null(identity);
    assert_string_equal(identity->name, "chair");
    tachy_frame_release(&frame);
    tachy_stream_detach(&stream);
}

static void a_clone_says_the_same_and_outlives_everything(void **state)
{
    (void)state;
    tachy_writer *writer = test_ring_writer(1, 1);
    tachy_stream *stream = test_ring_reader(TACHY_NEWEST, 1);
    tachy_identity chair = {-7, {1, 2, 3}, {4, 5, 6}, "chair", "furniture"};
    uint32_t id = 0;
    assert_int_equal(tachy_writer_add_identity(writer, &chair, &id), TACHY_OK);
    assert_int_equal(id, 1);
    tachy_draft *draft = NULL;
    assert_int_equal(tachy_writer_claim(writer, 0, &draft), TACHY_OK);
    const tachy_plane *layout = NULL;
    char *depth = tachy_draft_plane(draft, "depth", &layout);
    for (uint32_t y = 0; y < layout->height; y++)
        for (uint32_t x = 0; x < layout->width; x++)
            ((float *)(depth + y * layout->row_bytes))[x] = (float)(10 * y + x);
    tachy_camera camera = {.fx = 3, .far_m = 50, .name = "a"};
    assert_int_equal(tachy_draft_set_camera(draft, 1, &camera), TACHY_INVALID);
    assert_int_equal(tachy_draft_set_camera(draft, 0, &camera), TACHY_OK);
    assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
    tachy_frame *frame = NULL, *clone = NULL, *second = NULL;
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
    assert_int_equal(tachy_frame_clone(frame, &clone), TACHY_OK);
    tachy_frame_release(&frame);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
    assert_int_equal(tachy_frame_clone(clone, &second), TACHY_OK);
    tachy_frame_release(&clone);
    const tachy_plane *copied = tachy_frame_plane(second, "depth");
    for (uint32_t y = 0; y < RING_HEIGHT; y++)
        for (uint32_t x = 0; x < RING_WIDTH; x++)
            assert_true(((const float *)((const char *)copied->data + y * copied->row_bytes))[x] ==
                        (float)(10 * y + x));
    size_t count = 0;
    const tachy_camera *cameras = tachy_frame_cameras(second, &count);
    assert_int_equal(count, 1);
    assert_true(cameras[0].fx == 3 && cameras[0].far_m == 50);
    const tachy_identity *identity = tachy_frame_identity(second, 1);
    assert_int_equal(identity->object_id, -7);
    assert_string_equal(identity->name, "chair");
    assert_string_equal(identity->category, "furniture");
    tachy_frame_release(&second);
}

static void a_frame_refers_to_the_identities_it_was_published_with(void **state)
{
    (void)state;
    tachy_writer *writer = test_ring_writer(2, 1);
    tachy_stream *stream = test_ring_reader(TACHY_EVERY, 2);
    test_ring_publish(writer);
    uint32_t id = 0;
    for (int i = 0; i < 3000; i++) { // beyond the first two generations of the table
        char text[32];
        snprintf(text, sizeof text, "object %d", i);
        tachy_identity identity = {i, {0}, {0}, text, NULL};
        assert_int_equal(tachy_writer_add_identity(writer, &identity, &id), TACHY_OK);
        assert_int_equal(id, i + 1);
    }
    test_ring_publish(writer);
    tachy_frame *before = NULL, *after = NULL;
    assert_int_equal(tachy_stream_next(stream, 0, &before), TACHY_OK);
    assert_int_equal(tachy_stream_next(stream, 0, &after), TACHY_OK);
    size_t count = 1;
    assert_null(tachy_frame_identities(before, &count));
    assert_int_equal(count, 0);
    assert_null(tachy_frame_identity(before, 1));
    const tachy_identity *all = tachy_frame_identities(after, &count);
    assert_int_equal(count, 3000);
    assert_string_equal(all[2999].name, "object 2999");
    assert_string_equal(all[2999].category, "");
    assert_null(tachy_frame_identity(after, 0));
    assert_null(tachy_frame_identity(after, 3001));
    tachy_frame_release(&before);
    tachy_frame_release(&after);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

TACHY_TEST_MAIN(cmocka_unit_test(a_frame_carries_its_number_time_and_valid_planes),
                cmocka_unit_test(the_last_frame_says_whose_its_ids_are_when_the_writer_has_gone),
                cmocka_unit_test(a_clone_says_the_same_and_outlives_everything),
                cmocka_unit_test(a_frame_refers_to_the_identities_it_was_published_with))
