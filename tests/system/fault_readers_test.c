// Faults of readers (section D): killed, stopped, slow, too many, writing where they may not.
#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/lossless.h"
#include "tests/lib/main.h"
#include "tests/lib/process.h"

enum { MANY = 2000, SLOTS = 4, CROWD = 64, ROUNDS = 157 }; // 64 x 157 = 10,048

static const int64_t hang_ns = INT64_C(100) * 1000000000;

// A reader in a process of its own, which says a byte at a time how far it is and waits for one to go on.
struct child {
    pid_t pid;
    int says, hears;
};

static int said, heard; // the child's own ends

static void say(void)
{
    if (write(said, "", 1) != 1)
        _exit(90);
}

static void hear(void)
{
    char byte;
    if (read(heard, &byte, 1) != 1)
        _exit(91);
}

static struct child start(int (*work)(void))
{
    int up[2], down[2];
    assert_int_equal(pipe(up) | pipe(down), 0);
    struct child child = {.pid = fork(), .says = up[0], .hears = down[1]};
    assert_true(child.pid >= 0);
    if (child.pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        said = up[1];
        heard = down[0];
        close(down[1]);
        _exit(work());
    }
    close(up[1]);
    close(down[0]);
    return child;
}

static void await(const struct child *child)
{
    char byte;
    assert_int_equal(read(child->says, &byte, 1), 1);
}

static void tell(const struct child *child)
{
    assert_int_equal(write(child->hears, "", 1), 1);
}

static int end(struct child *child)
{
    int status = 0;
    close(child->hears);
    close(child->says);
    assert_int_equal(waitpid(child->pid, &status, 0), child->pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static tachy_stream *attach(tachy_reading reading)
{
    tachy_stream *stream = NULL;
    const tachy_stream_params params = {
        .size = sizeof params, .name = test_stream_name(), .reading = reading};
    return tachy_stream_attach(&params, hang_ns, &stream) == TACHY_OK ? stream : NULL;
}

// ---- 37

static int hold_one(void)
{
    tachy_stream *stream = attach(TACHY_NEWEST);
    tachy_frame *frame = NULL;
    if (stream == NULL || tachy_stream_next(stream, hang_ns, &frame) != TACHY_OK)
        return 1;
    say();
    hear();
    return 2;
}

// How many different slots the next frames lie in.
static int slots_in_turn(tachy_writer *writer)
{
    const void *seen[SLOTS];
    int count = 0;
    for (int i = 0; i < 4 * SLOTS; i++) {
        tachy_draft *draft = NULL;
        assert_int_equal(tachy_writer_claim(writer, 0, &draft), TACHY_OK);
        const void *slot = tachy_draft_plane(draft, "color", NULL);
        assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
        int at = 0;
        while (at < count && seen[at] != slot)
            at++;
        if (at == count) {
            assert_true(count < SLOTS);
            seen[count++] = slot;
        }
    }
    return count;
}

static void fault_37_a_killed_readers_slot_is_used_again_and_the_writer_never_waits(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){.held_max = 1, .drafts_max = 1});
    assert_int_equal(test_try_publish(writer, 0), TACHY_OK);
    for (int round = 0; round < 10; round++) {
        struct child child = start(hold_one);
        await(&child);
        assert_int_equal(slots_in_turn(writer), SLOTS - 1);
        kill(child.pid, SIGKILL);
        assert_int_equal(end(&child), 128 + SIGKILL);
        int64_t deadline = test_now_ns() + hang_ns;
        while (slots_in_turn(writer) < SLOTS && test_now_ns() < deadline)
            test_pause_ms(1);
        assert_int_equal(slots_in_turn(writer), SLOTS);
    }
    tachy_writer_stats stats = test_writer_stats(writer);
    assert_int_equal(stats.waited_ns, 0);
    assert_int_equal(stats.dropped, 0);
    assert_int_equal(stats.held, 0);
    tachy_writer_destroy(&writer);
}

// ---- 38

// Holds the frame it got, is stopped, then reads to the end: each gap is skipped or lost, exactly.
static int stop_and_read_on(tachy_reading reading)
{
    tachy_stream *stream = attach(reading);
    tachy_frame *frame = NULL;
    say();
    if (stream == NULL || tachy_stream_next(stream, hang_ns, &frame) != TACHY_OK)
        return 1;
    uint64_t last = tachy_frame_sequence(frame), gaps = 0;
    int demotions = 0;
    say();
    hear();
    if (!test_is_whole(frame))
        return 2;
    tachy_frame_release(&frame);
    tachy_status status;
    while ((status = tachy_stream_next(stream, hang_ns, &frame)) == TACHY_OK ||
           status == TACHY_DEMOTED) {
        demotions += status == TACHY_DEMOTED;
        if (status == TACHY_DEMOTED)
            continue;
        gaps += tachy_frame_sequence(frame) - last - 1;
        last = tachy_frame_sequence(frame);
        if (!test_is_whole(frame))
            return 3;
        tachy_frame_release(&frame);
    }
    tachy_stats stats = test_stats(stream);
    uint64_t counted = reading == TACHY_NEWEST ? stats.skipped : stats.lost;
    tachy_stream_detach(&stream);
    if (status != TACHY_CLOSED || stats.skipped + stats.lost != counted)
        return 4;
    if (gaps != counted || gaps < MANY / 2)
        return 5;
    return demotions == (reading == TACHY_LOSSLESS) ? 0 : 6;
}

static int stop_newest(void)
{
    return stop_and_read_on(TACHY_NEWEST);
}

static int stop_every(void)
{
    return stop_and_read_on(TACHY_EVERY);
}

static int stop_lossless(void)
{
    return stop_and_read_on(TACHY_LOSSLESS);
}

static void stop_a_reader(int (*work)(void), bool waited_for)
{
    tachy_writer *writer = test_writer(
        (tachy_writer_params){.held_max = 1, .drafts_max = 1, .lossless_wait_ns = 50000000});
    struct child child = start(work);
    await(&child);
    assert_int_equal(test_try_publish(writer, 0), TACHY_OK);
    await(&child);
    kill(child.pid, SIGSTOP);
    int stopped = 0;
    assert_int_equal(waitpid(child.pid, &stopped, WUNTRACED), child.pid);
    assert_true(WIFSTOPPED(stopped));
    for (int i = 0; i < MANY; i++)
        assert_int_equal(test_try_publish(writer, TACHY_FOREVER), TACHY_OK);
    tachy_writer_stats stats = test_writer_stats(writer);
    assert_int_equal(stats.waited_ns > 0, waited_for);
    assert_int_equal(stats.dropped, 0);
    assert_int_equal(stats.held, 1);
    kill(child.pid, SIGCONT);
    tell(&child);
    tachy_writer_destroy(&writer);
    assert_int_equal(end(&child), 0);
}

static void
fault_38_a_stopped_reader_costs_the_writer_nothing_and_learns_what_it_missed(void **state)
{
    (void)state;
    stop_a_reader(stop_newest, false);
    stop_a_reader(stop_every, false);
}

static void fault_38_a_stopped_lossless_reader_is_demoted_and_told_once(void **state)
{
    (void)state;
    stop_a_reader(stop_lossless, true);
}

// ---- 39

// Half as fast as the writer, who publishes twice before each take.
static void read_half(tachy_reading reading)
{
    tachy_writer *writer = test_writer((tachy_writer_params){.held_max = 1, .drafts_max = 1});
    tachy_stream *stream = test_reader((tachy_stream_params){.reading = reading});
    uint64_t last = 0, gaps = 0;
    for (int i = 0; i < 500; i++) {
        for (int twice = 0; twice < 2; twice++)
            assert_int_equal(test_try_publish(writer, 0), TACHY_OK);
        uint64_t head = test_writer_stats(writer).published, sequence = test_take(stream);
        assert_true(sequence > last);
        assert_true(head - sequence <=
                    (reading == TACHY_NEWEST ? 0 : SLOTS - 1)); // its age in frames
        gaps += sequence - last - 1;
        last = sequence;
        tachy_stats stats = test_stats(stream);
        assert_int_equal(stats.skipped, reading == TACHY_NEWEST ? gaps : 0);
        assert_int_equal(stats.lost, reading == TACHY_NEWEST ? 0 : gaps);
    }
    assert_true(gaps >= 490);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void fault_39_a_reader_half_as_fast_counts_each_gap_in_both_ways(void **state)
{
    (void)state;
    read_half(TACHY_NEWEST);
    read_half(TACHY_EVERY);
}

// A producer goes on with its own numbers where a claim was refused: here since it holds its drafts.
static void
fault_39_frames_the_writer_did_not_publish_are_gaps_in_number_not_in_sequence(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){.drafts_max = 1});
    tachy_stream *stream = test_reader((tachy_stream_params){.reading = TACHY_EVERY});
    uint64_t sequence = 0;
    for (uint64_t number = 1; number <= 100; number++) {
        tachy_draft *draft = NULL, *other = NULL;
        assert_int_equal(tachy_writer_claim(writer, 0, &draft), TACHY_OK);
        if (number % 3 == 0) {
            assert_int_equal(tachy_writer_claim(writer, 0, &other), TACHY_BUSY);
            tachy_draft_abort(&draft);
            continue;
        }
        assert_int_equal(tachy_draft_set_frame(draft, number, 0, 1), TACHY_OK);
        assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
        tachy_frame *frame = NULL;
        assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
        assert_int_equal(tachy_frame_number(frame), number);
        assert_int_equal(tachy_frame_sequence(frame), ++sequence);
        tachy_frame_release(&frame);
    }
    assert_int_equal(test_stats(stream).lost, 0);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

// ---- 40

static int stay(void)
{
    tachy_stream *stream = NULL;
    char name[32];
    snprintf(name, sizeof name, "stays %d", (int)getpid());
    const tachy_stream_params params = {
        .size = sizeof params, .name = test_stream_name(), .reader_name = name};
    if (tachy_stream_attach(&params, hang_ns, &stream) != TACHY_OK)
        return 1;
    say();
    hear();
    tachy_stream_detach(&stream);
    return 0;
}

static void fault_40_a_full_table_names_its_holders_and_the_dead_go_first(void **state)
{
    (void)state;
    enum { PLACES = 4 };
    tachy_writer *writer =
        test_writer((tachy_writer_params){.readers_max = PLACES, .held_max = PLACES});
    struct child children[PLACES];
    for (int i = 0; i < PLACES; i++) {
        children[i] = start(stay);
        await(&children[i]);
    }
    const tachy_stream_params params = {.size = sizeof params, .name = test_stream_name()};
    tachy_stream *stream = NULL;
    assert_int_equal(tachy_stream_attach(&params, 0, &stream), TACHY_FULL);
    for (int i = 0; i < PLACES; i++) {
        char holder[64];
        snprintf(holder, sizeof holder, "stays %d (pid %d, 1)", (int)children[i].pid,
                 (int)children[i].pid);
        assert_non_null(strstr(tachy_error(), holder));
    }
    kill(children[2].pid, SIGKILL);
    assert_int_equal(end(&children[2]), 128 + SIGKILL);
    assert_int_equal(tachy_stream_attach(&params, 0, &stream), TACHY_OK);
    for (int i = 0; i < PLACES; i++) {
        if (i == 2)
            continue;
        tell(&children[i]);
        assert_int_equal(end(&children[i]), 0);
    }
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

// ---- 41

static int count_descriptors(void)
{
    DIR *folder = opendir("/proc/self/fd");
    int count = 0;
    while (folder != NULL && readdir(folder) != NULL)
        count++;
    if (folder != NULL)
        closedir(folder);
    return count;
}

static int come_and_go(void)
{
    say();
    hear();
    int before = count_descriptors();
    for (int i = 0; i < ROUNDS; i++) {
        tachy_stream *stream = attach((tachy_reading)(i % 2));
        tachy_frame *frame = NULL;
        if (stream == NULL || tachy_stream_next(stream, hang_ns, &frame) != TACHY_OK)
            return 1;
        bool whole = test_is_whole(frame);
        tachy_frame_release(&frame);
        tachy_stream_detach(&stream);
        if (!whole)
            return 2;
    }
    say();
    return count_descriptors() == before ? 0 : 3;
}

static void fault_41_ten_thousand_attaches_of_64_readers_starve_none_and_leave_nothing(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){.held_max = CROWD});
    struct child children[CROWD];
    for (int i = 0; i < CROWD; i++)
        children[i] = start(come_and_go);
    for (int i = 0; i < CROWD; i++)
        await(&children[i]);
    for (int i = 0; i < CROWD; i++)
        tell(&children[i]);
    int left = CROWD;
    int64_t deadline = test_now_ns() + hang_ns;
    while (left > 0 && test_now_ns() < deadline) {
        assert_int_equal(test_try_publish(writer, 0), TACHY_OK);
        left = 0;
        for (int i = 0; i < CROWD; i++) {
            siginfo_t info = {0};
            assert_int_equal(
                waitid(P_PID, (id_t)children[i].pid, &info, WEXITED | WNOHANG | WNOWAIT), 0);
            left += info.si_pid == 0;
        }
        test_pause_ms(1);
    }
    for (int i = 0; i < CROWD; i++)
        assert_int_equal(end(&children[i]), 0);
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    const tachy_info *info = NULL;
    assert_int_equal(tachy_stream_info(stream, &info), TACHY_OK);
    assert_int_equal(info->readers, 1); // its own
    assert_int_equal(info->held_reserved, 1);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

// ---- 45

static int write_into_a_frame(void)
{
    tachy_stream *stream = attach(TACHY_NEWEST);
    tachy_frame *frame = NULL;
    if (stream == NULL || tachy_stream_next(stream, hang_ns, &frame) != TACHY_OK)
        return 1;
    signal(SIGSEGV, SIG_DFL); // a sanitizer's handler would make an exit of it
    *(volatile uint8_t *)(uintptr_t)tachy_frame_plane(frame, "color")->data = 0;
    return 2;
}

static void fault_45_a_reader_that_writes_into_a_frame_ends_itself_alone(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){0});
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    tachy_frame *frame = NULL;
    assert_int_equal(test_try_publish(writer, 0), TACHY_OK);
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
    struct child child = start(write_into_a_frame);
    assert_int_equal(end(&child), 128 + SIGSEGV);
    assert_true(test_is_whole(frame));
    tachy_frame_release(&frame);
    assert_int_equal(test_try_publish(writer, 0), TACHY_OK);
    assert_int_equal(test_take(stream), 2);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

TACHY_TEST_MAIN(
    cmocka_unit_test(fault_37_a_killed_readers_slot_is_used_again_and_the_writer_never_waits),
    cmocka_unit_test(fault_38_a_stopped_reader_costs_the_writer_nothing_and_learns_what_it_missed),
    cmocka_unit_test(fault_38_a_stopped_lossless_reader_is_demoted_and_told_once),
    cmocka_unit_test(fault_39_a_reader_half_as_fast_counts_each_gap_in_both_ways),
    cmocka_unit_test(fault_39_frames_the_writer_did_not_publish_are_gaps_in_number_not_in_sequence),
    cmocka_unit_test(fault_40_a_full_table_names_its_holders_and_the_dead_go_first),
    cmocka_unit_test(fault_41_ten_thousand_attaches_of_64_readers_starve_none_and_leave_nothing),
    cmocka_unit_test(fault_45_a_reader_that_writes_into_a_frame_ends_itself_alone))
