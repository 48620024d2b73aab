// The descriptor of a stream in poll and epoll.
#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/lib/main.h"
#include "tests/lib/stream.h"

static const int patience_ms = 120000; // only a hang is as long

static int fd_of(tachy_stream *stream)
{
    int fd = -1;
    if (tachy_stream_fd(stream, &fd) != TACHY_OK)
        fail_msg("%s", tachy_error());
    return fd;
}

static bool is_readable(int fd, int timeout_ms)
{
    struct pollfd polled = {.fd = fd, .events = POLLIN};
    return poll(&polled, 1, timeout_ms) == 1;
}

static void it_is_readable_exactly_while_a_frame_waits(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){.history = 3});
    tachy_stream *stream = test_reader((tachy_stream_params){.reading = TACHY_EVERY});
    test_publish(writer, 1);
    int fd = fd_of(stream);
    assert_int_equal(fd_of(stream), fd);
    assert_true(is_readable(fd, 0)); // it was there before the descriptor
    assert_int_equal(test_next_number(stream), 1);
    assert_false(is_readable(fd, 0));
    for (uint64_t number = 2; number <= 200; number += 2) {
        test_publish(writer, number);
        test_publish(writer, number + 1);
        assert_true(is_readable(fd, patience_ms));
        assert_true(is_readable(fd, 0)); // level-triggered
        assert_int_equal(test_next_number(stream), number);
        assert_true(is_readable(fd, 0)); // one more
        assert_int_equal(test_next_number(stream), number + 1);
        assert_false(is_readable(fd, 0));
    }
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(stream, 1000000, &frame), TACHY_TIMED_OUT);
    test_publish(writer, 300); // a wait of our own left the helper armed
    assert_true(is_readable(fd, patience_ms));
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void an_interrupt_and_the_end_make_it_readable(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){0});
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    tachy_frame *frame = NULL;
    int fd = fd_of(stream);
    assert_false(is_readable(fd, 20));
    tachy_stream_interrupt(stream);
    assert_true(is_readable(fd, patience_ms));
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_INTERRUPTED);
    assert_false(is_readable(fd, 0));
    tachy_writer_destroy(&writer);
    assert_true(is_readable(fd, patience_ms));
    for (int i = 0; i < 3; i++) {
        assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_CLOSED);
        assert_true(is_readable(fd, 0));
    }
    tachy_stream_detach(&stream);
}

static int count(const char *folder)
{
    DIR *listed = opendir(folder);
    int found = 0;
    assert_non_null(listed);
    while (readdir(listed) != NULL)
        found++;
    closedir(listed);
    return found;
}

// A thread that was joined is still listed for a moment.
static void expect_threads(int wanted)
{
    for (int i = 0; i < patience_ms && count("/proc/self/task") != wanted; i++)
        test_pause_ms(1);
    assert_int_equal(count("/proc/self/task"), wanted);
}

static void descriptor_and_helper_end_with_the_stream(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){0});
    int fds = count("/proc/self/fd"), threads = count("/proc/self/task");
    for (int i = 0; i < 50; i++) {
        tachy_stream *stream = test_reader((tachy_stream_params){0});
        tachy_frame *frame = NULL;
        fd_of(stream);
        expect_threads(threads + 1);
        test_publish(writer, 1);
        assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
        tachy_stream_detach(&stream);                      // while the frame is held
        assert_int_equal(count("/proc/self/fd"), fds + 3); // the frame keeps the mapped objects
        tachy_frame_release(&frame);
    }
    assert_int_equal(count("/proc/self/fd"), fds);
    expect_threads(threads);
    tachy_writer_destroy(&writer);
}

static void a_helper_costs_nothing_while_a_frame_waits_or_nothing_happens(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){0});
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    int fd = fd_of(stream);
    for (int waits = 0; waits < 2; waits++) {
        clock_t before = clock();
        int64_t start = test_now_ns();
        test_pause_ms(300);
        int64_t busy_ns = (clock() - before) * (INT64_C(1000000000) / CLOCKS_PER_SEC);
        assert_true(busy_ns < (test_now_ns() - start) / 2);
        test_publish(writer, 1);
        assert_true(is_readable(fd, patience_ms));
    }
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void a_forked_child_is_refused_and_its_detach_harms_nobody(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){0});
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    int fd = fd_of(stream);
    pid_t child = fork();
    if (child == 0) {
        int other = -1;
        bool refused = tachy_stream_fd(stream, &other) == TACHY_INVALID && other == -1;
        tachy_stream_interrupt(stream);
        tachy_stream_detach(&stream);
        _exit(refused ? 0 : 1);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_false(is_readable(fd, 0));
    test_publish(writer, 1);
    assert_true(is_readable(fd, patience_ms));
    assert_int_equal(test_next_number(stream), 1);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

// A writer of its own process; it ends by itself after `frames`, or waits to be killed.
static pid_t start_writer(uint64_t frames, bool ends, int *ready)
{
    int made[2];
    assert_int_equal(pipe(made), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        tachy_writer *writer = test_writer((tachy_writer_params){.history = 300});
        tachy_writer_stats stats = {.size = sizeof stats};
        if (write(made[1], test_stream_name(), 64) != 64)
            _exit(1);
        while (tachy_writer_read_stats(writer, &stats) == TACHY_OK && stats.readers == 0)
            test_pause_ms(2);
        for (uint64_t number = 1; number <= frames; number++) {
            test_publish(writer, number);
            if (number % 3 == 0)
                test_pause_ms(1);
        }
        while (!ends)
            pause();
        tachy_writer_destroy(&writer);
        _exit(0);
    }
    close(made[1]);
    *ready = made[0];
    return child;
}

static tachy_stream *attach_to(int ready)
{
    char name[64];
    assert_int_equal(read(ready, name, sizeof name), sizeof name);
    close(ready);
    tachy_stream_params params = {.size = sizeof params, .name = name, .reading = TACHY_EVERY};
    tachy_stream *stream = NULL;
    assert_int_equal(tachy_stream_attach(&params, patience_ms * INT64_C(1000000), &stream),
                     TACHY_OK);
    return stream;
}

// Takes what there is each time epoll says so; the status that ended it.
static tachy_status drain(tachy_stream *stream, uint64_t *last)
{
    int epoll = epoll_create1(EPOLL_CLOEXEC), fd = fd_of(stream);
    struct epoll_event event = {.events = EPOLLIN};
    assert_int_equal(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), 0);
    tachy_status status = TACHY_EMPTY;
    while (status == TACHY_EMPTY && epoll_wait(epoll, &event, 1, patience_ms) == 1) {
        tachy_frame *frame = NULL;
        while ((status = tachy_stream_next(stream, 0, &frame)) == TACHY_OK) {
            *last = tachy_frame_number(frame);
            tachy_frame_release(&frame);
        }
    }
    close(epoll);
    return status;
}

static void an_epoll_loop_gets_every_frame_of_another_process_and_its_end(void **state)
{
    (void)state;
    int ready;
    pid_t child = start_writer(290, true, &ready);
    tachy_stream *stream = attach_to(ready);
    uint64_t last = 0;
    assert_int_equal(drain(stream, &last), TACHY_CLOSED);
    assert_int_equal(last, 290);
    assert_int_equal(test_stats(stream).received, 290);
    tachy_stream_detach(&stream);
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void an_epoll_loop_learns_that_the_writer_was_killed(void **state)
{
    (void)state;
    int ready;
    pid_t child = start_writer(5, false, &ready);
    tachy_stream *stream = attach_to(ready);
    int fd = fd_of(stream);
    for (uint64_t number = 1; number <= 5; number++) {
        assert_true(is_readable(fd, patience_ms));
        assert_int_equal(test_next_number(stream), number);
    }
    assert_false(is_readable(fd, 120));
    kill(child, SIGKILL);
    uint64_t last = 5;
    assert_int_equal(drain(stream, &last), TACHY_GONE);
    assert_true(is_readable(fd, 0));
    assert_int_equal(waitpid(child, NULL, 0), child);
    tachy_writer_params params = {.size = sizeof params};
    const tachy_info *info = NULL;
    assert_int_equal(tachy_stream_info(stream, &info), TACHY_OK);
    const tachy_plane_params plane = {"color", TACHY_U8, 1, 1, 1, 4};
    params.name = info->name;
    params.planes = &plane;
    params.plane_count = 1;
    tachy_writer *writer = NULL; // takes over, and takes away what the dead one left
    assert_int_equal(tachy_writer_create(&params, &writer), TACHY_OK);
    tachy_writer_destroy(&writer);
    tachy_stream_detach(&stream);
}

TACHY_TEST_MAIN(cmocka_unit_test(it_is_readable_exactly_while_a_frame_waits),
                cmocka_unit_test(an_interrupt_and_the_end_make_it_readable),
                cmocka_unit_test(descriptor_and_helper_end_with_the_stream),
                cmocka_unit_test(a_helper_costs_nothing_while_a_frame_waits_or_nothing_happens),
                cmocka_unit_test(a_forked_child_is_refused_and_its_detach_harms_nobody),
                cmocka_unit_test(an_epoll_loop_gets_every_frame_of_another_process_and_its_end),
                cmocka_unit_test(an_epoll_loop_learns_that_the_writer_was_killed))
