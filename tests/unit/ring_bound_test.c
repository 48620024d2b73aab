// How long lossless readers hold a writer up, who is given up on, and what it is told. Machines may be slow: waits are
// counted by the writer's own clock, and nothing is asked to be quick.
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>

#include "tests/lib/lossless.h"
#include "tests/lib/main.h"
#include "tests/lib/sleep.h"

enum { MS = 1000000 };

static tachy_writer *make_writer(uint32_t held_max, int64_t lossless_wait_ns)
{
    return test_writer(
        (tachy_writer_params){.held_max = held_max, .lossless_wait_ns = lossless_wait_ns});
}

static tachy_stream *attach(void)
{
    return test_reader((tachy_stream_params){.reading = TACHY_LOSSLESS});
}

// What is left for a reader that was given up on after so many frames: the news once, then what is there, losses counted.
static void expect_demoted(tachy_stream *stream, uint64_t published)
{
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_DEMOTED);
    assert_null(frame);
    assert_non_null(strstr(tachy_error(), test_stream_name()));
    assert_false(test_stats(stream).lossless);
    assert_int_equal(test_stats(stream).lost, 0);
    uint64_t received = 0, last = 0, sequence;
    while ((sequence = test_take(stream)) != 0) {
        assert_true(sequence > last);
        last = sequence;
        received++;
    }
    assert_int_equal(last, published);
    assert_true(received >= 2);
    assert_int_equal(test_stats(stream).lost, published - received);
}

static void a_slow_reader_is_demoted_at_the_bound_told_once_and_its_losses_are_counted(void **state)
{
    (void)state;
    const int64_t bound_ns = 40 * MS;
    uint32_t room = test_room(1);
    tachy_writer *writer = make_writer(1, bound_ns);
    tachy_stream *stream = attach();
    for (uint32_t i = 0; i < room; i++)
        assert_int_equal(test_try_publish(writer, 0), TACHY_OK);
    int64_t start = test_now_ns();
    assert_int_equal(test_try_publish(writer, TACHY_FOREVER), TACHY_OK);
    int64_t waited = test_writer_stats(writer).waited_ns;
    assert_true(waited >= bound_ns && waited <= test_now_ns() - start);
    for (int i = 0; i < 1000; i++) // nobody waits for it again
        assert_int_equal(test_try_publish(writer, 0), TACHY_OK);
    assert_int_equal(test_writer_stats(writer).waited_ns, waited);
    assert_int_equal(test_writer_stats(writer).dropped, 0);
    expect_demoted(stream, room + 1001);
    tachy_stream_detach(&stream);
    test_pause_ms((int)(11 * bound_ns / MS)); // patience is back
    tachy_stream *again = attach();           // the same block's next owner
    test_publish_until_held_up(writer);
    tachy_stream_detach(&again);
    tachy_writer_destroy(&writer);
}

static void the_bound_is_the_writers_over_all_readers(void **state)
{
    (void)state;
    enum { READERS = 8 };
    const int64_t bound_ns = 300 * MS;
    tachy_writer *writer = make_writer(READERS, bound_ns);
    tachy_stream *streams[READERS];
    for (int i = 0; i < READERS; i++)
        streams[i] = attach();
    int64_t start = test_now_ns(), waited = 0;
    for (int stuck = 0; stuck < READERS; stuck++) { // one after the other stops reading
        for (int i = 0; i < 20 * READERS; i++) {
            assert_int_equal(test_try_publish(writer, TACHY_FOREVER), TACHY_OK);
            for (int other = stuck + 1; other < READERS; other++)
                assert_true(test_take(streams[other]) > 0);
        }
        waited = stuck == 0 ? test_writer_stats(writer).waited_ns : waited;
    }
    assert_true(waited >= bound_ns);
    // All patience went to the first. On a machine that took ten spans for this, more of it came back.
    if (test_now_ns() - start < 10 * bound_ns)
        assert_int_equal(test_writer_stats(writer).waited_ns, waited);
    tachy_frame *frame = NULL;
    for (int i = 0; i < READERS; i++) {
        assert_int_equal(tachy_stream_next(streams[i], 0, &frame), TACHY_DEMOTED);
        assert_true(test_take(streams[i]) > 0);
        tachy_stream_detach(&streams[i]);
    }
    tachy_writer_destroy(&writer);
}

/// One frame taken a while after the writer began to wait for it, if it does.
struct taking {
    tachy_stream *stream;
    uint32_t sleeps;
    atomic_bool published;
};

static void *take_late(void *argument)
{
    struct taking *taking = argument;
    while (sleeps_begun() == taking->sleeps && !atomic_load(&taking->published))
        test_pause_ms(1);
    test_pause_ms(10);
    test_take(taking->stream);
    return NULL;
}

// Each wait is short, and all of them count.
static void many_short_waits_exhaust_the_bound_too(void **state)
{
    (void)state;
    enum { ROUNDS_MAX = 1000 };
    const int64_t bound_ns = 200 * MS;
    uint32_t room = test_room(1);
    sleeps_are(false);
    tachy_writer *writer = make_writer(1, bound_ns);
    tachy_stream *stream = attach();
    for (uint32_t i = 0; i < room; i++)
        assert_int_equal(test_try_publish(writer, 0), TACHY_OK);
    for (int i = 0; i < ROUNDS_MAX && test_stats(stream).lossless; i++) {
        struct taking taking = {.stream = stream, .sleeps = sleeps_begun()};
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, take_late, &taking), 0);
        assert_int_equal(test_try_publish(writer, TACHY_FOREVER), TACHY_OK);
        atomic_store(&taking.published, true);
        assert_int_equal(pthread_join(thread, NULL), 0);
    }
    assert_false(test_stats(stream).lossless);
    assert_true(test_writer_stats(writer).waited_ns >= bound_ns);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_callers_own_patience_ends_first(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(1, INT64_C(600000) * MS);
    tachy_stream *stream = attach();
    test_publish_until_held_up(writer);
    int64_t start = test_now_ns();
    assert_int_equal(test_try_publish(writer, 20 * MS), TACHY_TIMED_OUT);
    assert_true(test_now_ns() - start >= 20 * MS);
    assert_non_null(strstr(tachy_error(), test_stream_name()));
    assert_int_equal(test_writer_stats(writer).dropped, 0);
    assert_int_equal(test_take(stream), 1);
    assert_int_equal(test_try_publish(writer, 0), TACHY_OK);
    assert_true(test_stats(stream).lossless);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_writer_that_only_polls_is_held_up_no_longer_either(void **state)
{
    (void)state;
    const int64_t bound_ns = 30 * MS;
    tachy_writer *writer = make_writer(1, bound_ns);
    tachy_stream *stream = attach();
    int64_t start = test_now_ns();
    test_publish_until_held_up(writer); // the bound counts from the claim that was refused here
    tachy_status status;
    while ((status = test_try_publish(writer, 0)) == TACHY_TIMED_OUT)
        test_pause_ms(1);
    assert_int_equal(status, TACHY_OK);
    assert_true(test_now_ns() - start >= bound_ns);
    assert_int_equal(test_writer_stats(writer).waited_ns, 0);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

TACHY_TEST_MAIN(
    cmocka_unit_test(a_slow_reader_is_demoted_at_the_bound_told_once_and_its_losses_are_counted),
    cmocka_unit_test(the_bound_is_the_writers_over_all_readers),
    cmocka_unit_test(many_short_waits_exhaust_the_bound_too),
    cmocka_unit_test(a_callers_own_patience_ends_first),
    cmocka_unit_test(a_writer_that_only_polls_is_held_up_no_longer_either))
