// Fault 48 (section E): the registry is truncated in the middle of a claim, between the scan for pins and what the scan allows.
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tachy/tachy.h>

#include "tests/kill/pattern.h"
#include "tests/kill/victim.h"
#include "tests/lib/main.h"
#include "tests/lib/process.h"

enum { SEED = 48, HELD = VICTIM_FIRST, CLAIMS = 16, FRAMES_AFTER = 40 };

static const int64_t hang_ns = INT64_C(100000000000);
static char name[64];

static tachy_stream *attach(tachy_reading reading, uint32_t held_max)
{
    const tachy_stream_params params = {.size = sizeof params,
                                        .name = name,
                                        .reading = reading,
                                        .held_max = held_max,
                                        .guard = true};
    tachy_stream *stream = NULL;
    if (tachy_stream_attach(&params, hang_ns, &stream) != TACHY_OK)
        fail_msg("%s", tachy_error());
    return stream;
}

static void truncate_registry(void)
{
    char path[128];
    snprintf(path, sizeof path, "/dev/shm/tachy.%s.reg", name);
    assert_int_equal(truncate(path, 0), 0);
}

// The writer went on in new objects, and its old slots would have come round again by now.
static void await_frames(void)
{
    tachy_stream *stream = attach(TACHY_EVERY, 1);
    for (int i = 0; i < FRAMES_AFTER; i++) {
        tachy_frame *frame = NULL;
        if (tachy_stream_next(stream, hang_ns, &frame) != TACHY_OK)
            fail_msg("%s", tachy_error());
        tachy_frame_release(&frame);
    }
    tachy_stream_detach(&stream);
}

static void lose_the_registry_at(const char *step, int passing)
{
    char plan[64], why[160];
    struct victim victim;
    snprintf(name, sizeof name, "%s", test_producer_name());
    snprintf(plan, sizeof plan, "%s:stop@%d", step, passing);
    victim_start(&(struct victim_params){.stream = name, .plan = plan, .seed = SEED}, &victim);
    assert_true(victim_await(&victim));
    tachy_stream *stream = attach(TACHY_EVERY, HELD);
    tachy_frame *held[HELD];
    for (int i = 0; i < HELD; i++)
        assert_int_equal(tachy_stream_next(stream, hang_ns, &held[i]), TACHY_OK);
    victim_go(&victim);
    assert_true(WIFSTOPPED(victim_wait(&victim)));
    truncate_registry();
    kill(victim.pid, SIGCONT);
    await_frames();
    for (int i = 0; i < HELD; i++) {
        if (!pattern_check(held[i], SEED, why, sizeof why))
            fail_msg("%s, passing %d: %s", step, passing, why);
        tachy_frame_release(&held[i]);
    }
    tachy_stream_detach(&stream);
    assert_int_equal(victim_close(&victim), 0);
    assert_int_equal(test_shm_count(name), 0);
}

// One of the passings is that of a slot which is held.
static void fault_48_a_registry_truncated_amid_a_claim_tears_no_view(void **state)
{
    (void)state;
    for (int passing = 1; passing <= CLAIMS; passing++) {
        lose_the_registry_at("claim.busy", passing);
        lose_the_registry_at("claim.fenced", passing);
    }
}

TACHY_TEST_MAIN(cmocka_unit_test(fault_48_a_registry_truncated_amid_a_claim_tears_no_view))
