// Fault 17 (section B): a stream whose creator was stopped before it was whole.
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tachy/tachy.h>

#include "common/ring/layout.h"
#include "tests/kill/pattern.h"
#include "tests/kill/victim.h"
#include "tests/lib/main.h"
#include "tests/lib/process.h"

enum { SEED = 17, SHORT_NS = 50000000 };

static const int64_t hang_ns = INT64_C(100000000000);

static tachy_status attach(const char *stream, int64_t timeout_ns, tachy_stream **attached)
{
    tachy_stream_params params = {.size = sizeof params, .name = stream, .reading = TACHY_EVERY};
    return tachy_stream_attach(&params, timeout_ns, attached);
}

// Exit status of a reader that waits for the stream, then wants its first frames whole.
static int read_when_there(const char *stream)
{
    tachy_stream *attached = NULL;
    if (attach(stream, hang_ns, &attached) != TACHY_OK)
        return 1;
    for (uint64_t sequence = 1; sequence <= VICTIM_FIRST; sequence++) {
        tachy_frame *frame = NULL;
        char why[160];
        if (tachy_stream_next(attached, hang_ns, &frame) != TACHY_OK ||
            tachy_frame_sequence(frame) != sequence || !pattern_check(frame, SEED, why, sizeof why))
            return 2;
        tachy_frame_release(&frame);
    }
    tachy_stream_detach(&attached);
    return 0;
}

static pid_t start_reader(const char *stream)
{
    fflush(stdout);
    pid_t reader = fork();
    assert_true(reader >= 0);
    if (reader == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        _exit(read_when_there(stream));
    }
    return reader;
}

static bool is_listed(const char *stream)
{
    tachy_listing *listing = NULL;
    const tachy_info *info;
    bool listed = false;
    assert_int_equal(tachy_listing_create(&listing), TACHY_OK);
    for (size_t i = 0; (info = tachy_listing_at(listing, i)) != NULL; i++)
        listed = listed || strcmp(info->name, stream) == 0;
    tachy_listing_destroy(&listing);
    return listed;
}

static void stop_at(const char *step)
{
    const char *stream = test_producer_name();
    char plan[64];
    snprintf(plan, sizeof plan, "%s:stop", step);
    struct victim victim;
    victim_start(&(struct victim_params){.stream = stream, .create_plan = plan, .seed = SEED},
                 &victim);
    assert_true(WIFSTOPPED(victim_wait(&victim)));
    tachy_stream *attached = NULL;
    tachy_status status = attach(stream, SHORT_NS, &attached);
    bool listed = is_listed(stream);
    pid_t reader = start_reader(stream);
    kill(victim.pid, SIGCONT);
    assert_true(victim_await(&victim));
    int ended = -1;
    assert_int_equal(waitpid(reader, &ended, 0), reader);
    assert_int_equal(victim_close(&victim), 0);
    assert_int_equal(test_shm_count(stream), 0);
    if (status != TACHY_NOT_FOUND || listed || ended != 0)
        fail_msg("stopped at %s: attach says %s, reader's wait status 0x%x", step,
                 tachy_status_name(status), (unsigned)ended);
}

static void fault_17_a_stream_is_not_there_until_its_creator_has_made_it_whole(void **state)
{
    (void)state;
    static const char *const steps[] = {
        "create.locked",      "create.owned",           "create.before_magic", "create.unnamed",
        "create.data_linked", "create.registry_linked", "create.spare_linked", "create.hidden"};
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++)
        stop_at(steps[i]);
}

// What our own creators never show: an object under its name, as long as it shall be, and no magic yet.
static void fault_17_an_object_without_its_magic_is_waited_for_until_the_timeout(void **state)
{
    (void)state;
    const char *stream = test_producer_name();
    char path[96];
    snprintf(path, sizeof path, "/dev/shm/tachy.%s.ctl", stream);
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    assert_int_equal(posix_fallocate(fd, 0, sizeof(struct ring_control) + RING_PAGE), 0);
    tachy_stream *attached = NULL;
    tachy_status status = attach(stream, SHORT_NS, &attached);
    bool says = strstr(tachy_error(), "not initialised") != NULL;
    unlink(path);
    close(fd);
    assert_int_equal(status, TACHY_TIMED_OUT);
    assert_true(says);
}

TACHY_TEST_MAIN(
    cmocka_unit_test(fault_17_a_stream_is_not_there_until_its_creator_has_made_it_whole),
    cmocka_unit_test(fault_17_an_object_without_its_magic_is_waited_for_until_the_timeout))
