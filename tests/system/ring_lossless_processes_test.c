// Lossless and copying readers in processes of their own: killed, stopped and lapped at the worst moment.
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <tachy/tachy.h>

#include "tests/lib/main.h"
#include "tests/lib/process.h"

enum { WIDTH = 320, HEIGHT = 240, MS = 1000000, FRAMES = 2000, STOPS = 1500, TURN = 15 };

static const int64_t hang_ns = INT64_C(120) * 1000 * MS;
static char name[64];
static const char *producer;

/// What the reader's process has got to, so that nothing here is left to who is quicker.
struct progress {
    atomic_bool attached;
    _Atomic uint64_t taken; ///< frames taken and given back
};

static struct progress *progress;
static struct process child; ///< the reader's, last started

static void pause_us(long us)
{
    nanosleep(&(struct timespec){.tv_nsec = us * 1000}, NULL);
}

static tachy_writer *make_writer(int64_t lossless_wait_ns)
{
    const tachy_plane_params plane = {"color", TACHY_U8, 1, HEIGHT, WIDTH, 4};
    producer = test_producer_name();
    snprintf(name, sizeof name, "%s/a", producer);
    tachy_writer_params params = {.size = sizeof params,
                                  .name = name,
                                  .planes = &plane,
                                  .plane_count = 1,
                                  .held_max = 1,
                                  .drafts_max = 1,
                                  .lossless_wait_ns = lossless_wait_ns};
    tachy_writer *writer = NULL;
    if (tachy_writer_create(&params, &writer) != TACHY_OK)
        fail_msg("%s", tachy_error());
    return writer;
}

// In a child: whatever goes wrong ends it.
static tachy_stream *attach(tachy_reading reading, bool copying)
{
    tachy_stream_params params = {
        .size = sizeof params, .name = name, .reading = reading, .copying = copying};
    tachy_stream *stream = NULL;
    if (tachy_stream_attach(&params, hang_ns, &stream) != TACHY_OK)
        _exit(10);
    atomic_store(&progress->attached, true);
    return stream;
}

static uint64_t pattern(uint64_t sequence, uint64_t word)
{
    return (sequence + 1) * UINT64_C(0x9e3779b97f4a7c15) + word;
}

static void publish(tachy_writer *writer, uint64_t sequence)
{
    tachy_draft *draft = NULL;
    assert_int_equal(tachy_writer_claim(writer, TACHY_FOREVER, &draft), TACHY_OK);
    const tachy_plane *layout = NULL;
    uint64_t *words = tachy_draft_plane(draft, "color", &layout);
    for (uint64_t i = 0; i < layout->image_bytes / 8; i++)
        words[i] = pattern(sequence, i);
    assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
}

static bool is_whole(const tachy_frame *frame)
{
    const tachy_plane *plane = tachy_frame_plane(frame, "color");
    const uint64_t *words = plane->data;
    uint64_t sequence = tachy_frame_sequence(frame);
    for (uint64_t i = 0; i < plane->image_bytes / 8; i++)
        if (words[i] != pattern(sequence, i))
            return false;
    return true;
}

static tachy_writer_stats stats_of(const tachy_writer *writer)
{
    tachy_writer_stats stats = {.size = sizeof stats};
    assert_int_equal(tachy_writer_read_stats(writer, &stats), TACHY_OK);
    return stats;
}

enum { LOOKS = 120000 }; // 1 ms apart: only a hang is as long

static void wait_for_reader(void)
{
    for (int i = 0; i < LOOKS && !atomic_load(&progress->attached) && process_runs(&child); i++)
        pause_us(1000);
    assert_true(atomic_load(&progress->attached));
}

static void wait_until_taken(uint64_t frames)
{
    for (int i = 0; i < LOOKS && atomic_load(&progress->taken) < frames && process_runs(&child);
         i++)
        pause_us(1000);
    assert_true(atomic_load(&progress->taken) >= frames);
}

// A child that runs `work` and ends with this process.
static pid_t start(int (*work)(void))
{
    if (progress == NULL)
        progress =
            mmap(NULL, sizeof *progress, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(progress, MAP_FAILED);
    atomic_store(&progress->attached, false);
    atomic_store(&progress->taken, 0);
    pid_t parent = getpid();
    child.pid = fork();
    assert_true(child.pid >= 0);
    if (child.pid != 0)
        return child.pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    _exit(getppid() == parent ? work() : 11);
}

static int exit_status(pid_t reader)
{
    int status = 0;
    assert_int_equal(waitpid(reader, &status, 0), reader);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

// Each frame from 1 to the last, whole, at once and a moment later.
static int read_each(void)
{
    tachy_stream *stream = attach(TACHY_LOSSLESS, false);
    tachy_frame *frame = NULL;
    uint64_t want = 1;
    tachy_status status;
    while ((status = tachy_stream_next(stream, hang_ns, &frame)) == TACHY_OK) {
        bool fine = tachy_frame_sequence(frame) == want && is_whole(frame);
        if (want % 20 == 0)
            pause_us(500);
        if (!fine || !is_whole(frame))
            return 1;
        tachy_frame_release(&frame);
        want++;
    }
    tachy_stream_detach(&stream);
    return status == TACHY_CLOSED && want == FRAMES + 1 ? 0 : 2;
}

static void a_lossless_reader_in_another_process_gets_every_byte_of_every_frame(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(hang_ns);
    pid_t reader = start(read_each);
    wait_for_reader();
    for (uint64_t i = 1; i <= FRAMES; i++)
        publish(writer, i);
    assert_int_equal(stats_of(writer).dropped, 0);
    tachy_writer_destroy(&writer);
    assert_int_equal(exit_status(reader), 0);
    assert_int_equal(test_shm_count(producer), 0);
}

static int hold_one(void)
{
    tachy_stream *stream = attach(TACHY_LOSSLESS, false);
    tachy_frame *frame = NULL;
    if (tachy_stream_next(stream, hang_ns, &frame) != TACHY_OK)
        return 1;
    for (;;)
        pause();
}

static void wait_until_held(const tachy_writer *writer)
{
    for (int i = 0; i < LOOKS && stats_of(writer).held == 0; i++)
        pause_us(1000);
    assert_int_equal(stats_of(writer).held, 1);
}

static void a_killed_lossless_reader_that_holds_a_frame_stops_being_waited_for(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(hang_ns); // so it is its death that lets the writer go
    pid_t reader = start(hold_one);
    wait_for_reader();
    publish(writer, 1);
    wait_until_held(writer);
    tachy_draft *draft = NULL;
    uint64_t sequence = 2;
    while (sequence < 100 && tachy_writer_claim(writer, 0, &draft) == TACHY_OK) {
        tachy_draft_abort(&draft);
        publish(writer, sequence++);
    }
    assert_in_range(sequence, 3, 99); // it is waited for
    kill(reader, SIGKILL);
    for (int i = 0; i < 100; i++)
        publish(writer, sequence++);
    tachy_writer_stats stats = stats_of(writer);
    printf("# the writer stood for %.2f ms\n", (double)stats.waited_ns / MS);
    assert_int_equal(stats.readers, 0);
    assert_int_equal(stats.held, 0);
    assert_int_equal(stats.dropped, 0);
    assert_true(stats.waited_ns < hang_ns); // so it was let go, not given up on
    assert_int_equal(exit_status(reader), 128 + SIGKILL);
    tachy_writer_destroy(&writer);
    assert_int_equal(test_shm_count(producer), 0);
}

// Demoted exactly once; from there on gaps are losses, each counted.
static int read_until_closed(void)
{
    tachy_stream *stream = attach(TACHY_LOSSLESS, false);
    tachy_frame *frame = NULL;
    uint64_t last = 0, gaps = 0, demotions = 0;
    tachy_status status;
    while ((status = tachy_stream_next(stream, hang_ns, &frame)) != TACHY_CLOSED) {
        if (status != TACHY_OK && status != TACHY_DEMOTED)
            return 1;
        demotions += status == TACHY_DEMOTED;
        if (status == TACHY_DEMOTED)
            continue;
        uint64_t sequence = tachy_frame_sequence(frame);
        if (!is_whole(frame) || (sequence != last + 1 && demotions == 0))
            return 2;
        gaps += sequence - last - 1;
        last = sequence;
        tachy_frame_release(&frame);
        atomic_fetch_add(&progress->taken, 1);
    }
    tachy_stats stats = {.size = sizeof stats};
    tachy_stream_stats(stream, &stats);
    if (demotions != 1 || stats.lossless)
        return 3;
    return gaps > 0 && stats.lost == gaps ? 0 : 4;
}

// Returns when it stands: a signal may take its time.
static void stop(pid_t reader)
{
    int status = 0;
    kill(reader, SIGSTOP);
    assert_int_equal(waitpid(reader, &status, WUNTRACED), reader);
    assert_true(WIFSTOPPED(status));
}

static void a_stopped_lossless_reader_is_demoted_at_the_bound_and_told_once(void **state)
{
    (void)state;
    const int64_t bound_ns = 100 * MS;
    tachy_writer *writer = make_writer(bound_ns);
    pid_t reader = start(read_until_closed);
    wait_for_reader();
    uint64_t sequence = 1;
    for (; sequence <= 50; sequence++) { // it keeps up
        publish(writer, sequence);
        wait_until_taken(sequence);
    }
    assert_int_equal(stats_of(writer).waited_ns, 0);
    stop(reader);
    for (int i = 0; i < 200; i++)
        publish(writer, sequence++);
    tachy_writer_stats stats = stats_of(writer);
    assert_true(stats.waited_ns >= bound_ns);
    assert_int_equal(stats.dropped, 0);
    kill(reader, SIGCONT);
    for (int i = 0; i < 50; i++) {
        publish(writer, sequence++);
        pause_us(500);
    }
    assert_int_equal(stats_of(writer).waited_ns, stats.waited_ns);
    tachy_writer_destroy(&writer);
    assert_int_equal(exit_status(reader), 0);
    assert_int_equal(test_shm_count(producer), 0);
}

static int copy_all(void)
{
    tachy_stream *stream = attach(TACHY_NEWEST, true);
    tachy_frame *frame = NULL;
    uint64_t last = 0, received = 0;
    tachy_status status;
    while ((status = tachy_stream_next(stream, hang_ns, &frame)) == TACHY_OK) {
        if (!is_whole(frame) || tachy_frame_sequence(frame) <= last)
            return 1;
        last = tachy_frame_sequence(frame);
        received++;
        tachy_frame_release(&frame);
        atomic_fetch_add(&progress->taken, 1);
    }
    tachy_stats stats = {.size = sizeof stats};
    tachy_stream_stats(stream, &stats);
    printf("# %llu copied, %llu skipped\n", (unsigned long long)received,
           (unsigned long long)stats.skipped);
    fflush(stdout);
    if (status != TACHY_CLOSED || received < STOPS / TURN)
        return 2;
    return stats.received == received && received + stats.skipped <= last ? 0 : 3;
}

// Stopped at random, often in the middle of a copy, while the writer goes round more than once.
static void a_copying_reader_that_is_lapped_never_takes_a_torn_frame(void **state)
{
    (void)state;
    tachy_writer *writer = make_writer(0);
    pid_t reader = start(copy_all);
    wait_for_reader();
    uint64_t sequence = 1;
    srand(1);
    for (int i = 0; i < STOPS; i++) {
        publish(writer, sequence++);
        pause_us(rand() % 60); // the copy is under way
        stop(reader);
        uint64_t taken = atomic_load(&progress->taken);
        for (int lap = 0; lap < 6; lap++)
            publish(writer, sequence++);
        kill(reader, SIGCONT);
        if (i % TURN == 0) // however busy the machine is, it gets some whole
            wait_until_taken(taken + 1);
    }
    tachy_writer_stats stats = stats_of(writer);
    assert_int_equal(stats.dropped, 0);
    assert_int_equal(stats.held, 0);
    tachy_writer_destroy(&writer);
    assert_int_equal(exit_status(reader), 0);
    assert_int_equal(test_shm_count(producer), 0);
}

TACHY_TEST_MAIN(
    cmocka_unit_test(a_lossless_reader_in_another_process_gets_every_byte_of_every_frame),
    cmocka_unit_test(a_killed_lossless_reader_that_holds_a_frame_stops_being_waited_for),
    cmocka_unit_test(a_stopped_lossless_reader_is_demoted_at_the_bound_and_told_once),
    cmocka_unit_test(a_copying_reader_that_is_lapped_never_takes_a_torn_frame))
