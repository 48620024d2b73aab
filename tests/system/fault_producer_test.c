// Faults of producers (section C): a producer that dies, stops, forks or ends, as its readers see it.
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tachy/tachy.h>

#include "common/base/failpoint.h"
#include "tests/kill/pattern.h"
#include "tests/kill/victim.h"
#include "tests/lib/main.h"
#include "tests/lib/process.h"

enum { SEED = 25, SECOND_NS = 1000000000 };

/// Told within a second; this only detects a hang, also on a machine that is very busy.
static const int64_t hang_ns = 100 * (int64_t)SECOND_NS;

static char name[64];
static struct victim victim;

static int begin(void **state)
{
    (void)state;
    snprintf(name, sizeof name, "%s/a", test_producer_name());
    return 0;
}

// Whatever the test did: nobody lives on, and the next writer of the name takes away what a dead one left.
static int bury(void **state)
{
    (void)state;
    victim_finish(&victim);
    tachy_writer_params params = {
        .size = sizeof params, .name = name, .planes = pattern_planes, .plane_count = 2};
    tachy_writer *writer = NULL;
    bool made = tachy_writer_create(&params, &writer) == TACHY_OK;
    tachy_writer_destroy(&writer);
    name[strcspn(name, "/")] = 0;
    return made && test_shm_count(name) == 0 ? 0 : -1;
}

static void start(const char *plan, bool forks)
{
    victim_start(
        &(struct victim_params){.stream = name, .plan = plan, .seed = SEED, .forks = forks},
        &victim);
    assert_true(victim_await(&victim));
}

static tachy_stream *attach(tachy_reading reading, uint32_t held_max)
{
    tachy_stream_params params = {
        .size = sizeof params, .name = name, .reading = reading, .held_max = held_max};
    tachy_stream *stream = NULL;
    if (tachy_stream_attach(&params, hang_ns, &stream) != TACHY_OK)
        fail_msg("%s", tachy_error());
    return stream;
}

static void assert_whole(const tachy_frame *frame)
{
    char why[160];
    if (!pattern_check(frame, SEED, why, sizeof why))
        fail_msg("%s", why);
}

static tachy_frame *take(tachy_stream *stream)
{
    tachy_frame *frame = NULL;
    if (tachy_stream_next(stream, hang_ns, &frame) != TACHY_OK)
        fail_msg("%s", tachy_error());
    assert_whole(frame);
    return frame;
}

// Takes what there is, each frame whole, until `next` says something else, and says that.
static tachy_status drain(tachy_stream *stream, uint64_t *last)
{
    tachy_frame *frame = NULL;
    tachy_status status;
    while ((status = tachy_stream_next(stream, hang_ns, &frame)) == TACHY_OK) {
        assert_whole(frame);
        assert_true(tachy_frame_sequence(frame) > *last);
        *last = tachy_frame_sequence(frame);
        tachy_frame_release(&frame);
    }
    return status;
}

/// A step of claim or publish, and whether the producer only comes there when a lossless reader is behind.
struct step {
    const char *name;
    bool waiting;
};

static const struct step steps[] = {
    {"claim.enter", false},
    {"claim.busy", false},
    {"claim.fenced", false},
    {"claim.scanned", false},
    {"claim.put_back", false},
    {"claim.flag_set", true},
    {"claim.before_flag_cleared", true},
    {"claim.done", false},
    {"draft.mid_copy", false},
    {"publish.enter", false},
    {"publish.before_sequence", false},
    {"publish.before_table", false},
    {"publish.before_head", false},
    {"publish.before_fence", false},
    {"publish.before_bell", false},
    {"publish.before_wake", false},
    {"publish.done", false},
};

enum { STEPS = sizeof steps / sizeof steps[0] };

static void assert_killed(void)
{
    int ended = victim_wait(&victim);
    assert_true(WIFSIGNALED(ended) && WTERMSIG(ended) == SIGKILL);
}

static void die_at(const struct step *step)
{
    char plan[64];
    snprintf(plan, sizeof plan, "%s:kill@2", step->name);
    start(plan, false);
    tachy_stream *every = attach(step->waiting ? TACHY_LOSSLESS : TACHY_EVERY, 2);
    tachy_stream *other = attach(TACHY_EVERY, 1);
    tachy_frame *held = take(other); // what a claim finds pinned
    victim_go(&victim);
    if (step->waiting)
        assert_killed();
    uint64_t last = 0, held_sequence = tachy_frame_sequence(held), other_last = held_sequence;
    tachy_status status = drain(every, &last);
    if (status != TACHY_GONE)
        fail_msg("killed at %s: %s", step->name, tachy_error());
    if (!step->waiting)
        assert_killed();
    assert_true(last >= VICTIM_FIRST);
    assert_whole(held);
    tachy_frame_release(&held);
    assert_int_equal(drain(other, &other_last), TACHY_GONE);
    assert_int_equal(other_last, last);
    tachy_stream_detach(&other);
    tachy_stream_detach(&every);
    victim_finish(&victim);
}

// A failpoint that is put into claim or publish belongs into the table above.
static void assert_all_steps_known(void)
{
    for (size_t i = 0; i < failpoint_count(); i++) {
        const char *point = failpoint_name(i);
        bool known = strncmp(point, "claim.", 6) != 0 && strncmp(point, "publish.", 8) != 0;
        for (size_t s = 0; s < STEPS && !known; s++)
            known = strcmp(steps[s].name, point) == 0;
        if (!known)
            fail_msg("%s is not among the steps", point);
    }
}

static void fault_25_a_producer_killed_at_any_step_is_told_gone_and_tears_no_frame(void **state)
{
    (void)state;
    assert_all_steps_known();
    for (size_t i = 0; i < STEPS; i++)
        die_at(&steps[i]);
}

static void fault_26_a_producer_stopped_amid_a_copy_is_waited_for_and_goes_on(void **state)
{
    (void)state;
    enum { STOPPED_S = 10 };
    start("draft.mid_copy:stop@5", false);
    tachy_stream *stream = attach(TACHY_NEWEST, 2);
    victim_go(&victim);
    assert_true(WIFSTOPPED(victim_wait(&victim)));
    tachy_frame *held = take(stream), *frame = NULL;
    uint64_t last = tachy_frame_sequence(held);
    assert_int_equal(last, VICTIM_FIRST + 4);
    for (int i = 0; i < STOPPED_S; i++)
        assert_int_equal(tachy_stream_next(stream, SECOND_NS, &frame), TACHY_TIMED_OUT);
    assert_whole(held);
    kill(victim.pid, SIGCONT);
    frame = take(stream);
    assert_true(tachy_frame_sequence(frame) > last);
    assert_whole(held);
    tachy_frame_release(&frame);
    tachy_frame_release(&held);
    assert_int_equal(victim_close(&victim), 0);
    assert_int_equal(drain(stream, &last), TACHY_CLOSED);
    tachy_stream_detach(&stream);
}

static void fault_27_a_producer_whose_forked_child_lives_on_is_told_gone(void **state)
{
    (void)state;
    start("publish.done:kill@3", true);
    tachy_stream *stream = attach(TACHY_EVERY, 1);
    victim_go(&victim);
    uint64_t last = 0;
    assert_int_equal(drain(stream, &last), TACHY_GONE);
    assert_int_equal(last, VICTIM_FIRST + 3);
    tachy_stream_detach(&stream);
    // The child still lives (bury ends it): its parent's name is free all the same.
    struct victim heir;
    victim_start(&(struct victim_params){.stream = name, .seed = SEED}, &heir);
    assert_true(victim_await(&heir));
    stream = attach(TACHY_NEWEST, 1);
    tachy_frame *frame = take(stream);
    tachy_frame_release(&frame);
    tachy_stream_detach(&stream);
    assert_int_equal(victim_close(&heir), 0);
}

static void fault_34_views_outlive_a_producer_that_ends_and_closed_comes_last(void **state)
{
    (void)state;
    enum { HELD = 3 };
    start(NULL, false);
    tachy_stream *stream = attach(TACHY_EVERY, HELD + 1);
    tachy_frame *held[HELD];
    for (int i = 0; i < HELD; i++)
        held[i] = take(stream);
    victim_go(&victim);
    assert_int_equal(victim_close(&victim), 0);
    char producer[64];
    snprintf(producer, sizeof producer, "%.*s", (int)strcspn(name, "/"), name);
    assert_int_equal(test_shm_count(producer), 0);
    uint64_t last = tachy_frame_sequence(held[HELD - 1]);
    assert_int_equal(drain(stream, &last), TACHY_CLOSED);
    assert_true(last > VICTIM_FIRST); // frames were left, and came before the end
    assert_int_equal(drain(stream, &last), TACHY_CLOSED);
    tachy_stream_detach(&stream);
    for (int i = 0; i < HELD; i++) {
        assert_whole(held[i]);
        tachy_frame_release(&held[i]);
    }
}

// In a child of the writer's process: nothing of the writer may be used, and nothing of the parent's breaks by trying.
static bool is_refused(tachy_writer *writer, tachy_draft *draft)
{
    tachy_draft *mine = NULL;
    bool refused = tachy_draft_publish(&draft) == TACHY_INVALID &&
                   strstr(tachy_error(), "after fork") != NULL &&
                   tachy_writer_claim(writer, 0, &mine) == TACHY_INVALID &&
                   tachy_draft_plane(draft, "color", NULL) == NULL;
    tachy_draft_abort(&draft);
    tachy_writer_destroy(&writer);
    return refused;
}

static void fault_35_a_forked_child_cannot_publish_and_its_parent_still_can(void **state)
{
    (void)state;
    tachy_writer_params params = {.size = sizeof params,
                                  .name = name,
                                  .planes = pattern_planes,
                                  .plane_count = 2,
                                  .seed = SEED};
    tachy_writer *writer = NULL;
    tachy_draft *draft = NULL;
    assert_int_equal(tachy_writer_create(&params, &writer), TACHY_OK);
    tachy_stream *stream = attach(TACHY_EVERY, 1);
    assert_int_equal(tachy_writer_claim(writer, 0, &draft), TACHY_OK);
    pattern_fill(draft, SEED, 1);
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        _exit(is_refused(writer, draft) ? 0 : 1);
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
    assert_int_equal(tachy_writer_claim(writer, 0, &draft), TACHY_OK);
    pattern_fill(draft, SEED, 2);
    assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
    for (uint64_t sequence = 1; sequence <= 2; sequence++) {
        tachy_frame *frame = take(stream);
        assert_int_equal(tachy_frame_sequence(frame), sequence);
        tachy_frame_release(&frame);
    }
    tachy_writer_destroy(&writer);
    uint64_t last = 2;
    assert_int_equal(drain(stream, &last), TACHY_CLOSED);
    tachy_stream_detach(&stream);
}

#define FAULT(test) cmocka_unit_test_setup_teardown(test, begin, bury)

TACHY_TEST_MAIN(FAULT(fault_25_a_producer_killed_at_any_step_is_told_gone_and_tears_no_frame),
                FAULT(fault_26_a_producer_stopped_amid_a_copy_is_waited_for_and_goes_on),
                FAULT(fault_27_a_producer_whose_forked_child_lives_on_is_told_gone),
                FAULT(fault_34_views_outlive_a_producer_that_ends_and_closed_comes_last),
                FAULT(fault_35_a_forked_child_cannot_publish_and_its_parent_still_can))
