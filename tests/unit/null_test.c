// NULL where a pointer is wanted: refused, never followed.
#include <stdio.h>
#include <string.h>
#include <tachy/tachy.h>
#include <unistd.h>

#include "tests/lib/main.h"

static const tachy_plane_params color = {"color", TACHY_U8, 1, 8, 8, 4};

/// Refused, with a line that names the argument.
#define assert_refused(call, argument)                                                             \
    do {                                                                                           \
        assert_int_equal(call, TACHY_INVALID);                                                     \
        assert_non_null(strstr(tachy_error(), argument " is NULL"));                               \
    } while (0)

static tachy_writer *make_writer(char name[64])
{
    snprintf(name, 64, "null%d/a", (int)getpid());
    const tachy_writer_params params = {
        .size = sizeof params, .name = name, .planes = &color, .plane_count = 1};
    tachy_writer *writer = NULL;
    if (tachy_writer_create(&params, &writer) != TACHY_OK)
        fail_msg("%s", tachy_error());
    return writer;
}

static void a_writer_refuses_null(void **state)
{
    (void)state;
    char name[64];
    tachy_writer *writer = make_writer(name), *none = NULL;
    tachy_draft *draft = NULL;
    const tachy_identity red = {.name = "red"};
    tachy_writer_stats stats = {.size = sizeof stats};
    void *base;
    size_t bytes;
    uint64_t planes;
    uint32_t id;
    const tachy_writer_params params = {.size = sizeof params, .name = name, .plane_count = 1};
    assert_refused(tachy_writer_create(&params, NULL), "writer");
    assert_int_equal(tachy_writer_create(&params, &none), TACHY_INVALID);
    assert_int_equal(tachy_writer_create(NULL, &none), TACHY_INVALID);
    assert_refused(tachy_writer_claim(NULL, 0, &draft), "writer");
    assert_refused(tachy_writer_claim(writer, 0, NULL), "draft");
    assert_refused(tachy_writer_wanted(NULL, &planes), "writer");
    assert_refused(tachy_writer_wanted(writer, NULL), "planes");
    assert_refused(tachy_writer_add_identity(NULL, &red, &id), "writer");
    assert_refused(tachy_writer_add_identity(writer, NULL, &id), "identity");
    assert_refused(tachy_writer_add_identity(writer, &red, NULL), "id");
    assert_refused(tachy_writer_memory(NULL, &base, &bytes), "writer");
    assert_refused(tachy_writer_memory(writer, NULL, &bytes), "base");
    assert_refused(tachy_writer_memory(writer, &base, NULL), "bytes");
    assert_refused(tachy_writer_resize(NULL, &params), "writer");
    assert_refused(tachy_writer_read_stats(NULL, &stats), "writer");
    assert_refused(tachy_writer_read_stats(writer, NULL), "stats");
    tachy_writer_destroy(NULL);
    tachy_writer_destroy(&none);
    tachy_writer_destroy(&writer);
}

static void a_draft_refuses_null(void **state)
{
    (void)state;
    char name[64];
    tachy_writer *writer = make_writer(name);
    tachy_draft *draft = NULL, *none = NULL;
    const tachy_camera camera = {.fx = 1};
    assert_int_equal(tachy_writer_claim(writer, 0, &draft), TACHY_OK);
    assert_null(tachy_draft_plane(NULL, "color", NULL));
    assert_null(tachy_draft_plane(draft, NULL, NULL));
    assert_refused(tachy_draft_set_camera(NULL, 0, &camera), "draft");
    assert_refused(tachy_draft_set_camera(draft, 0, NULL), "camera");
    assert_refused(tachy_draft_set_frame(NULL, 1, 1, 1), "draft");
    assert_refused(tachy_draft_set_valid(NULL, 1), "draft");
    assert_refused(tachy_draft_publish(NULL), "draft");
    assert_refused(tachy_draft_publish(&none), "draft");
    tachy_draft_abort(NULL);
    tachy_draft_abort(&none);
    assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
    assert_refused(tachy_draft_publish(&draft), "draft"); // it is published
    tachy_writer_destroy(&writer);
}

static void a_stream_and_a_listing_refuse_null(void **state)
{
    (void)state;
    char name[64];
    tachy_writer *writer = make_writer(name);
    tachy_stream *stream = NULL;
    tachy_listing *listing = NULL;
    tachy_frame *frame = NULL;
    tachy_stats stats = {.size = sizeof stats};
    const tachy_info *info;
    const char *text;
    const tachy_stream_params params = {.size = sizeof params, .name = name};
    const tachy_stream_params nameless = {.size = sizeof nameless};
    assert_refused(tachy_stream_attach(&params, 0, NULL), "stream");
    assert_int_equal(tachy_stream_attach(NULL, 0, &stream), TACHY_INVALID);
    assert_int_equal(tachy_stream_attach(&nameless, 0, &stream), TACHY_INVALID);
    assert_int_equal(tachy_stream_attach(&params, 0, &stream), TACHY_OK);
    assert_refused(tachy_stream_next(NULL, 0, &frame), "stream");
    assert_refused(tachy_stream_next(stream, 0, NULL), "frame");
    assert_refused(tachy_stream_info(NULL, &info), "stream");
    assert_refused(tachy_stream_info(stream, NULL), "info");
    assert_refused(tachy_stream_stats(NULL, &stats), "stream");
    assert_refused(tachy_stream_stats(stream, NULL), "stats");
    assert_refused(tachy_listing_create(NULL), "listing");
    assert_int_equal(tachy_listing_create(&listing), TACHY_OK);
    assert_null(tachy_listing_at(NULL, 0));
    assert_null(tachy_listing_reader(NULL, 0, 0));
    assert_refused(tachy_listing_failure(NULL, 0, &text, &text), "listing");
    assert_refused(tachy_listing_failure(listing, 0, NULL, &text), "name");
    assert_refused(tachy_listing_failure(listing, 0, &text, NULL), "line");
    tachy_listing_destroy(&listing);
    tachy_listing_destroy(&listing);
    tachy_listing_destroy(NULL);
    tachy_stream_detach(&stream);
    tachy_stream_detach(&stream);
    tachy_stream_detach(NULL);
    tachy_writer_destroy(&writer);
}

static void no_frame_is_nothing(void **state)
{
    (void)state;
    tachy_frame *none = NULL;
    int64_t numerator = 7, denominator = 8;
    size_t count = 9;
    assert_int_equal(tachy_frame_sequence(NULL), 0);
    assert_int_equal(tachy_frame_number(NULL), 0);
    assert_int_equal(tachy_frame_time_ns(NULL), 0);
    assert_int_equal(tachy_frame_published_ns(NULL), 0);
    tachy_frame_time(NULL, &numerator, &denominator);
    assert_true(numerator == 7 && denominator == 8);
    assert_null(tachy_frame_plane(NULL, "color"));
    assert_null(tachy_frame_cameras(NULL, &count));
    assert_int_equal(count, 0);
    assert_null(tachy_frame_identity(NULL, 1));
    assert_null(tachy_frame_identities(NULL, &count));
    assert_null(tachy_pass_plane(NULL));
    tachy_frame_release(NULL);
    tachy_frame_release(&none);
}

static void a_frame_refuses_null(void **state)
{
    (void)state;
    char name[64];
    tachy_writer *writer = make_writer(name);
    const tachy_stream_params params = {.size = sizeof params, .name = name};
    tachy_stream *stream = NULL;
    tachy_draft *draft = NULL;
    tachy_frame *frame = NULL, *clone = NULL;
    assert_int_equal(tachy_stream_attach(&params, 0, &stream), TACHY_OK);
    assert_int_equal(tachy_writer_claim(writer, 0, &draft), TACHY_OK);
    assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
    uint8_t rgb[8 * 8 * 3];
    const void *packed;
    size_t bytes;
    tachy_frame_time(frame, NULL, NULL);
    assert_null(tachy_frame_plane(frame, NULL));
    tachy_frame_cameras(frame, NULL);
    tachy_frame_identities(frame, NULL);
    assert_refused(tachy_frame_encode(NULL, 0, "_img", NULL, rgb, sizeof rgb, 0), "frame");
    assert_refused(tachy_frame_encode(frame, 0, NULL, NULL, rgb, sizeof rgb, 0), "pass");
    assert_refused(tachy_frame_encode(frame, 0, "_img", NULL, NULL, sizeof rgb, 0), "rgb");
    assert_int_equal(tachy_frame_encode(frame, 0, "_img", NULL, rgb, 0, 0), TACHY_INVALID);
    assert_int_equal(tachy_frame_encode(frame, 0, "_img", NULL, rgb, sizeof rgb, 0), TACHY_OK);
    assert_refused(tachy_frame_header(NULL, &packed, &bytes), "frame");
    assert_refused(tachy_frame_header(frame, NULL, &bytes), "packed");
    assert_refused(tachy_frame_header(frame, &packed, NULL), "bytes");
    assert_refused(tachy_frame_clone(NULL, &clone), "frame");
    assert_refused(tachy_frame_clone(frame, NULL), "clone");
    tachy_frame_release(&frame);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

TACHY_TEST_MAIN(cmocka_unit_test(a_writer_refuses_null), cmocka_unit_test(a_draft_refuses_null),
                cmocka_unit_test(a_stream_and_a_listing_refuse_null),
                cmocka_unit_test(no_frame_is_nothing), cmocka_unit_test(a_frame_refuses_null))
