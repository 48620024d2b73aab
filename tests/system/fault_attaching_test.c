// Fault 40 (section D): a reader that dies in the middle of its attach.
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tachy/tachy.h>

#include "common/base/failpoint.h"
#include "tests/lib/main.h"
#include "tests/lib/stream.h"

static tachy_status attach(uint32_t held_max, tachy_stream **stream)
{
    const tachy_stream_params params = {
        .size = sizeof params, .name = test_stream_name(), .held_max = held_max};
    return tachy_stream_attach(&params, 0, stream);
}

static void die_attaching_at(const char *step)
{
    char plan[64];
    tachy_stream *stream = NULL;
    snprintf(plan, sizeof plan, "%s:kill", step);
    fflush(stdout);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        failpoint_plan(plan);
        attach(1, &stream);
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

// Nothing is published, so the writer does not sweep; the next reader gets another block than the dead one's.
static void fault_40_who_died_attaching_keeps_no_reservation_from_the_next(void **state)
{
    (void)state;
    static const char *const steps[] = {"attach.locked",   "attach.emptied", "attach.filled",
                                        "attach.reserved", "attach.live",    "attach.before_fence",
                                        "attach.done"};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        tachy_writer *writer = test_writer((tachy_writer_params){.readers_max = 4, .held_max = 2});
        tachy_stream *first = NULL, *next = NULL;
        assert_int_equal(attach(1, &first), TACHY_OK);
        die_attaching_at(steps[i]);
        tachy_stream_detach(&first);
        if (attach(2, &next) != TACHY_OK)
            fail_msg("after a death at %s: %s", steps[i], tachy_error());
        tachy_stream_detach(&next);
        tachy_writer_destroy(&writer);
    }
}

TACHY_TEST_MAIN(cmocka_unit_test(fault_40_who_died_attaching_keeps_no_reservation_from_the_next))
