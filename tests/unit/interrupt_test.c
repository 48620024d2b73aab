// Ending waits from outside: from a handler, from another thread, in a storm of signals.
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>

#include "tests/lib/main.h"
#include "tests/lib/sleep.h"
#include "tests/lib/storm.h"
#include "tests/lib/stream.h"

static const int64_t ms_ns = 1000000;
// Longer than any machine takes: a wait that nothing ended hangs, and tests/run says so.
static const int64_t for_ever_ns = INT64_C(3600000000000);

static void an_interrupt_is_remembered_until_one_call_has_ended_by_it(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){0});
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    tachy_frame *frame = NULL;
    tachy_stream_interrupt(stream);
    tachy_stream_interrupt(stream);
    assert_int_equal(tachy_stream_next(stream, for_ever_ns, &frame), TACHY_INTERRUPTED);
    assert_non_null(strstr(tachy_error(), test_stream_name()));
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_EMPTY);
    test_publish(writer, 7);
    tachy_stream_interrupt(stream);
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_INTERRUPTED);
    assert_null(frame);
    assert_int_equal(test_next_number(stream), 7); // nothing is lost by it
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void waits_in_a_storm_of_signals_do_not_end_early_and_do_end(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){0});
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    tachy_frame *frame = NULL;
    storm_begin(100, stream, 0);
    for (int i = 0; i < 3 || storm_count() < 100; i++) {
        int64_t start = test_now_ns(), wanted = (70 + 50 * (i % 3)) * ms_ns;
        assert_int_equal(tachy_stream_next(stream, wanted, &frame), TACHY_TIMED_OUT);
        assert_true(test_now_ns() - start >= wanted);
    }
    storm_end();
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

// Nothing but the interrupt ends a sleep here, and in the next test.
static void a_handler_ends_the_wait_of_its_own_thread(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){0});
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    tachy_frame *frame = NULL;
    sleeps_are(true);
    for (int round = 1; round <= 200; round++) { // some come between the last look and the sleep
        storm_begin(100 + round, stream, round % 5 + 1);
        assert_int_equal(tachy_stream_next(stream, for_ever_ns, &frame), TACHY_INTERRUPTED);
        storm_end();
    }
    sleeps_are(false);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static _Atomic bool waiting, over;

static void *interrupt_soon(void *stream)
{
    for (uint32_t round = 0; !atomic_load(&over); round++) {
        while (!atomic_load(&waiting) && !atomic_load(&over))
            sched_yield();
        for (volatile uint32_t i = 0; i < round * 97 % 20000; i++)
            ;
        if (atomic_exchange(&waiting, false))
            tachy_stream_interrupt(stream);
    }
    return NULL;
}

static void another_thread_ends_a_wait_wherever_it_is(void **state)
{
    (void)state;
    enum { ROUNDS = 2000 };
    tachy_writer *writer = test_writer((tachy_writer_params){0});
    const int64_t spins[] = {0, 20000};
    sleeps_are(true);
    for (int s = 0; s < 2; s++) {
        tachy_stream *stream = test_reader((tachy_stream_params){.spin_ns = spins[s]});
        pthread_t thread;
        atomic_store(&over, false);
        assert_int_equal(pthread_create(&thread, NULL, interrupt_soon, stream), 0);
        for (int i = 0; i < ROUNDS; i++) {
            tachy_frame *frame = NULL;
            atomic_store(&waiting, true);
            assert_int_equal(tachy_stream_next(stream, for_ever_ns, &frame), TACHY_INTERRUPTED);
        }
        atomic_store(&over, true);
        pthread_join(thread, NULL);
        tachy_stream_detach(&stream);
    }
    sleeps_are(false);
    tachy_writer_destroy(&writer);
}

TACHY_TEST_MAIN(cmocka_unit_test(an_interrupt_is_remembered_until_one_call_has_ended_by_it),
                cmocka_unit_test(waits_in_a_storm_of_signals_do_not_end_early_and_do_end),
                cmocka_unit_test(a_handler_ends_the_wait_of_its_own_thread),
                cmocka_unit_test(another_thread_ends_a_wait_wherever_it_is))
