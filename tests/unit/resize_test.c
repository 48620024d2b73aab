// A stream that changes its planes and sizes: what its writer may do, and what one reader sees of it.
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "tests/lib/main.h"
#include "tests/lib/process.h"
#include "tests/lib/shape.h"
#include "tests/lib/stream.h"

static const struct shape small = {8, 4, 1, false}, large = {200, 120, 1, false},
                          masked = {16, 16, 1, true}, stereo = {24, 12, 2, false};

static void want(tachy_status status)
{
    if (status != TACHY_OK)
        fail_msg("%s", tachy_error());
}

static tachy_status next(tachy_stream *stream)
{
    tachy_frame *frame = NULL;
    tachy_status status = tachy_stream_next(stream, 0, &frame);
    tachy_frame_release(&frame);
    return status;
}

static void take(tachy_stream *stream, const struct shape *shape, uint64_t number)
{
    tachy_frame *frame = shape_next(stream, shape, number);
    tachy_frame_release(&frame);
}

// Whether the data object of that generation has its name.
static bool has_data(unsigned generation)
{
    char path[160];
    const char *stream = test_stream_name();
    snprintf(path, sizeof path, "/dev/shm/tachy.%.*s.a.dat.%u", (int)strcspn(stream, "/"), stream,
             generation);
    return access(path, F_OK) == 0;
}

static void a_resize_is_told_once_and_before_its_first_frame(void **state)
{
    (void)state;
    tachy_writer *writer = shape_writer(&small, (tachy_writer_params){0});
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    shape_publish(writer, 1);
    take(stream, &small, 1);
    const struct shape *const shapes[] = {&large, &masked, &stereo, &small};
    uint64_t number = 1;
    for (size_t i = 0; i < 4; i++) {
        want(shape_resize(writer, shapes[i]));
        assert_int_equal(next(stream), TACHY_EMPTY); // nobody sees it before its first frame
        shape_publish(writer, ++number);
        shape_wants_change(stream, shapes[i]);
        tachy_frame *frame = shape_next(stream, shapes[i], number);
        assert_int_equal(tachy_frame_sequence(frame), number); // sequences run on
        tachy_frame_release(&frame);
        shape_publish(writer, ++number);
        take(stream, shapes[i], number);
    }
    const tachy_info *info = NULL;
    want(tachy_stream_info(stream, &info));
    assert_int_equal(info->generation, 5);
    assert_int_equal(info->slot_bytes * info->slots < info->shared_bytes, true);
    tachy_stats stats = test_stats(stream);
    assert_int_equal(stats.received, number);
    assert_int_equal(stats.skipped + stats.lost + stats.corrupt, 0);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void the_descriptor_is_readable_when_the_stream_has_changed(void **state)
{
    (void)state;
    tachy_writer *writer = shape_writer(&small, (tachy_writer_params){0});
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    struct pollfd polled = {.events = POLLIN};
    want(tachy_stream_fd(stream, &polled.fd));
    for (uint64_t number = 1; number <= 20; number++) {
        const struct shape *shape = number % 2 == 0 ? &large : &small;
        assert_int_equal(poll(&polled, 1, 0), 0);
        want(shape_resize(writer, shape));
        shape_publish(writer, number);
        assert_int_equal(poll(&polled, 1, 120000), 1);
        shape_wants_change(stream, shape);
        assert_int_equal(poll(&polled, 1, 0), 1); // the frame itself
        take(stream, shape, number);
    }
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_resize_without_a_frame_can_be_abandoned(void **state)
{
    (void)state;
    tachy_writer *writer = shape_writer(&small, (tachy_writer_params){0});
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    want(tachy_writer_resize(writer, NULL)); // there is nothing to abandon
    shape_publish(writer, 1);
    want(shape_resize(writer, &large));
    assert_true(has_data(2));
    want(shape_resize(writer, &masked));
    assert_false(has_data(2));
    assert_true(has_data(3));
    tachy_draft *draft = NULL;
    want(tachy_writer_claim(writer, 0, &draft));
    assert_non_null(tachy_draft_plane(draft, "mask", NULL));
    tachy_draft_abort(&draft);
    want(tachy_writer_resize(writer, NULL));
    assert_false(has_data(3));
    take(stream, &small, 1);
    shape_publish(writer, 2);
    take(stream, &small, 2);
    want(shape_resize(writer, &stereo));
    shape_publish(writer, 3);
    shape_wants_change(stream, &stereo);
    take(stream, &stereo, 3);
    want(tachy_writer_resize(writer, NULL)); // too late: it has a frame
    shape_publish(writer, 4);
    take(stream, &stereo, 4);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
    assert_false(has_data(1) || has_data(4));
}

static void drafts_out_and_what_is_fixed_at_create_are_refused(void **state)
{
    (void)state;
    tachy_writer *writer =
        shape_writer(&small, (tachy_writer_params){.seed = 7, .mode = 0660, .history = 2});
    tachy_draft *draft = NULL;
    want(tachy_writer_claim(writer, 0, &draft));
    assert_int_equal(shape_resize(writer, &large), TACHY_BUSY);
    assert_int_equal(tachy_writer_resize(writer, NULL), TACHY_BUSY);
    tachy_draft_abort(&draft);
    tachy_plane_params planes[3];
    size_t count = shape_planes(&large, planes);
    const tachy_writer_params same = {.size = sizeof same,
                                      .planes = planes,
                                      .plane_count = count,
                                      .name = test_stream_name(),
                                      .seed = 7,
                                      .mode = 0660,
                                      .history = 2,
                                      .drafts_max = 2};
    tachy_writer_params wrong = same;
    wrong.history = 3;
    assert_int_equal(tachy_writer_resize(writer, &wrong), TACHY_INVALID);
    wrong = same;
    wrong.verify = true;
    assert_int_equal(tachy_writer_resize(writer, &wrong), TACHY_INVALID);
    wrong = same;
    wrong.name = "other/a";
    assert_int_equal(tachy_writer_resize(writer, &wrong), TACHY_INVALID);
    wrong = same;
    wrong.planes = NULL;
    assert_int_equal(tachy_writer_resize(writer, &wrong), TACHY_INVALID);
    wrong = same;
    wrong.mode = 0600;
    assert_int_equal(tachy_writer_resize(writer, &wrong), TACHY_INVALID);
    wrong = same;
    wrong.size = 0;
    assert_int_equal(tachy_writer_resize(writer, &wrong), TACHY_INVALID);
    assert_false(has_data(2));
    want(tachy_writer_resize(writer, &same));
    assert_true(has_data(2));
    tachy_writer_destroy(&writer);
    assert_false(has_data(2));
}

static void without_room_the_stream_goes_on_as_it_was(void **state)
{
    (void)state;
    tachy_writer *writer = shape_writer(&small, (tachy_writer_params){0});
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    int fds = shape_count_fds(), mappings = shape_count_mappings();
    const struct shape vast = {1 << 24, 1 << 20, 1, false};
    shape_publish(writer, 1);
    assert_int_equal(shape_resize(writer, &vast), TACHY_SYSTEM);
    assert_non_null(strstr(tachy_error(), "ENOSPC"));
    struct rlimit before, tight = {.rlim_cur = 65536, .rlim_max = RLIM_INFINITY};
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    tight.rlim_max = before.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &tight), 0);
    tachy_status status = shape_resize(writer, &large);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(status, TACHY_SYSTEM);
    assert_int_equal(shape_count_fds(), fds);
    assert_int_equal(shape_count_mappings(), mappings);
    assert_false(has_data(2));
    take(stream, &small, 1);
    shape_publish(writer, 2);
    take(stream, &small, 2);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void planes_wanted_before_the_change_count_as_all(void **state)
{
    (void)state;
    tachy_writer *writer = shape_writer(&masked, (tachy_writer_params){0});
    tachy_stream *stream = test_reader((tachy_stream_params){.planes = "mask,depth"});
    uint64_t wanted = 0;
    want(tachy_writer_wanted(writer, &wanted));
    assert_int_equal(wanted, 6);
    want(shape_resize(writer, &small)); // has no mask
    want(tachy_writer_wanted(writer, &wanted));
    assert_int_equal(wanted, 3);
    shape_publish(writer, 1);
    want(tachy_writer_wanted(writer, &wanted));
    assert_int_equal(wanted, 3);
    shape_wants_change(stream, &small);
    want(tachy_writer_wanted(writer, &wanted));
    assert_int_equal(wanted, 2);
    want(shape_resize(writer, &masked));
    shape_publish(writer, 2);
    shape_wants_change(stream, &masked);
    want(tachy_writer_wanted(writer, &wanted));
    assert_int_equal(wanted, 6); // it is remembered
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_detached_reader_wants_nothing_while_its_frame_is_held(void **state)
{
    (void)state;
    tachy_writer *writer = shape_writer(&masked, (tachy_writer_params){0});
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    uint64_t wanted = 0;
    shape_publish(writer, 1);
    tachy_frame *held = shape_next(stream, &masked, 1);
    want(tachy_writer_wanted(writer, &wanted));
    assert_int_equal(wanted, 7);
    tachy_stream_detach(&stream);
    want(tachy_writer_wanted(writer, &wanted));
    assert_int_equal(wanted, 0);
    want(shape_resize(writer, &small));
    shape_publish(writer, 2);
    want(tachy_writer_wanted(writer, &wanted));
    assert_int_equal(wanted, 0);
    shape_check(held, &masked);
    tachy_frame_release(&held);
    tachy_writer_destroy(&writer);
}

static void an_old_name_goes_when_no_slot_has_a_frame_of_it(void **state)
{
    (void)state;
    tachy_writer *writer = shape_writer(&small, (tachy_writer_params){.held_max = 1});
    shape_publish(writer, 1);
    want(shape_resize(writer, &large));
    shape_publish(writer, 2);
    want(shape_resize(writer, &stereo));
    shape_publish(writer, 3);
    assert_true(has_data(1) && has_data(2) && has_data(3));
    tachy_stream *late = test_reader((tachy_stream_params){.reading = TACHY_EVERY});
    shape_wants_change(late, &large); // history: its first frame is of the generation before
    take(late, &large, 2);
    shape_wants_change(late, &stereo);
    take(late, &stereo, 3);
    for (uint64_t number = 4; number <= 5; number++)
        shape_publish(writer, number);
    for (uint64_t number = 6; number <= 9; number++)
        shape_publish(writer, number);
    assert_true(!has_data(1) && !has_data(2) && has_data(3));
    tachy_stream_detach(&late);
    tachy_writer_destroy(&writer);
    assert_false(has_data(3));
}

static void a_thousand_resizes_leave_nothing_behind(void **state)
{
    (void)state;
    const struct shape *const shapes[] = {&large, &masked, &stereo, &small};
    tachy_writer *writer = shape_writer(&small, (tachy_writer_params){.held_max = 3});
    tachy_stream *lossless = test_reader((tachy_stream_params){.reading = TACHY_LOSSLESS});
    tachy_stream *copying = test_reader((tachy_stream_params){.copying = true});
    char producer[64];
    snprintf(producer, sizeof producer, "%.*s", (int)strcspn(test_stream_name(), "/"),
             test_stream_name());
    int fds = 0, mappings = 0;
    size_t names = 0;
    uint64_t number = 0;
    for (int i = 0; i < 1000; i++) {
        const struct shape *shape = shapes[i % 4];
        want(shape_resize(writer, shape));
        for (int frames = 0; frames < 8; frames++) { // more than there are slots
            shape_publish(writer, ++number);
            if (frames == 0) {
                shape_wants_change(lossless, shape);
                shape_wants_change(copying, shape);
            }
            take(lossless, shape, number);
            take(copying, shape, number);
        }
        if (i == 0) {
            fds = shape_count_fds();
            mappings = shape_count_mappings();
            names = test_shm_count(producer);
        }
    }
    assert_int_equal(shape_count_fds(), fds);
    assert_int_equal(shape_count_mappings(), mappings);
    assert_int_equal(test_shm_count(producer), names);
    assert_int_equal(test_stats(lossless).received, number);
    tachy_stream_detach(&copying);
    tachy_stream_detach(&lossless);
    tachy_writer_destroy(&writer);
    assert_int_equal(test_shm_count(producer), 0);
}

static void a_resize_before_the_first_frame_of_an_unannounced_stream_is_its_geometry(void **state)
{
    (void)state;
    tachy_writer *writer = shape_writer(&small, (tachy_writer_params){.unannounced = true});
    want(shape_resize(writer, &large));
    shape_publish(writer, 1);
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    take(stream, &large, 1);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

TACHY_TEST_MAIN(
    cmocka_unit_test(a_resize_is_told_once_and_before_its_first_frame),
    cmocka_unit_test(the_descriptor_is_readable_when_the_stream_has_changed),
    cmocka_unit_test(a_resize_without_a_frame_can_be_abandoned),
    cmocka_unit_test(drafts_out_and_what_is_fixed_at_create_are_refused),
    cmocka_unit_test(without_room_the_stream_goes_on_as_it_was),
    cmocka_unit_test(planes_wanted_before_the_change_count_as_all),
    cmocka_unit_test(a_detached_reader_wants_nothing_while_its_frame_is_held),
    cmocka_unit_test(an_old_name_goes_when_no_slot_has_a_frame_of_it),
    cmocka_unit_test(a_thousand_resizes_leave_nothing_behind),
    cmocka_unit_test(a_resize_before_the_first_frame_of_an_unannounced_stream_is_its_geometry))
