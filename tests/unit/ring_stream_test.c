// A stream as its writer and its readers agree on it: what is told, what is reserved, what is refused.
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/lib/main.h"
#include "tests/lib/ring.h"

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
    tachy_writer *writer = test_ring_writer(3, 2);
    const tachy_plane_params planes[] = {{"color", TACHY_U8, 1, RING_HEIGHT, RING_WIDTH, 4},
                                         {"depth", TACHY_F32, 1, RING_HEIGHT, RING_WIDTH, 1},
                                         {"id", TACHY_U32, 1, RING_HEIGHT, RING_WIDTH, 1}};
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

static void the_writer_knows_which_planes_are_wanted(void **state)
{
    (void)state;
    tachy_writer *writer = test_ring_writer(4, 1);
    uint64_t wanted = 99;
    assert_int_equal(tachy_writer_wanted(writer, &wanted), TACHY_OK);
    assert_int_equal(wanted, 0);
    tachy_stream_params params = {.size = sizeof params, .name = test_ring_name(), .planes = "id"};
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
    tachy_stream *all = test_ring_reader(TACHY_NEWEST, 1);
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
    tachy_writer *writer = test_ring_writer(2, 1);
    tachy_stream_params params = {
        .size = sizeof params, .name = test_ring_name(), .held_max = 2, .reader_name = "greedy"};
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
    tachy_writer *writer = test_ring_writer(80, 1);
    tachy_stream *streams[64], *late = NULL;
    for (int i = 0; i < 64; i++)
        streams[i] = test_ring_reader(TACHY_NEWEST, 1);
    tachy_stream_params params = {.size = sizeof params, .name = test_ring_name()};
    assert_int_equal(tachy_stream_attach(&params, 0, &late), TACHY_FULL);
    assert_non_null(strstr(tachy_error(), "table is full"));
    assert_non_null(strstr(tachy_error(), "ring_stream_test"));
    test_ring_publish(writer);
    for (int i = 0; i < 64; i++)
        assert_int_equal(test_ring_take(streams[i]), 1);
    for (int i = 0; i < 64; i++)
        tachy_stream_detach(&streams[i]);
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
    tachy_writer *writer = test_ring_writer(1, 1), *second = NULL;
    tachy_plane_params plane = {"color", TACHY_U8, 1, 1, 1, 4};
    tachy_writer_params params = {
        .size = sizeof params, .name = test_ring_name(), .planes = &plane, .plane_count = 1};
    assert_int_equal(tachy_writer_create(&params, &second), TACHY_EXISTS);
    test_ring_publish(writer); // undisturbed
    tachy_stream *stream = test_ring_reader(TACHY_NEWEST, 1);
    assert_int_equal(test_ring_take(stream), 1);
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

static void info_and_listing_say_what_the_stream_is(void **state)
{
    (void)state;
    tachy_writer *writer = test_ring_writer(4, 1);
    tachy_stream *stream = test_ring_reader(TACHY_EVERY, 2);
    test_ring_publish(writer);
    assert_int_equal(test_ring_take(stream), 1);
    const tachy_info *info = NULL;
    assert_int_equal(tachy_stream_info(stream, &info), TACHY_OK);
    assert_string_equal(info->name, test_ring_name());
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
    while ((listed = tachy_listing_at(listing, i)) != NULL &&
           strcmp(listed->name, test_ring_name()) != 0)
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

TACHY_TEST_MAIN(cmocka_unit_test(the_memory_a_stream_takes_is_told_before_it_is_made),
                cmocka_unit_test(the_writer_knows_which_planes_are_wanted),
                cmocka_unit_test(a_reader_without_a_reservation_is_told_who_holds_them),
                cmocka_unit_test(the_reader_table_holds_64_and_names_them_when_full),
                cmocka_unit_test(bad_parameters_are_refused),
                cmocka_unit_test(a_name_is_taken_once),
                cmocka_unit_test(an_unannounced_stream_appears_with_its_first_frame),
                cmocka_unit_test(info_and_listing_say_what_the_stream_is))
