// Lossless readers in one process: what they get, what the writer waits for, and who lets it go.
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "tests/lib/lossless.h"
#include "tests/lib/main.h"
#include "tests/lib/sleep.h"

enum { MS = 1000000, FRAMES = 10000 };

// Longer than any machine takes: where waiting is what would be wrong, the test hangs and tests/run says so.
static const int64_t for_ever_ns = INT64_C(3600000) * MS;

static tachy_writer *make_writer(uint32_t held_max, int64_t lossless_wait_ns)
{
    sleeps_are(false);
    return test_writer(
        (tachy_writer_params){.held_max = held_max, .lossless_wait_ns = lossless_wait_ns});
}

static tachy_stream *attach(tachy_reading reading)
{
    return test_reader((tachy_stream_params){.reading = reading});
}

static void a_lossless_reader_starts_at_the_next_publish(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(1, 0);
    for (int i = 0; i < 5; i++)
        assert_int_equal(test_try_publish(writer, 0), TACHY_OK);
    tachy_stream *stream = attach(TACHY_LOSSLESS);
    assert_int_equal(test_take(stream), 0);
    assert_int_equal(test_try_publish(writer, 0), TACHY_OK);
    assert_int_equal(test_take(stream), 6);
    tachy_stats stats = test_stats(stream);
    assert_true(stats.lossless);
    assert_false(stats.copying);
    assert_int_equal(stats.lost + stats.skipped, 0);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

struct reading {
    tachy_stream *stream;
    bool slow;
    uint64_t received, gaps, torn;
    tachy_status ended;
};

static void *read_all(void *argument)
{
    struct reading *reading = argument;
    tachy_frame *frame = NULL;
    uint64_t last = 0;
    while ((reading->ended = tachy_stream_next(reading->stream, for_ever_ns, &frame)) == TACHY_OK) {
        uint64_t sequence = tachy_frame_sequence(frame);
        reading->gaps += sequence - last - 1;
        last = sequence;
        reading->received++;
        if (reading->slow && sequence % 100 == 0)
            test_pause_ms(2);
        reading->torn += !test_is_whole(frame);
        tachy_frame_release(&frame);
    }
    return NULL;
}

static void every_frame_is_there_for_a_slow_lossless_reader(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(2, for_ever_ns);
    struct reading lossless = {.stream = attach(TACHY_LOSSLESS), .slow = true};
    struct reading newest = {.stream = attach(TACHY_NEWEST)};
    pthread_t threads[2];
    uint32_t early = test_publish_until_held_up(writer); // it is behind before it begins
    assert_int_equal(pthread_create(&threads[0], NULL, read_all, &lossless), 0);
    assert_int_equal(pthread_create(&threads[1], NULL, read_all, &newest), 0);
    for (uint32_t i = early; i < FRAMES; i++)
        assert_int_equal(test_try_publish(writer, for_ever_ns), TACHY_OK);
    tachy_writer_stats stats = test_writer_stats(writer);
    tachy_writer_destroy(&writer);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(stats.dropped, 0);
    assert_int_equal(lossless.ended, TACHY_CLOSED);
    assert_int_equal(lossless.received, FRAMES);
    assert_int_equal(lossless.gaps, 0);
    assert_int_equal(lossless.torn, 0);
    assert_int_equal(test_stats(lossless.stream).lost, 0);
    assert_int_equal(newest.ended, TACHY_CLOSED);
    assert_int_equal(newest.torn, 0);
    tachy_stats other = test_stats(newest.stream);
    assert_int_equal(other.received + other.skipped, FRAMES);
    assert_int_equal(other.skipped, newest.gaps);
    tachy_stream_detach(&lossless.stream);
    tachy_stream_detach(&newest.stream);
}

static atomic_bool over;

// Takes a frame each time the writer has gone to sleep for one.
static void *take_when_waited_for(void *stream)
{
    uint32_t seen = 0;
    while (!atomic_load(&over)) {
        uint32_t begun = sleeps_begun();
        sched_yield();
        if (begun != seen)
            test_take(stream);
        seen = begun;
    }
    return NULL;
}

// Nothing but its wake ends the writer's sleep here.
static void a_reader_that_moves_on_wakes_the_waiting_writer(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(1, for_ever_ns);
    tachy_stream *stream = attach(TACHY_LOSSLESS);
    test_publish_until_held_up(writer);
    sleeps_are(true);
    pthread_t thread;
    atomic_store(&over, false);
    assert_int_equal(pthread_create(&thread, NULL, take_when_waited_for, stream), 0);
    for (int i = 0; i < 500; i++)
        assert_int_equal(test_try_publish(writer, TACHY_FOREVER), TACHY_OK);
    atomic_store(&over, true);
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_int_equal(test_stats(stream).lost, 0);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_reader_that_keeps_up_is_not_demoted_with_the_one_behind(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(2, 20 * MS);
    tachy_stream *behind = attach(TACHY_LOSSLESS), *prompt = attach(TACHY_LOSSLESS);
    for (uint64_t i = 1; i <= 100; i++) {
        assert_int_equal(test_try_publish(writer, TACHY_FOREVER), TACHY_OK);
        assert_int_equal(test_take(prompt), i);
    }
    assert_true(test_stats(prompt).lossless);
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(behind, 0, &frame), TACHY_DEMOTED);
    tachy_stream_detach(&behind);
    tachy_stream_detach(&prompt);
    tachy_writer_destroy(&writer);
}

static void a_detached_reader_is_not_waited_for_while_its_frame_is_held(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(1, for_ever_ns);
    tachy_stream *stream = attach(TACHY_LOSSLESS);
    test_publish_until_held_up(writer);
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
    tachy_stream_detach(&stream);
    for (int i = 0; i < 100; i++)
        assert_int_equal(test_try_publish(writer, 0), TACHY_OK);
    assert_true(test_is_whole(frame));
    assert_int_equal(test_writer_stats(writer).waited_ns, 0);
    tachy_frame_release(&frame);
    tachy_writer_destroy(&writer);
}

static void *detach_when_waited_for(void *stream)
{
    sleeps_await(0);
    tachy_stream_detach(stream);
    return NULL;
}

// Nothing but the detach ends the writer's sleep here.
static void detaching_lets_a_waiting_writer_go(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(1, for_ever_ns);
    tachy_stream *stream = attach(TACHY_LOSSLESS);
    test_publish_until_held_up(writer);
    sleeps_are(true);
    pthread_t thread;
    assert_int_equal(pthread_create(&thread, NULL, detach_when_waited_for, &stream), 0);
    assert_int_equal(test_try_publish(writer, TACHY_FOREVER), TACHY_OK);
    assert_int_equal(pthread_join(thread, NULL), 0);
    tachy_writer_destroy(&writer);
}

struct attaching {
    _Atomic uint64_t attached; // how often; in the end UINT64_MAX
    atomic_bool stop;
    uint64_t wrong;
};

// A reader's first 20 frames: from the first one on none is missing.
static void read_on(struct attaching *attaching, tachy_stream *stream)
{
    uint64_t last = 0;
    for (int i = 0; i < 20; i++) {
        tachy_frame *frame = NULL;
        if (tachy_stream_next(stream, for_ever_ns, &frame) != TACHY_OK)
            break;
        uint64_t sequence = tachy_frame_sequence(frame);
        attaching->wrong += (last != 0 && sequence != last + 1) || !test_is_whole(frame);
        last = sequence;
        tachy_frame_release(&frame);
    }
    attaching->wrong += test_stats(stream).lost != 0;
}

static void *attach_often(void *argument)
{
    struct attaching *attaching = argument;
    while (!atomic_load(&attaching->stop)) {
        tachy_stream_params params = {
            .size = sizeof params, .name = test_stream_name(), .reading = TACHY_LOSSLESS};
        tachy_stream *stream = NULL;
        if (tachy_stream_attach(&params, 0, &stream) != TACHY_OK) {
            attaching->wrong += !atomic_load(&attaching->stop);
            break;
        }
        read_on(attaching, stream);
        tachy_stream_detach(&stream);
        atomic_fetch_add(&attaching->attached, 1);
    }
    atomic_store(&attaching->attached, UINT64_MAX);
    return NULL;
}

static void a_reader_that_attaches_while_frames_come_loses_none(void **state)
{
    (void)state;
    enum { ATTACHES = 300 };
    tachy_writer *writer = make_writer(2, for_ever_ns);
    struct attaching attaching[2] = {0};
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, attach_often, &attaching[i]), 0);
    while (atomic_load(&attaching[0].attached) < ATTACHES ||
           atomic_load(&attaching[1].attached) < ATTACHES)
        assert_int_equal(test_try_publish(writer, TACHY_FOREVER), TACHY_OK);
    for (int i = 0; i < 2; i++)
        atomic_store(&attaching[i].stop, true);
    tachy_writer_destroy(&writer); // also ends waits
    for (int i = 0; i < 2; i++) {
        assert_int_equal(pthread_join(threads[i], NULL), 0);
        assert_int_equal(attaching[i].wrong, 0);
    }
}

TACHY_TEST_MAIN(cmocka_unit_test(a_lossless_reader_starts_at_the_next_publish),
                cmocka_unit_test(every_frame_is_there_for_a_slow_lossless_reader),
                cmocka_unit_test(a_reader_that_moves_on_wakes_the_waiting_writer),
                cmocka_unit_test(a_reader_that_keeps_up_is_not_demoted_with_the_one_behind),
                cmocka_unit_test(a_detached_reader_is_not_waited_for_while_its_frame_is_held),
                cmocka_unit_test(detaching_lets_a_waiting_writer_go),
                cmocka_unit_test(a_reader_that_attaches_while_frames_come_loses_none))
