// A writer and readers in one process: what is handed out, in which order, and what is counted.
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/main.h"
#include "tests/lib/ring.h"

static void a_newest_reader_starts_at_the_frame_already_there_and_counts_skips(void **state)
{
    (void)state;
    tachy_writer *writer = test_ring_writer(4, 1);
    for (int i = 0; i < 3; i++)
        test_ring_publish(writer);
    tachy_stream *stream = test_ring_reader(TACHY_NEWEST, 1);
    assert_int_equal(test_ring_take(stream), 3);
    assert_int_equal(test_stats(stream).skipped, 0);
    assert_int_equal(test_ring_take(stream), 0);
    for (int i = 0; i < 5; i++)
        test_ring_publish(writer);
    assert_int_equal(test_stats(stream).lag, 5);
    assert_int_equal(test_ring_take(stream), 8);
    tachy_stats stats = test_stats(stream);
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
    tachy_writer *writer = test_ring_writer(1, 2);
    for (int i = 0; i < 10; i++)
        test_ring_publish(writer);
    tachy_stream *stream = test_ring_reader(TACHY_EVERY, 1);
    for (uint64_t want = 8; want <= 10; want++)
        assert_int_equal(test_ring_take(stream), want);
    assert_int_equal(test_ring_take(stream), 0);
    for (int i = 0; i < 100; i++)
        test_ring_publish(writer);
    uint64_t received = 3, last = 10, sequence;
    while ((sequence = test_ring_take(stream)) != 0) {
        assert_true(sequence > last);
        last = sequence;
        received++;
    }
    assert_int_equal(last, 110);
    tachy_stats stats = test_stats(stream);
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
    tachy_writer *writer = test_ring_writer(3, 1);
    tachy_stream *stream = test_ring_reader(TACHY_NEWEST, 3);
    tachy_frame *frames[3];
    for (int i = 0; i < 3; i++) {
        test_ring_publish(writer);
        assert_int_equal(tachy_stream_next(stream, 0, &frames[i]), TACHY_OK);
    }
    tachy_frame *fourth = NULL;
    test_ring_publish(writer);
    assert_int_equal(tachy_stream_next(stream, 0, &fourth), TACHY_BUSY);
    assert_null(fourth);
    for (int i = 0; i < 50; i++)
        test_ring_publish(writer);
    for (int i = 0; i < 3; i++) {
        const uint8_t *color = tachy_frame_plane(frames[i], "color")->data;
        for (int x = 0; x < 4 * RING_WIDTH; x++)
            assert_int_equal(color[x], i + 1);
    }
    assert_int_equal(test_stats(stream).held, 3);
    for (int i = 0; i < 3; i++)
        tachy_frame_release(&frames[i]);
    assert_int_equal(test_stats(stream).held, 0);
    assert_int_equal(test_ring_take(stream), 54);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void drafts_beyond_the_limit_are_busy_and_an_aborted_one_leaves_no_gap(void **state)
{
    (void)state;
    tachy_writer *writer = test_ring_writer(1, 1);
    tachy_stream *stream = test_ring_reader(TACHY_EVERY, 1);
    tachy_draft *first = NULL, *second = NULL, *third = NULL;
    assert_int_equal(tachy_writer_claim(writer, 0, &first), TACHY_OK);
    assert_int_equal(tachy_writer_claim(writer, 0, &second), TACHY_OK);
    assert_ptr_not_equal(tachy_draft_plane(first, "id", NULL),
                         tachy_draft_plane(second, "id", NULL));
    assert_int_equal(tachy_writer_claim(writer, 0, &third), TACHY_BUSY);
    assert_non_null(strstr(tachy_error(), test_ring_name()));
    tachy_draft_abort(&first);
    assert_null(first);
    memset(tachy_draft_plane(second, "color", NULL), 1, 4 * RING_WIDTH);
    assert_int_equal(tachy_draft_publish(&second), TACHY_OK);
    assert_int_equal(test_ring_take(stream), 1);
    test_ring_publish(writer);
    assert_int_equal(test_ring_take(stream), 2);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void closed_comes_after_the_last_frame_which_outlives_writer_and_stream(void **state)
{
    (void)state;
    tachy_writer *writer = test_ring_writer(2, 1);
    tachy_stream *stream = test_ring_reader(TACHY_EVERY, 2);
    test_ring_publish(writer);
    test_ring_publish(writer);
    tachy_writer_destroy(&writer);
    tachy_frame *frame = NULL, *none = NULL;
    assert_int_equal(test_ring_take(stream), 1);
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
    assert_int_equal(tachy_stream_next(stream, TACHY_FOREVER, &none), TACHY_CLOSED);
    tachy_stream_detach(&stream);
    assert_int_equal(*(const uint8_t *)tachy_frame_plane(frame, "color")->data, 2);
    tachy_frame_release(&frame);
    tachy_stream_params params = {.size = sizeof params, .name = test_ring_name()};
    assert_int_equal(tachy_stream_attach(&params, 0, &stream), TACHY_NOT_FOUND);
    assert_non_null(strstr(tachy_error(), test_ring_name()));
}

static void waiting_ends_at_its_timeout(void **state)
{
    (void)state;
    tachy_writer *writer = test_ring_writer(1, 1);
    tachy_stream *stream = test_ring_reader(TACHY_NEWEST, 1);
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_EMPTY);
    assert_int_equal(tachy_stream_next(stream, 20000000, &frame), TACHY_TIMED_OUT);
    assert_null(frame);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_forked_child_must_reopen(void **state)
{
    (void)state;
    tachy_writer *writer = test_ring_writer(2, 1);
    tachy_stream *stream = test_ring_reader(TACHY_NEWEST, 1);
    test_ring_publish(writer);
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
    test_ring_publish(writer);
    assert_int_equal(test_ring_take(stream), 2);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

TACHY_TEST_MAIN(
    cmocka_unit_test(a_newest_reader_starts_at_the_frame_already_there_and_counts_skips),
    cmocka_unit_test(an_every_reader_starts_at_the_oldest_kept_and_counts_losses),
    cmocka_unit_test(a_pinned_slot_is_never_overwritten),
    cmocka_unit_test(drafts_beyond_the_limit_are_busy_and_an_aborted_one_leaves_no_gap),
    cmocka_unit_test(closed_comes_after_the_last_frame_which_outlives_writer_and_stream),
    cmocka_unit_test(waiting_ends_at_its_timeout), cmocka_unit_test(a_forked_child_must_reopen))
