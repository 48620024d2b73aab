// Faults of section F: one core for all, a reader that spins before everybody else, and all stopped at once.
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/main.h"
#include "tests/lib/peer.h"
#include "tests/lib/stream.h"

static const int64_t ms_ns = 1000000, s_ns = 1000000000;

static pid_t start_child(void)
{
    fflush(stdout);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        prctl(PR_SET_PDEATHSIG, SIGKILL);
    return child;
}

static void end_child(pid_t child)
{
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
}

static tachy_stream *attach_or_exit(const struct peer *peer, tachy_stream_params params)
{
    params.size = sizeof params;
    params.name = peer->name;
    tachy_stream *stream = NULL;
    if (tachy_stream_attach(&params, 60 * s_ns, &stream) != TACHY_OK)
        _exit(10);
    return stream;
}

// ---- one core

static void keep_to_one_core(cpu_set_t *before)
{
    cpu_set_t one;
    CPU_ZERO(&one);
    assert_int_equal(sched_getaffinity(0, sizeof *before, before), 0);
    for (int i = 0; i < CPU_SETSIZE && CPU_COUNT(&one) == 0; i++)
        if (CPU_ISSET(i, before))
            CPU_SET(i, &one);
    assert_int_equal(sched_setaffinity(0, sizeof one, &one), 0);
}

static int64_t cpu_ns(void)
{
    struct rusage used;
    getrusage(RUSAGE_SELF, &used);
    return (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * s_ns +
           (used.ru_utime.tv_usec + used.ru_stime.tv_usec) * (ms_ns / 1000);
}

// Reads before everybody else on the core. It spins for a fifth of the time from one frame to the next, and no longer.
static void read_first(const struct peer *peer)
{
    enum { FRAMES = 100 };
    const struct sched_param priority = {.sched_priority = 10};
    if (sched_setscheduler(0, SCHED_FIFO, &priority) != 0)
        fprintf(stderr, "no SCHED_FIFO here: the reader spins as everybody may\n");
    tachy_stream *stream =
        attach_or_exit(peer, (tachy_stream_params){.spin_ns = ms_ns / 5, .reader_name = "first"});
    int64_t start_ns = test_now_ns(), start_cpu_ns = cpu_ns();
    for (int i = 0; i < FRAMES; i++) {
        tachy_frame *frame = NULL;
        if (tachy_stream_next(stream, 60 * s_ns, &frame) != TACHY_OK)
            _exit(11);
        tachy_frame_release(&frame);
    }
    if (cpu_ns() - start_cpu_ns > (test_now_ns() - start_ns) / 2)
        _exit(12);
    tachy_stream_detach(&stream);
    _exit(0);
}

static void fault_66_a_writer_on_one_core_with_load_and_a_spinning_reader_goes_on(void **state)
{
    (void)state;
    cpu_set_t before;
    struct peer peer;
    pid_t loads[2];
    keep_to_one_core(&before);
    peer_start(&peer, (tachy_writer_params){0}, true);
    for (int i = 0; i < 2; i++)
        if ((loads[i] = start_child()) == 0)
            for (;;)
                continue;
    pid_t reader = start_child();
    if (reader == 0)
        read_first(&peer);
    int status = -1;
    assert_int_equal(waitpid(reader, &status, 0), reader);
    assert_int_equal(status, 0);
    for (int i = 0; i < 2; i++)
        end_child(loads[i]);
    peer_end(&peer);
    assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
}

static void fault_66_spinning_ends_after_spin_ns(void **state)
{
    (void)state;
    struct peer peer;
    peer_start(&peer, (tachy_writer_params){0}, false);
    tachy_stream *stream = peer_attach(&peer, (tachy_stream_params){.spin_ns = 20 * ms_ns});
    assert_int_equal(test_next_number(stream), 2);
    tachy_frame *frame = NULL;
    int64_t start_ns = cpu_ns();
    assert_int_equal(tachy_stream_next(stream, 3 * s_ns, &frame), TACHY_TIMED_OUT);
    assert_true(cpu_ns() - start_ns < 15 * 20 * ms_ns); // a busy core gives a spinner less than 3 s
    tachy_stream_detach(&stream);
    peer_end(&peer);
}

// ---- all stopped, as a suspended machine is

/// What the test and its children share.
struct shared {
    _Atomic int64_t resumed_ns; ///< 0: not stopped yet
    _Atomic int stale, fresh;   ///< frames taken after that, published before and after it
};

// Slower than the writer, so that frames it did not see lie there when all stops.
static void read_slowly(const struct peer *peer, struct shared *shared)
{
    enum { FRESH = 20 };
    tachy_stream *stream = attach_or_exit(peer, (tachy_stream_params){.reading = TACHY_NEWEST});
    while (shared->fresh < FRESH) {
        tachy_frame *frame = NULL;
        if (tachy_stream_next(stream, 60 * s_ns, &frame) != TACHY_OK)
            _exit(20);
        int64_t published_ns = tachy_frame_published_ns(frame);
        test_pause_ms(10);
        int64_t resumed_ns = shared->resumed_ns;
        if (resumed_ns != 0 && published_ns < resumed_ns)
            shared->stale++;
        else if (resumed_ns != 0)
            shared->fresh++;
        tachy_frame_release(&frame);
    }
    tachy_stream_detach(&stream);
    _exit(0);
}

static void wait_until_stopped(pid_t child)
{
    int status = 0;
    assert_int_equal(waitpid(child, &status, WUNTRACED), child);
    assert_true(WIFSTOPPED(status));
}

static void
fault_67_after_all_were_stopped_a_newest_reader_gets_no_burst_of_stale_frames(void **state)
{
    (void)state;
    // The one in hand, the newest, and one whose publish the stop cut in two.
    enum { STALE_MAX = 3 };
    struct peer peer;
    struct shared *shared =
        mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(shared, MAP_FAILED);
    peer_start(&peer, (tachy_writer_params){.history = 60, .held_max = 2}, true);
    pid_t reader = start_child();
    if (reader == 0)
        read_slowly(&peer, shared);
    assert_int_equal(setpgid(peer.pid, peer.pid), 0);
    assert_int_equal(setpgid(reader, peer.pid), 0);
    test_pause_ms(300); // frames gather
    assert_int_equal(kill(-peer.pid, SIGSTOP), 0);
    wait_until_stopped(peer.pid);
    wait_until_stopped(reader);
    test_pause_ms(1200); // longer than anybody waits for a sign of life
    shared->resumed_ns = test_now_ns();
    assert_int_equal(kill(-peer.pid, SIGCONT), 0);
    int status = -1;
    assert_int_equal(waitpid(reader, &status, 0), reader);
    assert_int_equal(status, 0);
    assert_in_range(shared->stale, 0, STALE_MAX);
    munmap(shared, sizeof *shared);
    peer_end(&peer);
}

TACHY_TEST_MAIN(
    cmocka_unit_test(fault_66_a_writer_on_one_core_with_load_and_a_spinning_reader_goes_on),
    cmocka_unit_test(fault_66_spinning_ends_after_spin_ns),
    cmocka_unit_test(fault_67_after_all_were_stopped_a_newest_reader_gets_no_burst_of_stale_frames))
