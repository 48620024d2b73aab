// Faults of producers (section C): starting beside another, after one that died, over what an impostor left.
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tachy/tachy.h>

#include "common/ring/layout.h"
#include "tests/kill/pattern.h"
#include "tests/kill/victim.h"
#include "tests/lib/main.h"
#include "tests/lib/process.h"

enum { SEED = 31, TRIES = 100, AT_ONCE = 25, LOOPS = 1000, LINE_BYTES = 200 };

static const int64_t hang_ns = INT64_C(100000000000);

// ---- two at once -------------------------------------------------------------------------------------------------

/// What a contender says before it waits for the end.
struct contender {
    pid_t pid;
    tachy_status status;
    _Atomic bool done;
    char line[LINE_BYTES];
};

struct contest {
    char stream[64];
    struct contender two[2];
};

static tachy_status create(const char *stream, tachy_writer **writer)
{
    tachy_writer_params params = {.size = sizeof params,
                                  .name = stream,
                                  .planes = pattern_planes,
                                  .plane_count = 2,
                                  .readers_max = 2,
                                  .held_max = 1,
                                  .seed = SEED};
    return tachy_writer_create(&params, writer);
}

static _Noreturn void contend(const struct contest *contest, struct contender *own, int start,
                              int end)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    tachy_writer *writer = NULL;
    char byte;
    if (read(start, &byte, 1) != 0) // the test closes its end: both go
        _exit(1);
    own->status = create(contest->stream, &writer);
    snprintf(own->line, sizeof own->line, "%s", own->status == TACHY_OK ? "" : tachy_error());
    // Partner: await_contest's acquire. Carries the status and the line.
    atomic_store_explicit(&own->done, true, memory_order_release);
    bool ended = read(end, &byte, 1) == 0;
    tachy_writer_destroy(&writer);
    _exit(ended ? 0 : 1);
}

static void assert_one_won(const struct contest *contest)
{
    const struct contender *a = &contest->two[0], *b = &contest->two[1];
    const struct contender *winner = a->status == TACHY_OK ? a : b, *loser = winner == a ? b : a;
    assert_int_equal(winner->status, TACHY_OK);
    assert_int_equal(loser->status, TACHY_EXISTS);
    assert_non_null(strstr(loser->line, contest->stream));
    tachy_stream *stream = NULL;
    const tachy_info *info = NULL;
    tachy_stream_params params = {.size = sizeof params, .name = contest->stream};
    if (tachy_stream_attach(&params, hang_ns, &stream) != TACHY_OK)
        fail_msg("%s", tachy_error());
    assert_int_equal(tachy_stream_info(stream, &info), TACHY_OK);
    assert_int_equal(info->pid, winner->pid);
    tachy_stream_detach(&stream);
}

static void start_contest(struct contest *contest, const int start[2], const int end[2])
{
    snprintf(contest->stream, sizeof contest->stream, "%s", test_producer_name());
    for (int i = 0; i < 2; i++) {
        struct contender *own = &contest->two[i];
        *own = (struct contender){0};
        fflush(stdout);
        pid_t pid = fork();
        if (pid == 0) {
            close(start[1]);
            close(end[1]);
            contend(contest, own, start[0], end[0]);
        }
        own->pid = pid;
        assert_true(pid > 0);
    }
}

static void await_contest(const struct contest *contest)
{
    for (int i = 0; i < 2; i++)
        // Partner: contend's release.
        while (!atomic_load_explicit(&contest->two[i].done, memory_order_acquire))
            usleep(1000);
}

// Several names at a time: the loser of each waits two seconds for an owner who might be dying.
static void hold_contests(struct contest *contests)
{
    int start[2], end[2];
    assert_int_equal(pipe2(start, O_CLOEXEC), 0);
    assert_int_equal(pipe2(end, O_CLOEXEC), 0);
    for (int i = 0; i < AT_ONCE; i++)
        start_contest(&contests[i], start, end);
    close(start[1]);
    for (int i = 0; i < AT_ONCE; i++)
        await_contest(&contests[i]);
    for (int i = 0; i < AT_ONCE; i++)
        assert_one_won(&contests[i]);
    close(end[1]);
    for (int i = 0; i < 2 * AT_ONCE; i++) {
        int status = -1;
        assert_int_equal(waitpid(contests[i / 2].two[i % 2].pid, &status, 0),
                         contests[i / 2].two[i % 2].pid);
        assert_int_equal(status, 0);
    }
    for (int i = 0; i < AT_ONCE; i++)
        assert_int_equal(test_shm_count(contests[i].stream), 0);
    close(start[0]);
    close(end[0]);
}

static void fault_30_of_two_producers_started_together_exactly_one_wins(void **state)
{
    (void)state;
    struct contest *contests = mmap(NULL, AT_ONCE * sizeof *contests, PROT_READ | PROT_WRITE,
                                    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(contests != MAP_FAILED);
    for (int i = 0; i < TRIES / AT_ONCE; i++)
        hold_contests(contests);
    munmap(contests, AT_ONCE * sizeof *contests);
}

// ---- killed and started again ------------------------------------------------------------------------------------

/// What a producer's objects take in /dev/shm, and what this process holds of them.
struct usage {
    size_t names, blocks, descriptors, mappings;
};

static size_t count_entries(const char *folder)
{
    DIR *open_folder = opendir(folder);
    size_t count = 0;
    while (readdir(open_folder) != NULL)
        count++;
    closedir(open_folder);
    return count;
}

static size_t count_mappings(void)
{
    FILE *maps = fopen("/proc/self/maps", "re");
    char line[512];
    size_t count = 0;
    while (fgets(line, sizeof line, maps) != NULL)
        count += strstr(line, "/dev/shm/") != NULL;
    fclose(maps);
    return count;
}

static struct usage measure(const char *producer)
{
    struct usage usage = {.descriptors = count_entries("/proc/self/fd"),
                          .mappings = count_mappings()};
    char prefix[64];
    int length = snprintf(prefix, sizeof prefix, "tachy.%s.", producer);
    DIR *folder = opendir("/dev/shm");
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        struct stat stat;
        if (strncmp(entry->d_name, prefix, (size_t)length) != 0 ||
            fstatat(dirfd(folder), entry->d_name, &stat, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        usage.names++;
        usage.blocks += (size_t)stat.st_blocks;
    }
    closedir(folder);
    return usage;
}

static struct victim victim;

static void start(const char *stream)
{
    victim_start(&(struct victim_params){.stream = stream, .seed = SEED}, &victim);
    assert_true(victim_await(&victim));
}

static tachy_status attach(const char *stream, int64_t timeout_ns, tachy_stream **attached)
{
    tachy_stream_params params = {.size = sizeof params, .name = stream, .reading = TACHY_EVERY};
    return tachy_stream_attach(&params, timeout_ns, attached);
}

// Every frame that the victim published before it waits is there, whole.
static void read_first_frames(tachy_stream *stream)
{
    for (uint64_t sequence = 1; sequence <= VICTIM_FIRST; sequence++) {
        tachy_frame *frame = NULL;
        char why[160];
        if (tachy_stream_next(stream, hang_ns, &frame) != TACHY_OK)
            fail_msg("%s", tachy_error());
        assert_int_equal(tachy_frame_sequence(frame), sequence);
        if (!pattern_check(frame, SEED, why, sizeof why))
            fail_msg("%s", why);
        tachy_frame_release(&frame);
    }
}

// One life and death, with a reader that sees the end of every tenth.
static void live_and_die(const char *stream, int round)
{
    start(stream);
    tachy_stream *attached = NULL;
    tachy_frame *frame = NULL;
    assert_int_equal(attach(stream, hang_ns, &attached), TACHY_OK);
    read_first_frames(attached);
    victim_finish(&victim);
    if (round % 10 == 0)
        assert_int_equal(tachy_stream_next(attached, hang_ns, &frame), TACHY_GONE);
    tachy_stream_detach(&attached);
}

// The next writer of the name takes away what the dead left.
static void bury(const char *stream)
{
    tachy_writer *writer = NULL;
    assert_int_equal(create(stream, &writer), TACHY_OK);
    tachy_writer_destroy(&writer);
    assert_int_equal(test_shm_count(stream), 0);
}

static void fault_31_a_thousand_kills_and_starts_leave_memory_and_descriptors_flat(void **state)
{
    (void)state;
    const char *stream = test_producer_name();
    live_and_die(stream, 0);
    struct usage first = measure(stream);
    assert_true(first.names > 0 && first.blocks > 0);
    for (int i = 1; i < LOOPS; i++)
        live_and_die(stream, i);
    struct usage last = measure(stream);
    bury(stream);
    assert_int_equal(last.names, first.names);
    assert_int_equal(last.blocks, first.blocks);
    assert_int_equal(last.descriptors, first.descriptors);
    assert_int_equal(last.mappings, 0);
}

// ---- what a dead one's control object says of itself -------------------------------------------------------------

static void write_about(const char *stream, size_t offset, const void *bytes, size_t count)
{
    char path[128];
    snprintf(path, sizeof path, "/dev/shm/tachy.%s.ctl", stream);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    assert_true(fd >= 0);
    assert_int_equal(
        pwrite(fd, bytes, count, (off_t)(offsetof(struct ring_control, about) + offset)), count);
    close(fd);
}

// Readers call it dead and the next producer replaces it at once.
static void assert_stale(const char *stream)
{
    tachy_stream *attached = NULL;
    assert_int_equal(attach(stream, 0, &attached), TACHY_GONE);
    assert_non_null(strstr(tachy_error(), stream));
    tachy_listing *listing = NULL;
    const tachy_info *info;
    bool listed = false;
    assert_int_equal(tachy_listing_create(&listing), TACHY_OK);
    for (size_t i = 0; (info = tachy_listing_at(listing, i)) != NULL; i++)
        if (strcmp(info->name, stream) == 0) {
            listed = true;
            assert_false(info->alive);
        }
    assert_true(listed);
    tachy_listing_destroy(&listing);
    start(stream);
    assert_int_equal(attach(stream, hang_ns, &attached), TACHY_OK);
    read_first_frames(attached);
    tachy_stream_detach(&attached);
    assert_int_equal(victim_close(&victim), 0);
    assert_int_equal(test_shm_count(stream), 0);
}

static void fault_32_a_dead_producer_whose_pid_lives_again_is_judged_dead_by_its_lock(void **state)
{
    (void)state;
    const char *stream = test_producer_name();
    const uint32_t living[] = {(uint32_t)getpid(), 1};
    for (size_t i = 0; i < sizeof living / sizeof living[0]; i++) {
        start(stream);
        victim_finish(&victim);
        write_about(stream, offsetof(struct ring_about, pid), &living[i], sizeof living[i]);
        assert_stale(stream);
    }
}

static void fault_33_a_stream_of_another_boot_is_stale_and_replaced(void **state)
{
    (void)state;
    static const char other[] = "01234567-89ab-cdef-0123-456789abcdef";
    const char *stream = test_producer_name();
    start(stream);
    victim_finish(&victim);
    write_about(stream, offsetof(struct ring_about, boot_id), other, sizeof other);
    assert_stale(stream);
}

TACHY_TEST_MAIN(
    cmocka_unit_test(fault_30_of_two_producers_started_together_exactly_one_wins),
    cmocka_unit_test(fault_31_a_thousand_kills_and_starts_leave_memory_and_descriptors_flat),
    cmocka_unit_test(fault_32_a_dead_producer_whose_pid_lives_again_is_judged_dead_by_its_lock),
    cmocka_unit_test(fault_33_a_stream_of_another_boot_is_stale_and_replaced))
