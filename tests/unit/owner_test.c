// Becoming a producer: whom it waits for, and what it takes away: what a dead one left, and nothing else that begins with its name.
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/main.h"
#include "tests/lib/process.h"
#include "tests/lib/stream.h"

static const char *producer;

static const char *path_of(const char *rest)
{
    static char path[128];
    snprintf(path, sizeof path, "/dev/shm/tachy.%s.%s", producer, rest);
    return path;
}

static void make_file(const char *rest)
{
    int fd = open(path_of(rest), O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);
    assert_true(fd >= 0);
    close(fd);
}

static bool is_there(const char *rest)
{
    struct stat file;
    return lstat(path_of(rest), &file) == 0;
}

static void only_names_that_a_writer_gives_are_taken_away(void **state)
{
    (void)state;
    static const char *const left[] = {"old.ctl",   "old.ctl.spare", "old.ctl.new",
                                       "old.reg",   "old.reg.spare", "old.dat.1",
                                       "old.dat.7", "ids.3",         "ids.3.spare"};
    static const char *const others[] = {"notes",     "old.dat.x", "old.dat.01", "old.ctl.bak",
                                         "old.reg.1", "ids.x",     "spare"};
    enum { LEFT = sizeof left / sizeof *left, OTHERS = sizeof others / sizeof *others };
    tachy_writer *first = test_writer((tachy_writer_params){0});
    char name[64];
    snprintf(name, sizeof name, "%s", test_stream_name());
    name[strcspn(name, "/")] = 0;
    producer = name;
    tachy_writer_destroy(&first);
    for (int i = 0; i < LEFT; i++)
        make_file(left[i]);
    for (int i = 0; i < OTHERS; i++)
        make_file(others[i]);
    snprintf(name + strlen(name), 8, "/new");
    const tachy_plane_params plane = {"color", TACHY_U8, 1, 4, 4, 4};
    const tachy_writer_params params = {
        .size = sizeof params, .name = name, .planes = &plane, .plane_count = 1};
    tachy_writer *writer = NULL;
    if (tachy_writer_create(&params, &writer) != TACHY_OK)
        fail_msg("%s", tachy_error());
    name[strcspn(name, "/")] = 0;
    bool gone = true, kept = true;
    for (int i = 0; i < LEFT; i++)
        gone = gone && !is_there(left[i]);
    for (int i = 0; i < OTHERS; i++) {
        kept = kept && is_there(others[i]);
        unlink(path_of(others[i]));
    }
    tachy_writer_destroy(&writer);
    assert_true(gone);
    assert_true(kept);
    assert_int_equal(test_shm_count(name), 0);
}

static char stream[64];

static tachy_status create(tachy_writer **writer)
{
    const tachy_plane_params plane = {"color", TACHY_U8, 1, 4, 4, 4};
    const tachy_writer_params params = {
        .size = sizeof params, .name = stream, .planes = &plane, .plane_count = 1};
    return tachy_writer_create(&params, writer);
}

// A producer in a process of its own, which publishes one frame and lives for `lives_ms` from then on, or until it is killed.
static pid_t start_producer(int lives_ms)
{
    int made[2];
    char byte;
    assert_int_equal(pipe(made), 0);
    fflush(stdout);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        tachy_writer *writer = NULL;
        if (create(&writer) != TACHY_OK)
            _exit(1);
        test_publish(writer, 1);
        if (write(made[1], "", 1) != 1)
            _exit(1);
        test_pause_ms(lives_ms);
        _exit(0);
    }
    close(made[1]);
    assert_int_equal(read(made[0], &byte, 1), 1);
    close(made[0]);
    return child;
}

static void a_living_producer_without_its_lock_file_is_not_replaced(void **state)
{
    (void)state;
    producer = test_producer_name();
    snprintf(stream, sizeof stream, "%s/a", producer);
    pid_t child = start_producer(1000000);
    tachy_writer *writer = NULL;
    bool had_one = unlink(path_of("lock")) == 0;
    tachy_status status = create(&writer);
    test_name_stream(stream);
    tachy_stream *reader = test_reader((tachy_stream_params){0});
    uint64_t number = test_next_number(reader);
    tachy_stream_detach(&reader);
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    tachy_writer_destroy(&writer);
    assert_true(had_one);
    assert_int_equal(status, TACHY_EXISTS);
    assert_int_equal(number, 1);
    assert_int_equal(create(&writer), TACHY_OK);
    tachy_writer_destroy(&writer);
}

// On a busy machine two seconds may pass before the dying one comes to its end: then there is another try.
static void a_dying_producer_is_waited_for(void **state)
{
    (void)state;
    enum { TRIES = 10 };
    snprintf(stream, sizeof stream, "%s/a", test_producer_name());
    tachy_status status = TACHY_EXISTS;
    for (int i = 0; i < TRIES && status == TACHY_EXISTS; i++) {
        tachy_writer *writer = NULL;
        pid_t child = start_producer(300);
        status = create(&writer);
        assert_int_equal(waitpid(child, NULL, 0), child);
        tachy_writer_destroy(&writer);
    }
    assert_int_equal(status, TACHY_OK);
}

// Who may only read an object can lock it for reading. That is not what a writer's lock is.
static void a_readers_lock_does_not_make_a_dead_producer_live(void **state)
{
    (void)state;
    producer = test_producer_name();
    snprintf(stream, sizeof stream, "%s/a", producer);
    pid_t child = start_producer(1000000);
    struct flock lock = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 1};
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    int fd = open(path_of("a.ctl"), O_RDONLY | O_CLOEXEC);
    assert_int_equal(fcntl(fd, F_OFD_SETLK, &lock), 0);
    const tachy_stream_params params = {.size = sizeof params, .name = stream};
    tachy_stream *reader = NULL;
    tachy_writer *writer = NULL;
    tachy_status seen = tachy_stream_attach(&params, 0, &reader), made = create(&writer);
    close(fd);
    tachy_stream_detach(&reader);
    tachy_writer_destroy(&writer);
    assert_int_equal(seen, TACHY_GONE);
    assert_int_equal(made, TACHY_OK);
}

TACHY_TEST_MAIN(cmocka_unit_test(only_names_that_a_writer_gives_are_taken_away),
                cmocka_unit_test(a_living_producer_without_its_lock_file_is_not_replaced),
                cmocka_unit_test(a_dying_producer_is_waited_for),
                cmocka_unit_test(a_readers_lock_does_not_make_a_dead_producer_live))
