// The frame of a number: where the reader goes, what it waits for, what it is told.
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/lib/main.h"
#include "tests/lib/stream.h"

// Longer than any machine takes: who waits although nothing is to come hangs, and tests/run says so.
static const int64_t for_ever_ns = INT64_C(3600000000000);

// Asks for the frame and gives it back at once.
static tachy_status at(tachy_stream *stream, uint64_t number, int64_t timeout_ns)
{
    tachy_frame *frame = NULL;
    tachy_status status = tachy_stream_at(stream, number, timeout_ns, &frame);
    if (status == TACHY_OK) {
        assert_int_equal(tachy_frame_number(frame), number);
        assert_int_equal(*(const uint8_t *)tachy_frame_plane(frame, "color")->data, number & 255);
    } else {
        assert_null(frame);
    }
    tachy_frame_release(&frame);
    return status;
}

static void a_frame_is_found_by_its_number_and_the_reader_goes_on_behind_it(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){.history = 6});
    tachy_stream *stream = test_reader((tachy_stream_params){.reading = TACHY_EVERY});
    for (uint64_t number = 10; number <= 70; number += 10)
        test_publish(writer, number);
    assert_int_equal(at(stream, 30, 0), TACHY_OK);
    assert_int_equal(test_stats(stream).skipped, 2);
    assert_int_equal(test_next_number(stream), 40);
    assert_int_equal(at(stream, 70, 0), TACHY_OK);
    tachy_stats stats = test_stats(stream);
    assert_int_equal(stats.skipped, 4);
    assert_int_equal(stats.lost, 0);
    assert_int_equal(stats.received, 3);
    assert_int_equal(stats.lag, 0);
    assert_int_equal(at(stream, 20, 0), TACHY_OK); // still kept: back
    assert_int_equal(test_next_number(stream), 30);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_frame_that_is_gone_or_never_was_is_not_found_and_moves_nobody(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){.held_max = 1, .history = 1});
    tachy_stream *stream = test_reader((tachy_stream_params){.reading = TACHY_EVERY});
    for (uint64_t number = 10; number <= 200; number += 10)
        test_publish(writer, number);
    assert_int_equal(at(stream, 10, for_ever_ns), TACHY_NOT_FOUND);
    assert_non_null(strstr(tachy_error(), test_stream_name()));
    assert_non_null(strstr(tachy_error(), "number 10 "));
    assert_int_equal(at(stream, 195, for_ever_ns), TACHY_NOT_FOUND);
    assert_int_equal(at(stream, 5, for_ever_ns), TACHY_NOT_FOUND);
    assert_int_equal(test_stats(stream).skipped, 0);
    assert_int_equal(test_stats(stream).held, 0);
    assert_int_equal(at(stream, 190, 0), TACHY_OK);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_frame_to_come_is_waited_for_and_a_poll_says_empty(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){0});
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    assert_int_equal(at(stream, 3, 0), TACHY_EMPTY);
    test_publish(writer, 1);
    assert_int_equal(at(stream, 3, 0), TACHY_EMPTY);
    int64_t start = test_now_ns(), wanted = 200000000;
    clock_t busy = clock();
    assert_int_equal(at(stream, 3, wanted), TACHY_TIMED_OUT);
    int64_t took = test_now_ns() - start,
            busy_ns = (clock() - busy) * (INT64_C(1000000000) / CLOCKS_PER_SEC);
    assert_true(took >= wanted);
    assert_true(busy_ns < took / 2);               // it sleeps although an earlier frame waits
    assert_int_equal(test_next_number(stream), 1); // nothing was stepped over yet
    test_publish(writer, 2);
    test_publish(writer, 3);
    assert_int_equal(at(stream, 3, 0), TACHY_OK);
    assert_int_equal(test_stats(stream).skipped, 1);
    tachy_stream_interrupt(stream);
    assert_int_equal(at(stream, 4, for_ever_ns), TACHY_INTERRUPTED);
    tachy_writer_destroy(&writer);
    assert_int_equal(at(stream, 4, for_ever_ns), TACHY_CLOSED);
    assert_int_equal(at(stream, 2, for_ever_ns), TACHY_OK);
    tachy_stream_detach(&stream);
}

static void a_copying_reader_finds_frames_by_number_too(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){.history = 6});
    tachy_stream *stream = test_reader((tachy_stream_params){.copying = true});
    for (uint64_t number = 10; number <= 50; number += 10)
        test_publish(writer, number);
    assert_int_equal(at(stream, 20, 0), TACHY_OK);
    assert_int_equal(at(stream, 45, 0), TACHY_NOT_FOUND);
    assert_int_equal(at(stream, 60, 0), TACHY_EMPTY);
    assert_int_equal(test_next_number(stream), 50);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_lossless_reader_lets_go_of_what_comes_before_the_frame_it_waits_for(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){.held_max = 1, .history = 1});
    tachy_stream *stream = test_reader((tachy_stream_params){.reading = TACHY_LOSSLESS});
    for (uint64_t number = 1; number <= 40;
         number++) { // more than there are slots, and nobody waits
        test_publish(writer, number);
        if (number < 40)
            assert_int_equal(at(stream, 40, 0), TACHY_EMPTY);
    }
    assert_int_equal(at(stream, 40, 0), TACHY_OK);
    tachy_stats stats = test_stats(stream);
    assert_int_equal(stats.skipped, 39);
    assert_int_equal(stats.lost, 0);
    assert_true(stats.lossless);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_reader_that_holds_all_it_may_is_busy(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){0});
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    test_publish(writer, 1);
    test_publish(writer, 2);
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_at(stream, 1, 0, &frame), TACHY_OK);
    assert_int_equal(at(stream, 2, 0), TACHY_BUSY);
    tachy_frame_release(&frame);
    assert_int_equal(at(stream, 2, 0), TACHY_OK);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

enum { ASKED = 50, STEP = 7, LAST = ASKED * STEP + 3, KEPT = 400 };

// In another process: asks for every 7th frame, which is to come, in turn. 0: each came.
static int follow(int64_t spin_ns, int ready)
{
    tachy_stream_params params = {
        .size = sizeof params, .name = test_stream_name(), .spin_ns = spin_ns};
    tachy_stream *stream = NULL;
    if (tachy_stream_attach(&params, for_ever_ns, &stream) != TACHY_OK)
        return 1;
    if (write(ready, "r", 1) != 1)
        return 4;
    uint64_t number = STEP;
    tachy_frame *frame = NULL;
    tachy_status status;
    while ((status = tachy_stream_at(stream, number, for_ever_ns, &frame)) == TACHY_OK) {
        const tachy_plane *color = tachy_frame_plane(frame, "color");
        if (tachy_frame_number(frame) != number || *(const uint8_t *)color->data != (number & 255))
            return 2;
        tachy_frame_release(&frame);
        number += STEP;
    }
    tachy_stats stats = {.size = sizeof stats};
    tachy_stream_stats(stream, &stats);
    bool fine = status == TACHY_CLOSED && number > LAST && stats.received == ASKED &&
                stats.skipped == ASKED * (STEP - 1);
    if (!fine)
        fprintf(stderr, "# %s at %llu: %s\n", tachy_status_name(status), (unsigned long long)number,
                tachy_error());
    tachy_stream_detach(&stream);
    return fine ? 0 : 3;
}

static void another_process_gets_each_frame_it_asks_for_while_the_writer_runs(void **state)
{
    (void)state;
    for (int64_t spin_ns = 0; spin_ns <= 1000000; spin_ns += 1000000) {
        // All frames are kept: a reader that gets no processor for a while misses none.
        tachy_writer *writer = test_writer((tachy_writer_params){.history = KEPT});
        int ready[2];
        char byte;
        assert_int_equal(pipe(ready), 0);
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            prctl(PR_SET_PDEATHSIG, SIGKILL);
            _exit(follow(spin_ns, ready[1]));
        }
        close(ready[1]);
        assert_int_equal(read(ready[0], &byte, 1), 1);
        close(ready[0]);
        for (uint64_t number = 1; number <= LAST; number++) {
            test_publish(writer, number);
            if (number % 20 == 0)
                test_pause_ms(1);
        }
        tachy_writer_destroy(&writer);
        int status = -1;
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_int_equal(status, 0);
    }
}

TACHY_TEST_MAIN(
    cmocka_unit_test(a_frame_is_found_by_its_number_and_the_reader_goes_on_behind_it),
    cmocka_unit_test(a_frame_that_is_gone_or_never_was_is_not_found_and_moves_nobody),
    cmocka_unit_test(a_frame_to_come_is_waited_for_and_a_poll_says_empty),
    cmocka_unit_test(a_copying_reader_finds_frames_by_number_too),
    cmocka_unit_test(a_lossless_reader_lets_go_of_what_comes_before_the_frame_it_waits_for),
    cmocka_unit_test(a_reader_that_holds_all_it_may_is_busy),
    cmocka_unit_test(another_process_gets_each_frame_it_asks_for_while_the_writer_runs))
