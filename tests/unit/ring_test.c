// A writer and readers in one process: what is handed out, what is counted, what is refused.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tachy/tachy.h>

#include "tests/lib/main.h"

enum { WIDTH = 5, HEIGHT = 3 };

static char name[64];

static tachy_writer *make_writer(uint32_t held_max, uint32_t history)
{
    const tachy_plane_params planes[] = {{"color", TACHY_U8, 1, HEIGHT, WIDTH, 4},
                                         {"depth", TACHY_F32, 1, HEIGHT, WIDTH, 1},
                                         {"id", TACHY_U32, 1, HEIGHT, WIDTH, 1}};
    snprintf(name, sizeof name, "ringtest%d/a", (int)getpid());
    tachy_writer_params params = {.size = sizeof params,
                                  .name = name,
                                  .planes = planes,
                                  .plane_count = 3,
                                  .held_max = held_max,
                                  .history = history,
                                  .tier = 2,
                                  .seed = 99};
    tachy_writer *writer = NULL;
    tachy_status status = tachy_writer_create(&params, &writer);
    if (status != TACHY_OK)
        fail_msg("%s", tachy_error());
    return writer;
}

static tachy_stream *attach(tachy_reading reading, uint32_t held_max)
{
    tachy_stream_params params = {
        .size = sizeof params, .name = name, .reading = reading, .held_max = held_max};
    tachy_stream *stream = NULL;
    tachy_status status = tachy_stream_attach(&params, 0, &stream);
    if (status != TACHY_OK)
        fail_msg("%s", tachy_error());
    return stream;
}

static void publish(tachy_writer *writer)
{
    tachy_draft *draft = NULL;
    assert_int_equal(tachy_writer_claim(writer, 0, &draft), TACHY_OK);
    tachy_writer_stats stats = {.size = sizeof stats};
    assert_int_equal(tachy_writer_read_stats(writer, &stats), TACHY_OK);
    memset(tachy_draft_plane(draft, "color", NULL), (int)(stats.published + 1), 4 * WIDTH);
    assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
    assert_null(draft);
}

static uint64_t next_sequence(tachy_stream *stream)
{
    tachy_frame *frame = NULL;
    tachy_status status = tachy_stream_next(stream, 0, &frame);
    if (status != TACHY_OK)
        return 0;
    uint64_t sequence = tachy_frame_sequence(frame);
    const tachy_plane *color = tachy_frame_plane(frame, "color");
    assert_int_equal(*(const uint8_t *)color->data, sequence & 255);
    tachy_frame_release(&frame);
    assert_null(frame);
    return sequence;
}

static tachy_stats stats_of(tachy_stream *stream)
{
    tachy_stats stats = {.size = sizeof stats};
    assert_int_equal(tachy_stream_stats(stream, &stats), TACHY_OK);
    return stats;
}

static void a_newest_reader_starts_at_the_frame_already_there_and_counts_skips(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(4, 1);
    for (int i = 0; i < 3; i++)
        publish(writer);
    tachy_stream *stream = attach(TACHY_NEWEST, 1);
    assert_int_equal(next_sequence(stream), 3);
    assert_int_equal(stats_of(stream).skipped, 0);
    assert_int_equal(next_sequence(stream), 0);
    for (int i = 0; i < 5; i++)
        publish(writer);
    assert_int_equal(stats_of(stream).lag, 5);
    assert_int_equal(next_sequence(stream), 8);
    tachy_stats stats = stats_of(stream);
    assert_int_equal(stats.skipped, 4);
    assert_int_equal(stats.lost, 0);
    assert_int_equal(stats.received, 2);
    assert_int_equal(stats.lag, 0);
    assert_int_equal(stats.latency_count, 2);
    assert_true(stats.latency_min_ns <= stats.latency_p50_ns);
    assert_true(stats.latency_p99_ns <= stats.latency_max_ns);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void an_every_reader_starts_at_the_oldest_kept_and_counts_losses(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(1, 2);
    for (int i = 0; i < 10; i++)
        publish(writer);
    tachy_stream *stream = attach(TACHY_EVERY, 1);
    for (uint64_t want = 8; want <= 10; want++)
        assert_int_equal(next_sequence(stream), want);
    assert_int_equal(next_sequence(stream), 0);
    for (int i = 0; i < 100; i++)
        publish(writer);
    uint64_t received = 3, last = 10, sequence;
    while ((sequence = next_sequence(stream)) != 0) {
        assert_true(sequence > last);
        last = sequence;
        received++;
    }
    assert_int_equal(last, 110);
    tachy_stats stats = stats_of(stream);
    assert_int_equal(stats.received, received);
    assert_true(received >= 3 + 3);
    assert_int_equal(stats.lost, 110 - 7 - received);
    assert_int_equal(stats.skipped, 0);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_pinned_slot_is_never_overwritten(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(3, 1);
    tachy_stream *stream = attach(TACHY_NEWEST, 3);
    tachy_frame *frames[3];
    for (int i = 0; i < 3; i++) {
        publish(writer);
        assert_int_equal(tachy_stream_next(stream, 0, &frames[i]), TACHY_OK);
    }
    tachy_frame *fourth = NULL;
    publish(writer);
    assert_int_equal(tachy_stream_next(stream, 0, &fourth), TACHY_BUSY);
    assert_null(fourth);
    for (int i = 0; i < 50; i++)
        publish(writer);
    for (int i = 0; i < 3; i++) {
        const uint8_t *color = tachy_frame_plane(frames[i], "color")->data;
        for (int x = 0; x < 4 * WIDTH; x++)
            assert_int_equal(color[x], i + 1);
    }
    assert_int_equal(stats_of(stream).held, 3);
    for (int i = 0; i < 3; i++)
        tachy_frame_release(&frames[i]);
    assert_int_equal(stats_of(stream).held, 0);
    assert_int_equal(next_sequence(stream), 54);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void drafts_beyond_the_limit_are_busy_and_an_aborted_one_leaves_no_gap(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(1, 1);
    tachy_stream *stream = attach(TACHY_EVERY, 1);
    tachy_draft *first = NULL, *second = NULL, *third = NULL;
    assert_int_equal(tachy_writer_claim(writer, 0, &first), TACHY_OK);
    assert_int_equal(tachy_writer_claim(writer, 0, &second), TACHY_OK);
    assert_ptr_not_equal(tachy_draft_plane(first, "id", NULL),
                         tachy_draft_plane(second, "id", NULL));
    assert_int_equal(tachy_writer_claim(writer, 0, &third), TACHY_BUSY);
    assert_non_null(strstr(tachy_error(), name));
    tachy_draft_abort(&first);
    assert_null(first);
    memset(tachy_draft_plane(second, "color", NULL), 1, 4 * WIDTH);
    assert_int_equal(tachy_draft_publish(&second), TACHY_OK);
    assert_int_equal(next_sequence(stream), 1);
    publish(writer);
    assert_int_equal(next_sequence(stream), 2);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_frame_carries_its_number_time_and_valid_planes(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(1, 1);
    tachy_stream *stream = attach(TACHY_NEWEST, 1);
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
    assert_int_equal(id->width, WIDTH);
    assert_int_equal(id->format, TACHY_U32);
    tachy_frame_release(&frame);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static uint64_t object_bytes(const char *object)
{
    char path[128];
    snprintf(path, sizeof path, "/dev/shm/tachy.ringtest%d.a.%s", (int)getpid(), object);
    struct stat found;
    assert_int_equal(stat(path, &found), 0);
    return (uint64_t)found.st_size;
}

static void the_memory_a_stream_takes_is_told_before_it_is_made(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(3, 2);
    const tachy_plane_params planes[] = {{"color", TACHY_U8, 1, HEIGHT, WIDTH, 4},
                                         {"depth", TACHY_F32, 1, HEIGHT, WIDTH, 1},
                                         {"id", TACHY_U32, 1, HEIGHT, WIDTH, 1}};
    tachy_writer_params params = {.size = sizeof params,
                                  .name = "any/thing",
                                  .planes = planes,
                                  .plane_count = 3,
                                  .held_max = 3,
                                  .history = 2};
    uint64_t bytes = 0;
    assert_int_equal(tachy_writer_bytes(&params, &bytes), TACHY_OK);
    assert_int_equal(bytes, object_bytes("ctl") + object_bytes("reg") + object_bytes("dat.1"));
    params.plane_count = 0;
    assert_int_equal(tachy_writer_bytes(&params, &bytes), TACHY_INVALID);
    tachy_writer_destroy(&writer);
}

static void the_last_frame_says_whose_its_ids_are_when_the_writer_has_gone(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(1, 1);
    tachy_identity chair = {.object_id = 7, .name = "chair", .category = "seat"};
    uint32_t id = 0;
    assert_int_equal(tachy_writer_add_identity(writer, &chair, &id), TACHY_OK);
    publish(writer);
    tachy_stream *stream = attach(TACHY_NEWEST, 1);
    tachy_writer_destroy(&writer);
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
    const tachy_identity *identity = tachy_frame_identity(frame, id);
    assert_non_null(identity);
    assert_string_equal(identity->name, "chair");
    tachy_frame_release(&frame);
    tachy_stream_detach(&stream);
}

static void closed_comes_after_the_last_frame_which_outlives_writer_and_stream(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(2, 1);
    tachy_stream *stream = attach(TACHY_EVERY, 2);
    publish(writer);
    publish(writer);
    tachy_writer_destroy(&writer);
    tachy_frame *frame = NULL, *none = NULL;
    assert_int_equal(next_sequence(stream), 1);
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
    assert_int_equal(tachy_stream_next(stream, TACHY_FOREVER, &none), TACHY_CLOSED);
    tachy_stream_detach(&stream);
    assert_int_equal(*(const uint8_t *)tachy_frame_plane(frame, "color")->data, 2);
    tachy_frame_release(&frame);
    tachy_stream_params params = {.size = sizeof params, .name = name};
    assert_int_equal(tachy_stream_attach(&params, 0, &stream), TACHY_NOT_FOUND);
    assert_non_null(strstr(tachy_error(), name));
}

static void waiting_ends_at_its_timeout(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(1, 1);
    tachy_stream *stream = attach(TACHY_NEWEST, 1);
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_EMPTY);
    assert_int_equal(tachy_stream_next(stream, 20000000, &frame), TACHY_TIMED_OUT);
    assert_null(frame);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void the_writer_knows_which_planes_are_wanted(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(4, 1);
    uint64_t wanted = 99;
    assert_int_equal(tachy_writer_wanted(writer, &wanted), TACHY_OK);
    assert_int_equal(wanted, 0);
    tachy_stream_params params = {.size = sizeof params, .name = name, .planes = "id"};
    tachy_stream *ids = NULL, *none = NULL, *bad = NULL;
    assert_int_equal(tachy_stream_attach(&params, 0, &ids), TACHY_OK);
    params.planes = "";
    assert_int_equal(tachy_stream_attach(&params, 0, &none), TACHY_OK);
    assert_int_equal(tachy_writer_wanted(writer, &wanted), TACHY_OK);
    assert_int_equal(wanted, 4);
    params.planes = "id,blurb";
    assert_int_equal(tachy_stream_attach(&params, 0, &bad), TACHY_NOT_FOUND);
    assert_non_null(strstr(tachy_error(), "blurb"));
    assert_non_null(strstr(tachy_error(), "color,depth,id"));
    tachy_stream *all = attach(TACHY_NEWEST, 1);
    assert_int_equal(tachy_writer_wanted(writer, &wanted), TACHY_OK);
    assert_int_equal(wanted, 7);
    tachy_stream_detach(&all);
    tachy_stream_detach(&ids);
    tachy_stream_detach(&none);
    assert_int_equal(tachy_writer_wanted(writer, &wanted), TACHY_OK);
    assert_int_equal(wanted, 0);
    tachy_writer_destroy(&writer);
}

static void a_reader_without_a_reservation_is_told_who_holds_them(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(2, 1);
    tachy_stream_params params = {
        .size = sizeof params, .name = name, .held_max = 2, .reader_name = "greedy"};
    tachy_stream *greedy = NULL, *late = NULL;
    assert_int_equal(tachy_stream_attach(&params, 0, &greedy), TACHY_OK);
    params.held_max = 1;
    assert_int_equal(tachy_stream_attach(&params, 0, &late), TACHY_FULL);
    assert_non_null(strstr(tachy_error(), "greedy"));
    tachy_stream_detach(&greedy);
    assert_int_equal(tachy_stream_attach(&params, 0, &late), TACHY_OK);
    tachy_stream_detach(&late);
    tachy_writer_destroy(&writer);
}

static void the_reader_table_holds_64_and_names_them_when_full(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(80, 1);
    tachy_stream *streams[64], *late = NULL;
    for (int i = 0; i < 64; i++)
        streams[i] = attach(TACHY_NEWEST, 1);
    tachy_stream_params params = {.size = sizeof params, .name = name};
    assert_int_equal(tachy_stream_attach(&params, 0, &late), TACHY_FULL);
    assert_non_null(strstr(tachy_error(), "table is full"));
    assert_non_null(strstr(tachy_error(), "ring_test"));
    publish(writer);
    for (int i = 0; i < 64; i++)
        assert_int_equal(next_sequence(streams[i]), 1);
    for (int i = 0; i < 64; i++)
        tachy_stream_detach(&streams[i]);
    tachy_writer_destroy(&writer);
}

static void a_clone_says_the_same_and_outlives_everything(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(1, 1);
    tachy_stream *stream = attach(TACHY_NEWEST, 1);
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
    for (uint32_t y = 0; y < HEIGHT; y++)
        for (uint32_t x = 0; x < WIDTH; x++)
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
    tachy_writer *writer = make_writer(2, 1);
    tachy_stream *stream = attach(TACHY_EVERY, 2);
    publish(writer);
    uint32_t id = 0;
    for (int i = 0; i < 3000; i++) { // beyond the first two generations of the table
        char text[32];
        snprintf(text, sizeof text, "object %d", i);
        tachy_identity identity = {i, {0}, {0}, text, NULL};
        assert_int_equal(tachy_writer_add_identity(writer, &identity, &id), TACHY_OK);
        assert_int_equal(id, i + 1);
    }
    publish(writer);
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

static void what_this_version_cannot_do_is_refused_by_name(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(1, 1);
    const struct {
        tachy_stream_params params;
        const char *word;
    } cases[] = {{{.follow = true}, "follow"}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        tachy_stream_params params = cases[i].params;
        params.size = sizeof params;
        params.name = name;
        tachy_stream *stream = NULL;
        assert_int_equal(tachy_stream_attach(&params, 0, &stream), TACHY_UNSUPPORTED);
        assert_non_null(strstr(tachy_error(), cases[i].word));
    }
    tachy_writer_destroy(&writer);
}

static void bad_parameters_are_refused(void **state)
{
    (void)state;
    tachy_plane_params plane = {"color", TACHY_U8, 1, 1, 1, 4};
    tachy_writer_params good = {
        .size = sizeof good, .name = "ringtest/bad", .planes = &plane, .plane_count = 1};
    tachy_writer *writer = NULL;
    tachy_writer_params params = good;
    params.name = "";
    assert_int_equal(tachy_writer_create(&params, &writer), TACHY_INVALID);
    params = good;
    params.plane_count = 0;
    assert_int_equal(tachy_writer_create(&params, &writer), TACHY_INVALID);
    params = good;
    params.held_max = 481;
    assert_int_equal(tachy_writer_create(&params, &writer), TACHY_INVALID);
    params = good;
    params.mode = 0666;
    assert_int_equal(tachy_writer_create(&params, &writer), TACHY_INVALID);
    params = good;
    plane.width = 0;
    assert_int_equal(tachy_writer_create(&params, &writer), TACHY_INVALID);
    plane.width = 1;
    plane.name = "Color";
    assert_int_equal(tachy_writer_create(&params, &writer), TACHY_INVALID);
    assert_null(writer);
}

static void a_name_is_taken_once(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(1, 1), *second = NULL;
    tachy_plane_params plane = {"color", TACHY_U8, 1, 1, 1, 4};
    tachy_writer_params params = {
        .size = sizeof params, .name = name, .planes = &plane, .plane_count = 1};
    assert_int_equal(tachy_writer_create(&params, &second), TACHY_EXISTS);
    publish(writer); // undisturbed
    tachy_stream *stream = attach(TACHY_NEWEST, 1);
    assert_int_equal(next_sequence(stream), 1);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void an_unannounced_stream_appears_with_its_first_frame(void **state)
{
    (void)state;
    char other[64];
    snprintf(other, sizeof other, "ringtest%d/quiet", (int)getpid());
    tachy_plane_params plane = {"color", TACHY_U8, 1, 1, 1, 4};
    tachy_writer_params params = {.size = sizeof params,
                                  .name = other,
                                  .planes = &plane,
                                  .plane_count = 1,
                                  .unannounced = true};
    tachy_writer *writer = NULL;
    assert_int_equal(tachy_writer_create(&params, &writer), TACHY_OK);
    tachy_stream_params reader = {.size = sizeof reader, .name = other};
    tachy_stream *stream = NULL;
    assert_int_equal(tachy_stream_attach(&reader, 0, &stream), TACHY_NOT_FOUND);
    tachy_draft *draft = NULL;
    assert_int_equal(tachy_writer_claim(writer, 0, &draft), TACHY_OK);
    assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
    assert_int_equal(tachy_stream_attach(&reader, 0, &stream), TACHY_OK);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_forked_child_must_reopen(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(2, 1);
    tachy_stream *stream = attach(TACHY_NEWEST, 1);
    publish(writer);
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
    pid_t child = fork();
    if (child == 0) {
        tachy_frame *none = NULL;
        tachy_draft *draft = NULL;
        bool fine = tachy_stream_next(stream, 0, &none) == TACHY_INVALID &&
                    strstr(tachy_error(), "reopen after fork") != NULL &&
                    tachy_writer_claim(writer, 0, &draft) == TACHY_INVALID &&
                    tachy_frame_plane(frame, "color") == NULL;
        tachy_frame_release(&frame);
        tachy_stream_detach(&stream);
        tachy_writer_destroy(&writer);
        _exit(fine ? 0 : 1);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    tachy_frame_release(&frame);
    publish(writer);
    assert_int_equal(next_sequence(stream), 2);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void info_and_listing_say_what_the_stream_is(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(4, 1);
    tachy_stream *stream = attach(TACHY_EVERY, 2);
    publish(writer);
    assert_int_equal(next_sequence(stream), 1);
    const tachy_info *info = NULL;
    assert_int_equal(tachy_stream_info(stream, &info), TACHY_OK);
    assert_string_equal(info->name, name);
    assert_int_equal(info->plane_count, 3);
    assert_string_equal(info->planes[1].name, "depth");
    assert_null(info->planes[1].data);
    assert_int_equal(info->slots, 1 + 1 + 2 + 4);
    assert_int_equal(info->held_reserved, 2);
    assert_int_equal(info->seed, 99);
    assert_int_equal(info->tier, 2);
    assert_int_equal(info->head, 1);
    assert_true(info->alive);
    tachy_listing *listing = NULL;
    assert_int_equal(tachy_listing_create(&listing), TACHY_OK);
    const tachy_info *listed = NULL;
    size_t i = 0;
    while ((listed = tachy_listing_at(listing, i)) != NULL && strcmp(listed->name, name) != 0)
        i++;
    assert_non_null(listed);
    assert_int_equal(listed->epoch, info->epoch);
    assert_true(listed->alive);
    const tachy_reader_info *reader = tachy_listing_reader(listing, i, 0);
    assert_non_null(reader);
    assert_int_equal(reader->pid, getpid());
    assert_int_equal(reader->reading, TACHY_EVERY);
    assert_int_equal(reader->stats.received, 1);
    assert_null(tachy_listing_reader(listing, i, 1));
    tachy_listing_destroy(&listing);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

TACHY_TEST_MAIN(
    cmocka_unit_test(a_newest_reader_starts_at_the_frame_already_there_and_counts_skips),
    cmocka_unit_test(an_every_reader_starts_at_the_oldest_kept_and_counts_losses),
    cmocka_unit_test(a_pinned_slot_is_never_overwritten),
    cmocka_unit_test(the_memory_a_stream_takes_is_told_before_it_is_made),
    cmocka_unit_test(the_last_frame_says_whose_its_ids_are_when_the_writer_has_gone),
    cmocka_unit_test(drafts_beyond_the_limit_are_busy_and_an_aborted_one_leaves_no_gap),
    cmocka_unit_test(a_frame_carries_its_number_time_and_valid_planes),
    cmocka_unit_test(closed_comes_after_the_last_frame_which_outlives_writer_and_stream),
    cmocka_unit_test(waiting_ends_at_its_timeout),
    cmocka_unit_test(the_writer_knows_which_planes_are_wanted),
    cmocka_unit_test(a_reader_without_a_reservation_is_told_who_holds_them),
    cmocka_unit_test(the_reader_table_holds_64_and_names_them_when_full),
    cmocka_unit_test(a_clone_says_the_same_and_outlives_everything),
    cmocka_unit_test(a_frame_refers_to_the_identities_it_was_published_with),
    cmocka_unit_test(what_this_version_cannot_do_is_refused_by_name),
    cmocka_unit_test(bad_parameters_are_refused), cmocka_unit_test(a_name_is_taken_once),
    cmocka_unit_test(an_unannounced_stream_appears_with_its_first_frame),
    cmocka_unit_test(a_forked_child_must_reopen),
    cmocka_unit_test(info_and_listing_say_what_the_stream_is))
