// Ending waits from outside: from a handler, from another thread, in a storm of signals.
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/time.h>

#include "tests/lib/main.h"
#include "tests/lib/stream.h"

static const int64_t ms_ns = 1000000, s_ns = 1000000000;

static tachy_stream *handled;
static volatile sig_atomic_t alarms, interrupt_at;

static void on_alarm(int signal)
{
    (void)signal;
    alarms++;
    if (interrupt_at != 0 && alarms == interrupt_at)
        tachy_stream_interrupt(handled);
}

// SIGALRM every `us`; 0 ends it. Waits are not restarted by the kernel: SA_RESTART is off.
static void storm(long us)
{
    struct sigaction action = {.sa_handler = on_alarm};
    sigaction(SIGALRM, &action, NULL);
    struct itimerval timer = {{0, us}, {0, us}};
    setitimer(ITIMER_REAL, &timer, NULL);
}

static void an_interrupt_is_remembered_until_one_call_has_ended_by_it(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){0});
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    tachy_frame *frame = NULL;
    tachy_stream_interrupt(stream);
    tachy_stream_interrupt(stream);
    int64_t start = test_now_ns();
    assert_int_equal(tachy_stream_next(stream, 60 * s_ns, &frame), TACHY_INTERRUPTED);
    assert_true(test_now_ns() - start < 20 * s_ns);
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

static void waits_in_a_storm_of_signals_end_neither_early_nor_late(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){0});
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    tachy_frame *frame = NULL;
    alarms = interrupt_at = 0;
    storm(100);
    for (int i = 0; i < 3; i++) {
        int64_t start = test_now_ns(), wanted = (70 + 50 * i) * ms_ns;
        assert_int_equal(tachy_stream_next(stream, wanted, &frame), TACHY_TIMED_OUT);
        int64_t took = test_now_ns() - start;
        assert_true(took >= wanted && took < 20 * wanted);
    }
    storm(0);
    assert_true(alarms > 100);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_handler_ends_the_wait_of_its_own_thread(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){0});
    handled = test_reader((tachy_stream_params){0});
    tachy_frame *frame = NULL;
    for (int round = 1; round <= 50;
         round++) { // so that some come between the last look and the sleep
        alarms = 0;
        interrupt_at = round % 5 + 1;
        int64_t start = test_now_ns();
        storm(100 + round);
        assert_int_equal(tachy_stream_next(handled, 60 * s_ns, &frame), TACHY_INTERRUPTED);
        storm(0);
        assert_true(test_now_ns() - start < 20 * s_ns);
    }
    tachy_stream_detach(&handled);
    tachy_writer_destroy(&writer);
}

static _Atomic bool waiting, over;

static void *interrupt_soon(void *stream)
{
    for (uint32_t round = 0; !atomic_load(&over); round++) {
        while (!atomic_load(&waiting) && !atomic_load(&over))
            ;
        for (volatile uint32_t i = 0; i < round * 97 % 20000; i++)
            ;
        if (atomic_exchange(&waiting, false))
            tachy_stream_interrupt(stream);
    }
    return NULL;
}

static void another_thread_ends_a_wait_at_once_wherever_it_is(void **state)
{
    (void)state;
    enum { ROUNDS = 2000 };
    tachy_writer *writer = test_writer((tachy_writer_params){0});
    const int64_t spins[] = {0, 20000};
    for (int s = 0; s < 2; s++) {
        tachy_stream *stream = test_reader((tachy_stream_params){.spin_ns = spins[s]});
        pthread_t thread;
        atomic_store(&over, false);
        assert_int_equal(pthread_create(&thread, NULL, interrupt_soon, stream), 0);
        int64_t start = test_now_ns();
        for (int i = 0; i < ROUNDS; i++) {
            tachy_frame *frame = NULL;
            atomic_store(&waiting, true);
            assert_int_equal(tachy_stream_next(stream, 60 * s_ns, &frame), TACHY_INTERRUPTED);
        }
        // A lost one costs a whole re-check of 50 ms: 2,000 of them would be 100 s.
        assert_true(test_now_ns() - start < 20 * s_ns);
        atomic_store(&over, true);
        pthread_join(thread, NULL);
        tachy_stream_detach(&stream);
    }
    tachy_writer_destroy(&writer);
}

TACHY_TEST_MAIN(cmocka_unit_test(an_interrupt_is_remembered_until_one_call_has_ended_by_it),
                cmocka_unit_test(waits_in_a_storm_of_signals_end_neither_early_nor_late),
                cmocka_unit_test(a_handler_ends_the_wait_of_its_own_thread),
                cmocka_unit_test(another_thread_ends_a_wait_at_once_wherever_it_is))
