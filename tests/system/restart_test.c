// Faults 28 and 29: a producer that starts again, or with other shapes, under attached readers.
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/main.h"
#include "tests/lib/process.h"
#include "tests/lib/shape.h"
#include "tests/lib/stream.h"

static const struct shape small = {8, 4, 1, false}, large = {60, 40, 1, false},
                          masked = {16, 16, 1, true};
static const int64_t hang_ns = INT64_C(30000000000);
static char name[64];
static tachy_wake wake; ///< of the writers started

/// Told in place of a number: to resize to shapes[number - RESIZE].
enum { RESIZE = 1000 };

static const struct shape *const shapes[] = {&small, &large, &masked, &small};

/// A writer of its own process, which publishes the number it is told.
struct writing {
    pid_t pid;
    int tell, told;
};

static struct writing writing;

static void serve(const struct shape *shape, int from, int to)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    tachy_writer *writer =
        shape_writer(shape, (tachy_writer_params){.name = name, .history = 2, .wake = wake});
    char row[32];
    uint32_t id;
    uint64_t number = 0;
    snprintf(row, sizeof row, "of %ux%u", shape->width, shape->height);
    const tachy_identity identity = {.object_id = 1, .name = row};
    if (tachy_writer_add_identity(writer, &identity, &id) != TACHY_OK)
        _exit(1);
    do {
        if (number >= RESIZE && shape_resize(writer, shapes[number - RESIZE]) != TACHY_OK)
            _exit(1);
        if (number != 0 && number < RESIZE)
            shape_publish(writer, number);
    } while (write(to, &number, sizeof number) == sizeof number &&
             read(from, &number, sizeof number) == sizeof number);
    tachy_writer_destroy(&writer); // told by the end of the pipe
    _exit(0);
}

static void hear(void)
{
    uint64_t number;
    assert_int_equal(read(writing.told, &number, sizeof number), sizeof number);
}

static void start_writer(const struct shape *shape)
{
    int down[2], up[2];
    assert_int_equal(pipe2(down, O_CLOEXEC), 0);
    assert_int_equal(pipe2(up, O_CLOEXEC), 0);
    fflush(stdout);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(down[1]);
        close(up[0]);
        serve(shape, down[0], up[1]);
    }
    close(down[0]);
    close(up[1]);
    writing = (struct writing){.pid = child, .tell = down[1], .told = up[0]};
    hear();
}

static void publish(uint64_t number)
{
    assert_int_equal(write(writing.tell, &number, sizeof number), sizeof number);
    hear();
}

static void resize(uint64_t shape)
{
    publish(RESIZE + shape);
}

// By SIGKILL, or by telling it: both are over when this returns.
static void end_writer(bool killed)
{
    if (killed)
        kill(writing.pid, SIGKILL);
    close(writing.tell);
    close(writing.told);
    assert_int_equal(waitpid(writing.pid, NULL, 0), writing.pid);
    writing.pid = 0;
}

static int begin(void **state)
{
    (void)state;
    snprintf(name, sizeof name, "%s/a", test_producer_name());
    test_name_stream(name);
    wake = TACHY_WAKE_BEST;
    return 0;
}

// A killed writer's objects go with the next writer of its name.
static int bury(void **state)
{
    (void)state;
    if (writing.pid != 0)
        end_writer(true);
    start_writer(&small);
    end_writer(false);
    name[strcspn(name, "/")] = 0;
    return test_shm_count(name) == 0 ? 0 : -1;
}

static tachy_status next(tachy_stream *stream, int64_t timeout_ns)
{
    tachy_frame *frame = NULL;
    tachy_status status = tachy_stream_next(stream, timeout_ns, &frame);
    assert_null(frame);
    return status;
}

static void take(tachy_stream *stream, const struct shape *shape, uint64_t number)
{
    tachy_frame *frame = shape_next(stream, shape, number);
    tachy_frame_release(&frame);
}

static tachy_info info_of(tachy_stream *stream)
{
    const tachy_info *info = NULL;
    assert_int_equal(tachy_stream_info(stream, &info), TACHY_OK);
    return *info;
}

// The end of the writer was noticed: from then on only a new one ends a wait.
static void restart(tachy_stream *stream, bool killed, const struct shape *shape)
{
    uint64_t epoch = info_of(stream).epoch;
    end_writer(killed);
    assert_int_equal(next(stream, 120000000), TACHY_TIMED_OUT);
    assert_int_equal(next(stream, 0), TACHY_EMPTY);
    start_writer(shape);
    for (uint64_t number = 11; number <= 15; number++)
        publish(number);
    assert_int_equal(next(stream, hang_ns), TACHY_CHANGED);
    tachy_info info = info_of(stream);
    assert_true(info.epoch != epoch && info.alive);
    assert_int_equal(info.planes[0].width, shape->width);
}

static void fault_28_a_newest_or_copying_reader_follows_its_producer(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        start_writer(&small);
        tachy_stream *stream =
            test_reader((tachy_stream_params){.follow = true, .copying = i >= 2});
        publish(1);
        publish(2);
        take(stream, &small, 2);
        restart(stream, i % 2 == 0, &small);
        take(stream, &small, 15);
        assert_int_equal(next(stream, 0), TACHY_EMPTY);
        publish(16);
        take(stream, &small, 16);
        tachy_stats stats = test_stats(stream);
        assert_int_equal(stats.received, 3);
        assert_int_equal(stats.skipped, 1 + 4);
        assert_int_equal(stats.lost, 0);
        tachy_stream_detach(&stream);
        end_writer(false);
    }
}

static void fault_28_an_every_reader_follows_and_counts_what_was_lost(void **state)
{
    (void)state;
    for (int killed = 0; killed < 2; killed++) {
        start_writer(&small);
        tachy_stream *stream =
            test_reader((tachy_stream_params){.follow = true, .reading = TACHY_EVERY});
        publish(1);
        publish(2);
        take(stream, &small, 1);
        end_writer(killed);
        take(stream, &small, 2); // what is left comes first
        start_writer(&small);    // before the end was noticed, perhaps
        for (uint64_t number = 11; number <= 15; number++)
            publish(number);
        assert_int_equal(next(stream, hang_ns), TACHY_CHANGED);
        for (uint64_t number = 13; number <= 15; number++) // history: 2
            take(stream, &small, number);
        assert_int_equal(next(stream, 0), TACHY_EMPTY);
        assert_int_equal(test_stats(stream).lost, 2);
        assert_int_equal(test_stats(stream).received, 5);
        tachy_stream_detach(&stream);
        end_writer(false);
    }
}

static void fault_28_a_lossless_reader_follows_and_is_waited_for_again(void **state)
{
    (void)state;
    start_writer(&small);
    tachy_stream *stream =
        test_reader((tachy_stream_params){.follow = true, .reading = TACHY_LOSSLESS});
    publish(1);
    take(stream, &small, 1);
    restart(stream, true, &small);
    assert_int_equal(next(stream, 0), TACHY_EMPTY);
    for (uint64_t number = 21; number <= 25; number++)
        publish(number);
    for (uint64_t number = 21; number <= 25; number++)
        take(stream, &small, number);
    tachy_stats stats = test_stats(stream);
    assert_int_equal(stats.lost, 5);
    assert_int_equal(stats.received, 6);
    assert_true(stats.lossless);
    tachy_stream_detach(&stream);
    end_writer(false);
}

static void fault_28_a_reader_that_does_not_follow_is_told_the_end(void **state)
{
    (void)state;
    for (int killed = 0; killed < 2; killed++) {
        start_writer(&small);
        tachy_stream *stream = test_reader((tachy_stream_params){0});
        publish(1);
        end_writer(killed);
        take(stream, &small, 1);
        const tachy_status end = killed ? TACHY_GONE : TACHY_CLOSED;
        assert_int_equal(next(stream, hang_ns), end);
        start_writer(&small);
        publish(2);
        assert_int_equal(next(stream, hang_ns), end);
        tachy_stream_detach(&stream);
        end_writer(false);
    }
}

static void fault_29_views_of_the_writer_before_stay_whole(void **state)
{
    (void)state;
    tachy_frame *held[4];
    start_writer(&small);
    tachy_stream *stream =
        test_reader((tachy_stream_params){.follow = true, .held_max = 2, .planes = "color"});
    publish(15);
    for (int i = 0; i < 4; i++) { // at most 2 are held: a new writer's frames are others
        if (i > 0)
            restart(stream, i % 2 == 0, shapes[i]);
        held[i] = shape_next(stream, shapes[i], 15);
        for (uint64_t number = 100; number < 120; number++)
            publish(number);
        take(stream, shapes[i], 119);
        for (int before = 0; before <= i; before++)
            shape_check(held[before], shapes[before]);
    }
    tachy_frame_release(&held[1]);
    tachy_stream_detach(&stream);
    end_writer(true);
    for (int i = 0; i < 4; i++) {
        if (held[i] == NULL)
            continue;
        tachy_frame *clone = NULL;
        shape_check(held[i], shapes[i]);
        assert_int_equal(tachy_frame_clone(held[i], &clone), TACHY_OK);
        tachy_frame_release(&held[i]);
        shape_check(clone, shapes[i]);
        tachy_frame_release(&clone);
    }
    assert_int_equal(shape_count_mappings(), 0);
}

static void fault_29_a_resize_is_told_and_views_of_before_stay_whole(void **state)
{
    (void)state;
    tachy_frame *held[4] = {NULL};
    start_writer(&small);
    tachy_stream *stream =
        test_reader((tachy_stream_params){.reading = TACHY_LOSSLESS, .held_max = 5});
    uint64_t number = 0;
    for (uint64_t i = 0; i < 4; i++) {
        if (i > 0)
            resize(i);
        publish(++number);
        if (i > 0)
            shape_wants_change(stream, shapes[i]);
        held[i] = shape_next(stream, shapes[i], number);
        for (int frames = 0; frames < 20; frames++) {
            publish(++number);
            take(stream, shapes[i], number);
        }
        for (uint64_t before = 0; before <= i; before++)
            shape_check(held[before], shapes[before]);
    }
    resize(1);
    end_writer(true); // with a generation that nobody saw
    assert_int_equal(next(stream, hang_ns), TACHY_GONE);
    assert_int_equal(test_stats(stream).lost, 0);
    tachy_stream_detach(&stream);
    for (uint64_t i = 0; i < 4; i++) {
        shape_check(held[i], shapes[i]);
        tachy_frame_release(&held[i]);
    }
}

static void fault_29_identities_are_those_of_each_frames_own_writer(void **state)
{
    (void)state;
    start_writer(&small);
    tachy_stream *stream = test_reader((tachy_stream_params){.follow = true, .held_max = 2});
    publish(1);
    tachy_frame *before = shape_next(stream, &small, 1);
    restart(stream, true, &large);
    tachy_frame *after = shape_next(stream, &large, 15);
    assert_string_equal(tachy_frame_identity(after, 1)->name, "of 60x40");
    assert_string_equal(tachy_frame_identity(before, 1)->name, "of 8x4");
    tachy_frame_release(&before);
    tachy_frame_release(&after);
    tachy_stream_detach(&stream);
    end_writer(false);
}

static void fault_29_the_descriptor_is_readable_when_the_next_writer_has_come(void **state)
{
    // Half of the helper's longest sleep: who is woken by nothing is late here, too.
    static const int hang_ms = 5000;
    (void)state;
    start_writer(&small);
    tachy_stream *stream = test_reader((tachy_stream_params){.follow = true});
    struct pollfd polled = {.events = POLLIN};
    assert_int_equal(tachy_stream_fd(stream, &polled.fd), TACHY_OK);
    for (int i = 0; i < 8; i++) {
        wake = i % 4 < 2 ? TACHY_WAKE_FUTEX : TACHY_WAKE_SEMAPHORE;
        const struct shape *shape = i % 2 == 0 ? &large : &small;
        end_writer(i % 3 == 0);
        assert_int_equal(poll(&polled, 1, 200), 0); // an end is no news to a reader that follows
        start_writer(shape);
        assert_int_equal(poll(&polled, 1, hang_ms), 1);
        assert_int_equal(next(stream, hang_ns), TACHY_CHANGED);
        assert_int_equal(poll(&polled, 1, 0), 0);
        publish(1);
        assert_int_equal(poll(&polled, 1, hang_ms), 1);
        take(stream, shape, 1);
        assert_int_equal(poll(&polled, 1, 0), 0);
        tachy_stream_interrupt(stream);
        assert_int_equal(poll(&polled, 1, hang_ms), 1);
        assert_int_equal(next(stream, 0), TACHY_INTERRUPTED);
    }
    tachy_stream_detach(&stream);
    end_writer(false);
}

static void a_reader_follows_its_writer_into_new_objects_when_the_registry_is_lost(void **state)
{
    (void)state;
    start_writer(&small);
    for (int guarded = 0; guarded < 2; guarded++) {
        tachy_stream *stream = test_reader(
            (tachy_stream_params){.follow = true, .held_max = 2, .guard = guarded != 0});
        char path[128];
        publish(1);
        tachy_frame *held = shape_next(stream, &small, 1);
        snprintf(path, sizeof path, "/dev/shm/tachy.%.*s.a.reg", (int)strcspn(name, "/"), name);
        int fd = open(path, O_RDWR | O_CLOEXEC);
        const uint64_t no_magic = 0; // blanked: an unguarded reader must not touch what is gone
        assert_int_equal(guarded ? ftruncate(fd, 0) : pwrite(fd, &no_magic, 8, 0), guarded ? 0 : 8);
        close(fd);
        publish(2);
        assert_int_equal(next(stream, hang_ns), TACHY_CHANGED);
        take(stream, &small, 2);
        publish(3);
        take(stream, &small, 3);
        shape_check(held, &small);
        tachy_frame_release(&held);
        tachy_stream_detach(&stream);
    }
    end_writer(false);
}

static void *interrupt_later(void *stream)
{
    test_pause_ms(100);
    tachy_stream_interrupt(stream);
    return NULL;
}

static void a_wait_for_the_next_writer_ends_by_an_interrupt(void **state)
{
    (void)state;
    start_writer(&small);
    tachy_stream *stream = test_reader((tachy_stream_params){.follow = true});
    restart(stream, true, &small); // an interrupt reaches a life that is not the first
    take(stream, &small, 15);
    for (int i = 0; i < 2; i++) {
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, interrupt_later, stream), 0);
        assert_int_equal(next(stream, TACHY_FOREVER), TACHY_INTERRUPTED);
        pthread_join(thread, NULL);
        if (i == 0)
            end_writer(true);
    }
    tachy_stream_detach(&stream);
}

static void a_reader_follows_forty_writers_and_leaves_nothing_behind(void **state)
{
    (void)state;
    int fds = 0, mappings = 0;
    start_writer(&small);
    tachy_stream *stream = test_reader((tachy_stream_params){.follow = true});
    for (int i = 0; i < 40; i++) {
        end_writer(i % 2 == 0);
        start_writer(&small);
        publish(1);
        assert_int_equal(next(stream, hang_ns), TACHY_CHANGED);
        take(stream, &small, 1);
        if (i == 1) {
            fds = shape_count_fds();
            mappings = shape_count_mappings();
        }
    }
    assert_int_equal(shape_count_fds(), fds);
    assert_int_equal(shape_count_mappings(), mappings);
    assert_int_equal(test_stats(stream).received, 40);
    tachy_stream_detach(&stream);
    end_writer(false);
    assert_int_equal(shape_count_mappings(), 0);
}

#define RESTART_TEST(test) cmocka_unit_test_setup_teardown(test, begin, bury)

TACHY_TEST_MAIN(
    RESTART_TEST(fault_28_a_newest_or_copying_reader_follows_its_producer),
    RESTART_TEST(fault_28_an_every_reader_follows_and_counts_what_was_lost),
    RESTART_TEST(fault_28_a_lossless_reader_follows_and_is_waited_for_again),
    RESTART_TEST(fault_28_a_reader_that_does_not_follow_is_told_the_end),
    RESTART_TEST(fault_29_views_of_the_writer_before_stay_whole),
    RESTART_TEST(fault_29_a_resize_is_told_and_views_of_before_stay_whole),
    RESTART_TEST(fault_29_identities_are_those_of_each_frames_own_writer),
    RESTART_TEST(fault_29_the_descriptor_is_readable_when_the_next_writer_has_come),
    RESTART_TEST(a_reader_follows_its_writer_into_new_objects_when_the_registry_is_lost),
    RESTART_TEST(a_wait_for_the_next_writer_ends_by_an_interrupt),
    RESTART_TEST(a_reader_follows_forty_writers_and_leaves_nothing_behind))
