// Who says how a stream's readers are woken: the caller, the environment, what works.
#include <errno.h>
#include <linux/futex.h>
#include <seccomp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/ring/writer.h"
#include "tests/lib/main.h"
#include "tests/lib/process.h"
#include "tests/lib/stream.h"

static uint32_t way_of_new(tachy_wake wake)
{
    tachy_writer *writer = test_writer((tachy_writer_params){.wake = wake});
    uint32_t way = writer->pool.control->about.wake;
    assert_ptr_equal(writer->pool.doorbell, doorbell_of(way));
    tachy_writer_destroy(&writer);
    return way;
}

static void the_caller_comes_before_the_environment_and_that_before_what_works(void **state)
{
    (void)state;
    unsetenv("TACHY_WAKE");
    assert_int_equal(way_of_new(TACHY_WAKE_BEST), DOORBELL_FUTEX);
    assert_int_equal(way_of_new(TACHY_WAKE_SEMAPHORE), DOORBELL_SEMAPHORE);
    setenv("TACHY_WAKE", "semaphore", 1);
    assert_int_equal(way_of_new(TACHY_WAKE_BEST), DOORBELL_SEMAPHORE);
    assert_int_equal(way_of_new(TACHY_WAKE_FUTEX), DOORBELL_FUTEX);
    setenv("TACHY_WAKE", "futex", 1);
    assert_int_equal(way_of_new(TACHY_WAKE_BEST), DOORBELL_FUTEX);
    setenv("TACHY_WAKE", "", 1);
    assert_int_equal(way_of_new(TACHY_WAKE_BEST), DOORBELL_FUTEX);
    unsetenv("TACHY_WAKE");
}

static tachy_status create(tachy_wake wake, uint32_t mode)
{
    static const tachy_plane_params plane = {"color", TACHY_U8, 1, 4, 4, 4};
    char name[64];
    snprintf(name, sizeof name, "%s/a", test_producer_name());
    const tachy_writer_params params = {.size = sizeof params,
                                        .name = name,
                                        .planes = &plane,
                                        .plane_count = 1,
                                        .mode = mode,
                                        .wake = wake};
    tachy_writer *writer = NULL;
    tachy_status status = tachy_writer_create(&params, &writer);
    assert_int_equal(status == TACHY_OK, writer != NULL);
    tachy_writer_destroy(&writer);
    return status;
}

static void what_is_no_way_and_semaphores_that_a_group_may_write_are_refused(void **state)
{
    (void)state;
    assert_int_equal(create((tachy_wake)3, 0), TACHY_INVALID);
    setenv("TACHY_WAKE", "bell", 1);
    assert_int_equal(create(TACHY_WAKE_BEST, 0), TACHY_INVALID);
    assert_non_null(strstr(tachy_error(), "TACHY_WAKE is bell"));
    unsetenv("TACHY_WAKE");
    assert_int_equal(create(TACHY_WAKE_FUTEX, 0660), TACHY_OK);
    assert_int_equal(create(TACHY_WAKE_SEMAPHORE, 0660), TACHY_UNSUPPORTED);
    assert_non_null(strstr(tachy_error(), "group"));
}

static void a_way_that_a_later_version_knows_is_slept_by_futex(void **state)
{
    (void)state;
    assert_ptr_equal(doorbell_of(DOORBELL_WAYS), doorbell_of(DOORBELL_FUTEX));
    assert_ptr_equal(doorbell_of(UINT32_MAX), doorbell_of(DOORBELL_FUTEX));
}

// The wait that readers do through a mapping they may not write; the C library's own waits are of another form.
static bool deny_futex_wait(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    bool loaded = filter != NULL &&
                  seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(futex), 1,
                                   SCMP_A1(SCMP_CMP_EQ, FUTEX_WAIT)) == 0 &&
                  seccomp_load(filter) == 0;
    seccomp_release(filter);
    return loaded;
}

static int read_without_futexes(void)
{
    if (!deny_futex_wait())
        return 2;
    if (create(TACHY_WAKE_FUTEX, 0) != TACHY_UNSUPPORTED)
        return 3;
    tachy_writer *writer = test_writer((tachy_writer_params){0});
    if (writer->pool.control->about.wake != DOORBELL_SEMAPHORE)
        return 4;
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    tachy_frame *frame = NULL;
    if (tachy_stream_next(stream, 30000000, &frame) != TACHY_TIMED_OUT)
        return 5;
    test_publish(writer, 1);
    bool taken = test_next_number(stream) == 1;
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
    return taken ? 0 : 6;
}

static void where_futexes_are_missing_semaphores_serve(void **state)
{
    (void)state;
    unsetenv("TACHY_WAKE");
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0)
        _exit(read_without_futexes());
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

TACHY_TEST_MAIN(
    cmocka_unit_test(the_caller_comes_before_the_environment_and_that_before_what_works),
    cmocka_unit_test(what_is_no_way_and_semaphores_that_a_group_may_write_are_refused),
    cmocka_unit_test(a_way_that_a_later_version_knows_is_slept_by_futex),
    cmocka_unit_test(where_futexes_are_missing_semaphores_serve))
