// Lossless readers in one process: what the writer waits for, for how long, and who is told what.
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <tachy/tachy.h>

#include "tests/lib/main.h"

enum { MS = 1000000, FRAMES = 10000 };

static const int64_t long_ns = INT64_C(60) * 1000 * MS;
static char name[64];

static int64_t now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static tachy_writer *make_writer(uint32_t held_max, int64_t lossless_wait_ns)
{
    const tachy_plane_params plane = {"color", TACHY_U8, 1, 4, 16, 4};
    snprintf(name, sizeof name, "losslesstest%d/a", (int)getpid());
    tachy_writer_params params = {.size = sizeof params,
                                  .name = name,
                                  .planes = &plane,
                                  .plane_count = 1,
                                  .held_max = held_max,
                                  .lossless_wait_ns = lossless_wait_ns};
    tachy_writer *writer = NULL;
    if (tachy_writer_create(&params, &writer) != TACHY_OK)
        fail_msg("%s", tachy_error());
    return writer;
}

static tachy_stream *attach(tachy_reading reading)
{
    tachy_stream_params params = {.size = sizeof params, .name = name, .reading = reading};
    tachy_stream *stream = NULL;
    if (tachy_stream_attach(&params, 0, &stream) != TACHY_OK)
        fail_msg("%s", tachy_error());
    return stream;
}

static tachy_writer_stats stats_of(const tachy_writer *writer)
{
    tachy_writer_stats stats = {.size = sizeof stats};
    assert_int_equal(tachy_writer_read_stats(writer, &stats), TACHY_OK);
    return stats;
}

static tachy_stats reader_stats(const tachy_stream *stream)
{
    tachy_stats stats = {.size = sizeof stats};
    assert_int_equal(tachy_stream_stats(stream, &stats), TACHY_OK);
    return stats;
}

static tachy_status try_publish(tachy_writer *writer, int64_t timeout_ns)
{
    tachy_draft *draft = NULL;
    tachy_status status = tachy_writer_claim(writer, timeout_ns, &draft);
    if (status != TACHY_OK)
        return status;
    uint64_t sequence = stats_of(writer).published + 1;
    memset(tachy_draft_plane(draft, "color", NULL), (int)(sequence & 255), 256);
    return tachy_draft_publish(&draft);
}

// Publishes until the lossless reader holds the writer up.
static uint32_t publish_until_held_up(tachy_writer *writer)
{
    uint32_t count = 0;
    while (count < 100 && try_publish(writer, 0) == TACHY_OK)
        count++;
    assert_in_range(count, 1, 99);
    return count;
}

static bool is_whole(const tachy_frame *frame)
{
    const uint8_t *bytes = tachy_frame_plane(frame, "color")->data;
    for (int i = 0; i < 256; i++)
        if (bytes[i] != (tachy_frame_sequence(frame) & 255))
            return false;
    return true;
}

static uint64_t next_sequence(tachy_stream *stream)
{
    tachy_frame *frame = NULL;
    if (tachy_stream_next(stream, 0, &frame) != TACHY_OK)
        return 0;
    uint64_t sequence = tachy_frame_sequence(frame);
    assert_true(is_whole(frame));
    tachy_frame_release(&frame);
    return sequence;
}

static void a_lossless_reader_starts_at_the_next_publish(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(1, 0);
    for (int i = 0; i < 5; i++)
        assert_int_equal(try_publish(writer, 0), TACHY_OK);
    tachy_stream *stream = attach(TACHY_LOSSLESS);
    assert_int_equal(next_sequence(stream), 0);
    assert_int_equal(try_publish(writer, 0), TACHY_OK);
    assert_int_equal(next_sequence(stream), 6);
    tachy_stats stats = reader_stats(stream);
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
    while ((reading->ended = tachy_stream_next(reading->stream, long_ns, &frame)) == TACHY_OK) {
        uint64_t sequence = tachy_frame_sequence(frame);
        reading->gaps += sequence - last - 1;
        last = sequence;
        reading->received++;
        if (reading->slow && sequence % 100 == 0)
            nanosleep(&(struct timespec){.tv_nsec = 2 * MS}, NULL);
        reading->torn += !is_whole(frame);
        tachy_frame_release(&frame);
    }
    return NULL;
}

static void every_frame_is_there_for_a_slow_lossless_reader(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(2, long_ns);
    struct reading lossless = {.stream = attach(TACHY_LOSSLESS), .slow = true};
    struct reading newest = {.stream = attach(TACHY_NEWEST)};
    pthread_t threads[2];
    assert_int_equal(pthread_create(&threads[0], NULL, read_all, &lossless), 0);
    assert_int_equal(pthread_create(&threads[1], NULL, read_all, &newest), 0);
    for (int i = 0; i < FRAMES; i++)
        assert_int_equal(try_publish(writer, long_ns), TACHY_OK);
    tachy_writer_stats stats = stats_of(writer);
    tachy_writer_destroy(&writer);
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    assert_int_equal(stats.dropped, 0);
    assert_true(stats.waited_ns > 10 * MS);
    assert_int_equal(lossless.ended, TACHY_CLOSED);
    assert_int_equal(lossless.received, FRAMES);
    assert_int_equal(lossless.gaps, 0);
    assert_int_equal(lossless.torn, 0);
    assert_int_equal(reader_stats(lossless.stream).lost, 0);
    assert_int_equal(newest.ended, TACHY_CLOSED);
    assert_int_equal(newest.torn, 0);
    tachy_stats other = reader_stats(newest.stream);
    assert_int_equal(other.received + other.skipped, FRAMES);
    assert_int_equal(other.skipped, newest.gaps);
    tachy_stream_detach(&lossless.stream);
    tachy_stream_detach(&newest.stream);
}

static void a_slow_reader_is_demoted_at_the_bound_told_once_and_its_losses_are_counted(void **state)
{
    (void)state;
    const int64_t bound_ns = 40 * MS;
    tachy_writer *writer = make_writer(1, bound_ns);
    tachy_stream *stream = attach(TACHY_LOSSLESS);
    uint64_t published = publish_until_held_up(writer);
    int64_t start = now_ns();
    assert_int_equal(try_publish(writer, TACHY_FOREVER), TACHY_OK);
    int64_t took = now_ns() - start, waited = stats_of(writer).waited_ns;
    assert_true(took > bound_ns / 2 && took < 20 * bound_ns);
    assert_true(waited <= took && waited > bound_ns / 2);
    for (int i = 0; i < 1000; i++) // nobody waits for it again
        assert_int_equal(try_publish(writer, 0), TACHY_OK);
    published += 1001;
    assert_int_equal(stats_of(writer).waited_ns, waited);
    assert_int_equal(stats_of(writer).dropped, 0);
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_DEMOTED);
    assert_null(frame);
    assert_non_null(strstr(tachy_error(), name));
    assert_false(reader_stats(stream).lossless);
    assert_int_equal(reader_stats(stream).lost, 0);
    uint64_t received = 0, last = 0, sequence;
    while ((sequence = next_sequence(stream)) != 0) {
        assert_true(sequence > last);
        last = sequence;
        received++;
    }
    assert_int_equal(last, published);
    assert_true(received >= 2);
    assert_int_equal(reader_stats(stream).lost, published - received);
    tachy_stream_detach(&stream);
    nanosleep(&(struct timespec){.tv_nsec = 11 * bound_ns}, NULL); // patience is back
    tachy_stream *again = attach(TACHY_LOSSLESS);                  // the same block's next owner
    publish_until_held_up(writer);
    tachy_stream_detach(&again);
    tachy_writer_destroy(&writer);
}

static void the_bound_is_the_writers_over_all_readers(void **state)
{
    (void)state;
    enum { READERS = 8 };
    const int64_t bound_ns = 100 * MS;
    tachy_writer *writer = make_writer(READERS, bound_ns);
    tachy_stream *streams[READERS];
    for (int i = 0; i < READERS; i++)
        streams[i] = attach(TACHY_LOSSLESS);
    for (int stuck = 0; stuck < READERS; stuck++) { // one after the other stops reading
        for (int i = 0; i < 20 * READERS; i++) {
            assert_int_equal(try_publish(writer, TACHY_FOREVER), TACHY_OK);
            for (int other = stuck + 1; other < READERS; other++)
                assert_true(next_sequence(streams[other]) > 0);
        }
    }
    assert_in_range(stats_of(writer).waited_ns, bound_ns / 2, 4 * bound_ns);
    tachy_frame *frame = NULL;
    for (int i = 0; i < READERS; i++) {
        assert_int_equal(tachy_stream_next(streams[i], 0, &frame), TACHY_DEMOTED);
        assert_true(next_sequence(streams[i]) > 0);
        tachy_stream_detach(&streams[i]);
    }
    tachy_writer_destroy(&writer);
}

static atomic_int rounds;

// Takes a frame 0.3 ms after each round began.
static void *take_in_each_round(void *argument)
{
    for (int seen = 0; seen < 50;) {
        if (atomic_load(&rounds) == seen)
            continue;
        seen++;
        nanosleep(&(struct timespec){.tv_nsec = 3 * MS / 10}, NULL);
        next_sequence(argument);
    }
    return NULL;
}

// Without the ring a wait would end with its slice, after 1 ms.
static void a_reader_that_moves_on_wakes_the_waiting_writer(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(1, long_ns);
    tachy_stream *stream = attach(TACHY_LOSSLESS);
    publish_until_held_up(writer);
    pthread_t thread;
    atomic_store(&rounds, 0);
    assert_int_equal(pthread_create(&thread, NULL, take_in_each_round, stream), 0);
    int prompt = 0;
    for (int i = 0; i < 50; i++) {
        int64_t start = now_ns();
        atomic_fetch_add(&rounds, 1);
        assert_int_equal(try_publish(writer, TACHY_FOREVER), TACHY_OK);
        int64_t took = now_ns() - start;
        prompt += took > 2 * MS / 10 && took < 9 * MS / 10;
    }
    assert_int_equal(pthread_join(thread, NULL), 0);
    assert_true(prompt >= 5);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void *take_one(void *argument)
{
    nanosleep(&(struct timespec){.tv_nsec = MS / 2}, NULL);
    next_sequence(argument);
    return NULL;
}

// Each wait is short, and all of them count.
static void many_short_waits_exhaust_the_bound_too(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(1, 5 * MS);
    tachy_stream *stream = attach(TACHY_LOSSLESS);
    for (int i = 0; i < 200 && try_publish(writer, 0) != TACHY_TIMED_OUT; i++) {
    }
    for (int i = 0; i < 20; i++) {
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, take_one, stream), 0);
        assert_int_equal(try_publish(writer, TACHY_FOREVER), TACHY_OK);
        assert_int_equal(pthread_join(thread, NULL), 0);
    }
    assert_false(reader_stats(stream).lossless);
    assert_in_range(stats_of(writer).waited_ns, 2 * MS, 20 * MS);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_reader_that_keeps_up_is_not_demoted_with_the_one_behind(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(2, 20 * MS);
    tachy_stream *behind = attach(TACHY_LOSSLESS), *prompt = attach(TACHY_LOSSLESS);
    for (uint64_t i = 1; i <= 100; i++) {
        assert_int_equal(try_publish(writer, TACHY_FOREVER), TACHY_OK);
        assert_int_equal(next_sequence(prompt), i);
    }
    assert_true(reader_stats(prompt).lossless);
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(behind, 0, &frame), TACHY_DEMOTED);
    tachy_stream_detach(&behind);
    tachy_stream_detach(&prompt);
    tachy_writer_destroy(&writer);
}

static void a_callers_own_patience_ends_first(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(1, long_ns);
    tachy_stream *stream = attach(TACHY_LOSSLESS);
    publish_until_held_up(writer);
    int64_t start = now_ns();
    assert_int_equal(try_publish(writer, 20 * MS), TACHY_TIMED_OUT);
    assert_in_range(now_ns() - start, 20 * MS, 20 * INT64_C(20) * MS);
    assert_non_null(strstr(tachy_error(), name));
    assert_int_equal(stats_of(writer).dropped, 0);
    assert_int_equal(next_sequence(stream), 1);
    assert_int_equal(try_publish(writer, 0), TACHY_OK);
    assert_true(reader_stats(stream).lossless);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_writer_that_only_polls_is_held_up_no_longer_either(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(1, 30 * MS);
    tachy_stream *stream = attach(TACHY_LOSSLESS);
    publish_until_held_up(writer);
    int64_t start = now_ns();
    tachy_status status;
    while ((status = try_publish(writer, 0)) == TACHY_TIMED_OUT && now_ns() - start < long_ns)
        nanosleep(&(struct timespec){.tv_nsec = MS}, NULL);
    assert_int_equal(status, TACHY_OK);
    assert_true(now_ns() - start > 15 * MS);
    assert_int_equal(stats_of(writer).waited_ns, 0);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_detached_reader_is_not_waited_for_while_its_frame_is_held(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(1, long_ns);
    tachy_stream *stream = attach(TACHY_LOSSLESS);
    publish_until_held_up(writer);
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
    tachy_stream_detach(&stream);
    for (int i = 0; i < 100; i++)
        assert_int_equal(try_publish(writer, 0), TACHY_OK);
    assert_true(is_whole(frame));
    assert_int_equal(stats_of(writer).waited_ns, 0);
    tachy_frame_release(&frame);
    tachy_writer_destroy(&writer);
}

static void *detach_later(void *argument)
{
    nanosleep(&(struct timespec){.tv_nsec = 20 * MS}, NULL);
    tachy_stream_detach(argument);
    return NULL;
}

static void detaching_lets_a_waiting_writer_go(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(1, long_ns);
    tachy_stream *stream = attach(TACHY_LOSSLESS);
    publish_until_held_up(writer);
    pthread_t thread;
    int64_t start = now_ns();
    assert_int_equal(pthread_create(&thread, NULL, detach_later, &stream), 0);
    assert_int_equal(try_publish(writer, TACHY_FOREVER), TACHY_OK);
    assert_in_range(now_ns() - start, 5 * MS, 20 * INT64_C(30) * MS);
    assert_int_equal(pthread_join(thread, NULL), 0);
    tachy_writer_destroy(&writer);
}

struct attaching {
    atomic_bool stop;
    uint64_t attached, wrong;
};

// Attaches while frames are published as fast as they come; the first frame must be the one after the newest then, or later
// by what was published before the reader was live, and from there on none is missing.
static void *attach_often(void *argument)
{
    struct attaching *attaching = argument;
    while (!atomic_load(&attaching->stop)) {
        tachy_stream_params params = {
            .size = sizeof params, .name = name, .reading = TACHY_LOSSLESS};
        tachy_stream *stream = NULL;
        if (tachy_stream_attach(&params, 0, &stream) != TACHY_OK)
            break; // the writer has ended
        uint64_t last = 0;
        for (int i = 0; i < 20; i++) {
            tachy_frame *frame = NULL;
            if (tachy_stream_next(stream, long_ns, &frame) != TACHY_OK)
                break;
            uint64_t sequence = tachy_frame_sequence(frame);
            attaching->wrong += (last != 0 && sequence != last + 1) || !is_whole(frame);
            last = sequence;
            tachy_frame_release(&frame);
        }
        attaching->wrong += reader_stats(stream).lost != 0;
        attaching->attached++;
        tachy_stream_detach(&stream);
    }
    return NULL;
}

static void a_reader_that_attaches_while_frames_come_loses_none(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(2, long_ns);
    struct attaching attaching = {0};
    pthread_t threads[2];
    struct attaching other = {0};
    assert_int_equal(pthread_create(&threads[0], NULL, attach_often, &attaching), 0);
    assert_int_equal(pthread_create(&threads[1], NULL, attach_often, &other), 0);
    int64_t until = now_ns() + INT64_C(1000) * MS;
    while (now_ns() < until)
        assert_int_equal(try_publish(writer, TACHY_FOREVER), TACHY_OK);
    atomic_store(&attaching.stop, true);
    atomic_store(&other.stop, true);
    tachy_writer_destroy(&writer); // also ends waits
    for (int i = 0; i < 2; i++)
        assert_int_equal(pthread_join(threads[i], NULL), 0);
    printf("# %llu attaches\n", (unsigned long long)(attaching.attached + other.attached));
    assert_int_equal(attaching.wrong + other.wrong, 0);
    assert_true(attaching.attached > 10 && other.attached > 10);
}

TACHY_TEST_MAIN(
    cmocka_unit_test(a_lossless_reader_starts_at_the_next_publish),
    cmocka_unit_test(every_frame_is_there_for_a_slow_lossless_reader),
    cmocka_unit_test(a_slow_reader_is_demoted_at_the_bound_told_once_and_its_losses_are_counted),
    cmocka_unit_test(the_bound_is_the_writers_over_all_readers),
    cmocka_unit_test(a_reader_that_moves_on_wakes_the_waiting_writer),
    cmocka_unit_test(many_short_waits_exhaust_the_bound_too),
    cmocka_unit_test(a_reader_that_keeps_up_is_not_demoted_with_the_one_behind),
    cmocka_unit_test(a_callers_own_patience_ends_first),
    cmocka_unit_test(a_writer_that_only_polls_is_held_up_no_longer_either),
    cmocka_unit_test(a_detached_reader_is_not_waited_for_while_its_frame_is_held),
    cmocka_unit_test(detaching_lets_a_waiting_writer_go),
    cmocka_unit_test(a_reader_that_attaches_while_frames_come_loses_none))
