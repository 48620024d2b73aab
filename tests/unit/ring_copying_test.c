// Copying readers in one process: they need no reservation, hold no slot, and keep what they were given.
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <tachy/tachy.h>

#include "tests/lib/main.h"

static char name[64];

static tachy_writer *make_writer(void)
{
    const tachy_plane_params planes[] = {{"color", TACHY_U8, 1, 4, 16, 4},
                                         {"depth", TACHY_F32, 1, 4, 16, 1}};
    snprintf(name, sizeof name, "copyingtest%d/a", (int)getpid());
    tachy_writer_params params = {.size = sizeof params,
                                  .name = name,
                                  .planes = planes,
                                  .plane_count = 2,
                                  .held_max = 1,
                                  .drafts_max = 1};
    tachy_writer *writer = NULL;
    if (tachy_writer_create(&params, &writer) != TACHY_OK)
        fail_msg("%s", tachy_error());
    return writer;
}

static tachy_stream *attach(bool copying, uint32_t held_max)
{
    tachy_stream_params params = {
        .size = sizeof params, .name = name, .copying = copying, .held_max = held_max};
    tachy_stream *stream = NULL;
    if (tachy_stream_attach(&params, 0, &stream) != TACHY_OK)
        fail_msg("%s", tachy_error());
    return stream;
}

static void publish(tachy_writer *writer, uint64_t sequence, uint64_t valid)
{
    tachy_draft *draft = NULL;
    tachy_camera camera = {.fx = (double)sequence};
    assert_int_equal(tachy_writer_claim(writer, 0, &draft), TACHY_OK);
    memset(tachy_draft_plane(draft, "color", NULL), (int)(sequence & 255), 256);
    assert_int_equal(tachy_draft_set_camera(draft, 0, &camera), TACHY_OK);
    assert_int_equal(tachy_draft_set_frame(draft, 10 * sequence, 1, 3), TACHY_OK);
    assert_int_equal(tachy_draft_set_valid(draft, valid), TACHY_OK);
    assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
}

static void check(const tachy_frame *frame, uint64_t sequence)
{
    assert_int_equal(tachy_frame_sequence(frame), sequence);
    assert_int_equal(tachy_frame_number(frame), 10 * sequence);
    const uint8_t *bytes = tachy_frame_plane(frame, "color")->data;
    for (int i = 0; i < 256; i++)
        assert_int_equal(bytes[i], sequence & 255);
    assert_true(tachy_frame_cameras(frame, NULL)[0].fx == (double)sequence);
}

static tachy_stats stats_of(const tachy_stream *stream)
{
    tachy_stats stats = {.size = sizeof stats};
    assert_int_equal(tachy_stream_stats(stream, &stats), TACHY_OK);
    return stats;
}

static void a_copying_reader_needs_no_reservation_and_its_frames_stay(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer();
    tachy_stream *viewing = attach(false, 1), *copying = attach(true, 2);
    tachy_frame *frames[2], *none = NULL;
    publish(writer, 1, 3);
    assert_int_equal(tachy_stream_next(copying, 0, &frames[0]), TACHY_OK);
    assert_int_equal(tachy_stream_next(copying, 0, &none), TACHY_EMPTY);
    publish(writer, 2, 3);
    publish(writer, 3, 3);
    assert_int_equal(tachy_stream_next(copying, 0, &frames[1]), TACHY_OK);
    assert_int_equal(tachy_stream_next(copying, 0, &none), TACHY_BUSY);
    tachy_stats stats = stats_of(copying);
    assert_true(stats.copying);
    assert_false(stats_of(viewing).copying);
    assert_int_equal(stats.received, 2);
    assert_int_equal(stats.skipped, 1);
    assert_int_equal(stats.held, 2);
    for (uint64_t sequence = 4; sequence < 50; sequence++)
        publish(writer, sequence, 3);
    tachy_frame *clone = NULL;
    assert_int_equal(tachy_frame_clone(frames[0], &clone), TACHY_OK);
    tachy_stream_detach(&copying);
    tachy_writer_destroy(&writer);
    check(frames[1], 3);
    check(frames[0], 1);
    check(clone, 1);
    for (int i = 0; i < 2; i++)
        tachy_frame_release(&frames[i]);
    tachy_frame_release(&clone);
    tachy_stream_detach(&viewing);
}

static void a_copy_has_the_planes_of_its_frame_only(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer();
    tachy_stream *stream = attach(true, 1);
    for (uint64_t sequence = 1; sequence <= 4; sequence++) {
        tachy_frame *frame = NULL;
        publish(writer, sequence, sequence % 2 == 0 ? 3 : 1);
        assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
        check(frame, sequence);
        assert_int_equal(tachy_frame_plane(frame, "depth") != NULL, sequence % 2 == 0);
        tachy_frame_release(&frame);
    }
    assert_int_equal(stats_of(stream).skipped, 0);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_reader_of_numbers_only_has_no_planes_and_copies_none(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer();
    tachy_stream_params params = {.size = sizeof params, .name = name, .numbers_only = true};
    tachy_stream *stream = NULL;
    assert_int_equal(tachy_stream_attach(&params, 0, &stream), TACHY_INVALID);
    params.copying = true;
    assert_int_equal(tachy_stream_attach(&params, 0, &stream), TACHY_OK);
    publish(writer, 1, 3);
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
    assert_int_equal(tachy_frame_sequence(frame), 1);
    assert_int_equal(tachy_frame_number(frame), 10);
    assert_true(tachy_frame_published_ns(frame) > 0);
    assert_true(tachy_frame_cameras(frame, NULL)[0].fx == 1.0);
    assert_null(tachy_frame_plane(frame, "color"));
    tachy_frame_release(&frame);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void copying_is_for_newest_readers_only(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer();
    const tachy_reading readings[] = {TACHY_EVERY, TACHY_LOSSLESS};
    for (int i = 0; i < 2; i++) {
        tachy_stream_params params = {
            .size = sizeof params, .name = name, .copying = true, .reading = readings[i]};
        tachy_stream *stream = NULL;
        assert_int_equal(tachy_stream_attach(&params, 0, &stream), TACHY_INVALID);
        assert_non_null(strstr(tachy_error(), "copying"));
    }
    tachy_writer_destroy(&writer);
}

static void closed_comes_after_the_last_copy(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer();
    tachy_stream *stream = attach(true, 1);
    publish(writer, 1, 3);
    tachy_writer_destroy(&writer);
    tachy_frame *frame = NULL, *none = NULL;
    assert_int_equal(tachy_stream_next(stream, TACHY_FOREVER, &frame), TACHY_OK);
    check(frame, 1);
    tachy_frame_release(&frame);
    assert_int_equal(tachy_stream_next(stream, TACHY_FOREVER, &none), TACHY_CLOSED);
    tachy_stream_detach(&stream);
}

TACHY_TEST_MAIN(cmocka_unit_test(a_copying_reader_needs_no_reservation_and_its_frames_stay),
                cmocka_unit_test(a_copy_has_the_planes_of_its_frame_only),
                cmocka_unit_test(a_reader_of_numbers_only_has_no_planes_and_copies_none),
                cmocka_unit_test(copying_is_for_newest_readers_only),
                cmocka_unit_test(closed_comes_after_the_last_copy))
