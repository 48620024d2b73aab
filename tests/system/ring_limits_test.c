// What a publish may not do: system calls.
#include <fcntl.h>
#include <pthread.h>
#include <seccomp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tachy/tachy.h>

#include "common/ring/layout.h"
#include "tests/lib/main.h"

static char name[64];

static tachy_status create(uint32_t side, tachy_writer **writer)
{
    snprintf(name, sizeof name, "ringlimits%d/a", (int)getpid());
    tachy_plane_params plane = {"color", TACHY_U8, 1, side, side, 4};
    tachy_writer_params params = {
        .size = sizeof params, .name = name, .planes = &plane, .plane_count = 1, .held_max = 2};
    return tachy_writer_create(&params, writer);
}

/// What the publishing thread and its watcher share.
struct publishing {
    tachy_writer *writer;
    const struct ring_registry *registry;
    bool asleep;      ///< publish only once a reader sleeps
    _Atomic int done; ///< 1: all published, 2: a call failed
};

// Every system call is the process's death from here on, but those of the look that a claim takes every 100 ms: whether idle
// readers live, and whether the objects are still what they were.
static bool forbid_system_calls(void)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fcntl), 0) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(fstat), 0) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(newfstatat), 0) == 0 &&
           seccomp_load(filter) == 0;
}

static bool publish_often(tachy_writer *writer, int frames)
{
    for (int i = 0; i < frames; i++) {
        tachy_draft *draft = NULL;
        if (tachy_writer_claim(writer, 0, &draft) != TACHY_OK)
            return false;
        *(char *)tachy_draft_plane(draft, "color", NULL) = (char)i;
        if (tachy_draft_publish(&draft) != TACHY_OK)
            return false;
    }
    return true;
}

// Until a reader has said that it is about to sleep; by memory alone, which is no system call.
static bool await_sleeper(const struct ring_registry *registry)
{
    while (atomic_load(&registry->wait_mask) == 0)
        ;
    return true;
}

// The filter is this thread's alone; it cannot even end, so it spins until its process does.
static void *publish_filtered(void *context)
{
    struct publishing *publishing = context;
    bool fine = publish_often(publishing->writer, 10) && forbid_system_calls() &&
                (!publishing->asleep || await_sleeper(publishing->registry)) &&
                publish_often(publishing->writer, 2000);
    publishing->done = fine ? 1 : 2;
    for (;;)
        ;
    return NULL;
}

static void *sleep_for_ever(void *context)
{
    tachy_frame *frame = NULL;
    while (tachy_stream_next(context, TACHY_FOREVER, &frame) == TACHY_OK)
        tachy_frame_release(&frame);
    return NULL;
}

static const struct ring_registry *map_registry(void)
{
    char path[128];
    snprintf(path, sizeof path, "/dev/shm/tachy.ringlimits%d.a.reg", (int)getpid());
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    const void *map = mmap(NULL, sizeof(struct ring_registry), PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
    return map == MAP_FAILED ? NULL : map;
}

static int publish_beside_a_reader(bool asleep)
{
    struct publishing publishing = {.asleep = asleep};
    tachy_stream *stream = NULL;
    pthread_t sleeper, publisher;
    tachy_stream_params params = {.size = sizeof params, .name = name};
    if (create(16, &publishing.writer) != TACHY_OK ||
        tachy_stream_attach(&params, 0, &stream) != TACHY_OK)
        return 3;
    publishing.registry = map_registry();
    if (publishing.registry == NULL)
        return 3;
    if (asleep && pthread_create(&sleeper, NULL, sleep_for_ever, stream) != 0)
        return 4;
    if (pthread_create(&publisher, NULL, publish_filtered, &publishing) != 0)
        return 5;
    while (publishing.done == 0)
        usleep(1000);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&publishing.writer);
    return publishing.done == 1 ? 0 : 6;
}

static void remove_names(pid_t child)
{
    static const char *const kinds[] = {"a.ctl", "a.reg", "a.dat.1", "lock"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char path[128];
        snprintf(path, sizeof path, "/dev/shm/tachy.ringlimits%d.%s", (int)child, kinds[i]);
        unlink(path);
        strcat(path, ".spare");
        unlink(path);
    }
}

// The wait status of a child that ran `body`.
static int run_child(int (*body)(bool), bool argument)
{
    pid_t child = fork();
    if (child == 0)
        _exit(body(argument));
    int status = 0;
    assert_int_equal(waitpid(child, &status, 0), child);
    remove_names(child);
    return status;
}

static void a_publish_makes_no_system_call_when_nobody_sleeps(void **state)
{
    (void)state;
    assert_int_equal(run_child(publish_beside_a_reader, false), 0);
}

static void the_filter_does_see_the_wake_of_a_sleeper(void **state)
{
    (void)state;
    int status = run_child(publish_beside_a_reader, true);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGSYS);
}

TACHY_TEST_MAIN(cmocka_unit_test(a_publish_makes_no_system_call_when_nobody_sleeps),
                cmocka_unit_test(the_filter_does_see_the_wake_of_a_sleeper))
