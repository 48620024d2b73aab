// Faults of waiting readers (section D): wakes that get lost, signals, threads that leave in the middle. Over both ways to wake.
#include <dirent.h>
#include <poll.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/main.h"
#include "tests/lib/process.h"
#include "tests/lib/storm.h"
#include "tests/lib/stream.h"
#include "tests/preload/lost_wakes.h"

enum { FRAMES = 20, STORM_US = 100 /* 10 kHz */ };

static const int64_t ms_ns = 1000000, hang_ns = INT64_C(60) * 1000000000;
static const tachy_wake ways[] = {TACHY_WAKE_FUTEX, TACHY_WAKE_SEMAPHORE};

// ---- 43

// Every second frame by a descriptor. A wait without a second look would time out.
static int take_each(int tell)
{
    const tachy_stream_params params = {.size = sizeof params, .name = test_stream_name()};
    tachy_stream *stream = NULL;
    int fd = -1;
    if (tachy_stream_attach(&params, hang_ns, &stream) != TACHY_OK ||
        tachy_stream_fd(stream, &fd) != TACHY_OK || write(tell, "", 1) != 1)
        return 1;
    for (uint64_t number = 1; number <= FRAMES; number++) {
        struct pollfd polled = {.fd = fd, .events = POLLIN};
        tachy_frame *frame = NULL;
        if (number % 2 == 0 && poll(&polled, 1, (int)(hang_ns / ms_ns)) != 1)
            return 2;
        if (tachy_stream_next(stream, hang_ns, &frame) != TACHY_OK)
            return 3;
        bool next = tachy_frame_number(frame) == number;
        tachy_frame_release(&frame);
        if (!next || write(tell, "", 1) != 1)
            return 4;
    }
    tachy_stream_detach(&stream);
    return 0;
}

static bool is_asleep(pid_t process)
{
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task", (int)process);
    DIR *tasks = opendir(path);
    bool asleep = tasks != NULL;
    for (struct dirent *task; tasks != NULL && (task = readdir(tasks)) != NULL;) {
        char stat_path[320], state = 'S';
        snprintf(stat_path, sizeof stat_path, "%s/%.200s/stat", path, task->d_name);
        FILE *file = task->d_name[0] == '.' ? NULL : fopen(stat_path, "re");
        if (file != NULL && fscanf(file, "%*d %*s %c", &state) == 1)
            asleep = asleep && state == 'S';
        if (file != NULL)
            fclose(file);
    }
    if (tasks != NULL)
        closedir(tasks);
    return asleep;
}

static void wait_until_asleep(pid_t process)
{
    int64_t deadline_ns = test_now_ns() + hang_ns;
    int looks = 0; // in a row
    while (looks < 3 && test_now_ns() < deadline_ns) {
        looks = is_asleep(process) ? looks + 1 : 0;
        test_pause_ms(1);
    }
    assert_int_equal(looks, 3);
}

static void lose_wakes(tachy_wake way, unsigned one_in)
{
    tachy_writer *writer = test_writer((tachy_writer_params){.wake = way});
    int told[2];
    char byte;
    assert_int_equal(pipe(told), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        _exit(take_each(told[1]));
    }
    close(told[1]);
    lost_wakes_plan(one_in);
    for (uint64_t number = 1; number <= FRAMES; number++) {
        assert_int_equal(read(told[0], &byte, 1), 1);
        wait_until_asleep(child);
        test_publish(writer, number);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_true(lost_wakes_count() > 0);
    lost_wakes_plan(0);
    close(told[0]);
    tachy_writer_destroy(&writer);
}

static void fault_43_a_wake_that_is_lost_loses_no_frame(void **state)
{
    (void)state;
    for (int way = 0; way < 2; way++) {
        lose_wakes(ways[way], 1);
        lose_wakes(ways[way], 3);
    }
}

// ---- 44

// Not before its time; without an end it would be late by minutes.
static void ends_in_time(int64_t began_ns, int64_t timeout_ns)
{
    int64_t took_ns = test_now_ns() - began_ns;
    assert_true(took_ns >= timeout_ns);
    assert_true(took_ns < hang_ns);
}

static void wait_in_a_storm(tachy_writer *writer, tachy_stream *stream, int64_t timeout_ns)
{
    const tachy_stream_params absent = {.size = sizeof absent, .name = "nobody/is-there"};
    tachy_stream *none = NULL;
    tachy_frame *frame = NULL;
    tachy_draft *draft = NULL;
    int64_t began_ns = test_now_ns();
    assert_int_equal(tachy_stream_attach(&absent, timeout_ns, &none), TACHY_NOT_FOUND);
    ends_in_time(began_ns, timeout_ns);
    began_ns = test_now_ns();
    assert_int_equal(tachy_stream_next(stream, timeout_ns, &frame), TACHY_TIMED_OUT);
    ends_in_time(began_ns, timeout_ns);
    began_ns = test_now_ns();
    assert_int_equal(tachy_stream_at(stream, 1u << 30, timeout_ns, &frame), TACHY_TIMED_OUT);
    ends_in_time(began_ns, timeout_ns);
    tachy_stream *lossless = test_reader((tachy_stream_params){.reading = TACHY_LOSSLESS});
    while (tachy_writer_claim(writer, 0, &draft) == TACHY_OK)
        assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
    began_ns = test_now_ns();
    assert_int_equal(tachy_writer_claim(writer, timeout_ns, &draft), TACHY_TIMED_OUT);
    ends_in_time(began_ns, timeout_ns);
    tachy_stream_detach(&lossless);
}

static void fault_44_waits_in_a_storm_of_signals_take_their_time_and_end(void **state)
{
    (void)state;
    for (int way = 0; way < 2; way++) {
        tachy_writer *writer = test_writer(
            (tachy_writer_params){.wake = ways[way], .held_max = 2, .lossless_wait_ns = hang_ns});
        tachy_stream *stream = test_reader((tachy_stream_params){0});
        storm_begin(STORM_US, stream, 0);
        wait_in_a_storm(writer, stream, 80 * ms_ns);
        tachy_frame *frame = NULL;
        while (storm_count() <= 10) // on a busy machine few signals come to one wait
            assert_int_equal(tachy_stream_at(stream, 1u << 30, 80 * ms_ns, &frame),
                             TACHY_TIMED_OUT);
        storm_end();
        tachy_stream_detach(&stream);
        tachy_writer_destroy(&writer);
    }
}

static void fault_44_an_interrupt_from_a_handler_ends_the_wait(void **state)
{
    (void)state;
    for (int way = 0; way < 2; way++) {
        tachy_writer *writer = test_writer((tachy_writer_params){.wake = ways[way]});
        tachy_stream *stream = test_reader((tachy_stream_params){0});
        tachy_frame *frame = NULL;
        for (int round = 0; round < 20; round++) {
            storm_begin(STORM_US, stream, round % 7 + 1);
            assert_int_equal(tachy_stream_next(stream, hang_ns, &frame), TACHY_INTERRUPTED);
            storm_end();
        }
        tachy_stream_detach(&stream);
        tachy_writer_destroy(&writer);
    }
}

// ---- 46

static void *wait_for_ever(void *stream)
{
    tachy_frame *frame = NULL;
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    tachy_stream_next(stream, TACHY_FOREVER, &frame);
    return NULL;
}

// The stream goes on, detaches, and leaves nothing locked for others.
static void still_works(tachy_writer *writer, tachy_stream **stream)
{
    static uint64_t number;
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(*stream, ms_ns, &frame), TACHY_TIMED_OUT);
    test_publish(writer, ++number);
    assert_int_equal(test_next_number(*stream), number);
    tachy_stream_detach(stream);
    tachy_writer_stats stats = {.size = sizeof stats};
    assert_int_equal(tachy_writer_read_stats(writer, &stats), TACHY_OK);
    assert_int_equal(stats.readers, 0);
    assert_int_equal(stats.held, 0);
}

static void fault_46_a_thread_cancelled_in_a_wait_leaves_no_lock(void **state)
{
    (void)state;
    for (int way = 0; way < 2; way++) {
        tachy_writer *writer =
            test_writer((tachy_writer_params){.wake = ways[way], .readers_max = 1});
        for (int round = 0; round < 10; round++) {
            tachy_stream *stream = test_reader((tachy_stream_params){0});
            if (round % 2 == 0)
                assert_int_equal(tachy_stream_fd(stream, &(int){-1}), TACHY_OK);
            tachy_frame *frame = NULL;
            while (tachy_stream_next(stream, 0, &frame) == TACHY_OK)
                tachy_frame_release(&frame);
            pthread_t thread;
            assert_int_equal(pthread_create(&thread, NULL, wait_for_ever, stream), 0);
            test_pause_ms(10 + round); // asleep, or on the way
            pthread_cancel(thread);
            void *result = NULL;
            pthread_join(thread, &result);
            assert_ptr_equal(result, PTHREAD_CANCELED);
            still_works(writer, &stream);
        }
        tachy_writer_destroy(&writer);
    }
}

static sigjmp_buf out;

static void on_jump(int signal)
{
    (void)signal;
    siglongjmp(out, 1);
}

static void jump_out_of_a_wait(tachy_stream *stream, long us)
{
    struct sigaction action = {.sa_handler = on_jump};
    sigaction(SIGALRM, &action, NULL);
    tachy_frame *frame = NULL;
    if (sigsetjmp(out, 1) == 0) {
        struct itimerval once = {{0, 0}, {0, us}};
        setitimer(ITIMER_REAL, &once, NULL);
        tachy_stream_next(stream, TACHY_FOREVER, &frame);
        fail_msg("nothing ended that wait");
    }
}

static void fault_46_a_jump_out_of_a_wait_leaves_no_lock(void **state)
{
    (void)state;
    for (int way = 0; way < 2; way++) {
        tachy_writer *writer =
            test_writer((tachy_writer_params){.wake = ways[way], .readers_max = 1});
        for (int round = 0; round < 10; round++) {
            tachy_stream *stream = test_reader((tachy_stream_params){0});
            tachy_frame *frame = NULL;
            while (tachy_stream_next(stream, 0, &frame) == TACHY_OK)
                tachy_frame_release(&frame);
            for (int jump = 0; jump < 5; jump++)
                jump_out_of_a_wait(stream, 5000 + 500 * jump);
            still_works(writer, &stream);
        }
        tachy_writer_destroy(&writer);
    }
}

TACHY_TEST_MAIN(cmocka_unit_test(fault_43_a_wake_that_is_lost_loses_no_frame),
                cmocka_unit_test(fault_44_waits_in_a_storm_of_signals_take_their_time_and_end),
                cmocka_unit_test(fault_44_an_interrupt_from_a_handler_ends_the_wait),
                cmocka_unit_test(fault_46_a_thread_cancelled_in_a_wait_leaves_no_lock),
                cmocka_unit_test(fault_46_a_jump_out_of_a_wait_leaves_no_lock))
