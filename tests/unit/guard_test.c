// Readers of memory that shrinks: guarded ones are told, and a SIGBUS that is none of ours stays what it was.
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/main.h"
#include "tests/lib/stream.h"

static const int64_t s_ns = 1000000000;
static char name[64];

// A writer of its own process, which publishes two frames and waits to be killed. Its stream's name goes to `name`.
static pid_t start_writer(bool verify)
{
    int made[2];
    assert_int_equal(pipe(made), 0);
    fflush(stdout);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        tachy_writer *writer = test_writer((tachy_writer_params){.verify = verify});
        tachy_identity chair = {1, {0}, {0}, "chair", "furniture"};
        uint32_t id = 0;
        if (tachy_writer_add_identity(writer, &chair, &id) != TACHY_OK)
            _exit(1);
        test_publish(writer, 1);
        test_publish(writer, 2);
        if (write(made[1], test_stream_name(), sizeof name) != sizeof name)
            _exit(1);
        for (;;)
            pause();
    }
    close(made[1]);
    assert_int_equal(read(made[0], name, sizeof name), sizeof name);
    close(made[0]);
    return child;
}

// Ends the writer; the next one of its name takes away what is left.
static void end_writer(pid_t child)
{
    kill(child, SIGKILL);
    assert_int_equal(waitpid(child, NULL, 0), child);
    const tachy_plane_params plane = {"color", TACHY_U8, 1, 1, 1, 4};
    tachy_writer_params params = {
        .size = sizeof params, .name = name, .planes = &plane, .plane_count = 1};
    tachy_writer *writer = NULL;
    if (tachy_writer_create(&params, &writer) != TACHY_OK)
        fail_msg("%s", tachy_error());
    tachy_writer_destroy(&writer);
}

static tachy_stream *attach(tachy_stream_params params)
{
    params.size = sizeof params;
    params.name = name;
    tachy_stream *stream = NULL;
    if (tachy_stream_attach(&params, 0, &stream) != TACHY_OK)
        fail_msg("%s", tachy_error());
    return stream;
}

// `kind`: "a.ctl", "ids.0" ...
static int open_object(const char *kind)
{
    char path[160];
    snprintf(path, sizeof path, "/dev/shm/tachy.%.*s.%s", (int)strcspn(name, "/"), name, kind);
    return open(path, O_RDWR | O_CLOEXEC);
}

// As a hostile peer does: leaves `permille` of the object's pages.
static void shrink(const char *kind, int permille)
{
    int fd = open_object(kind);
    struct stat object;
    assert_true(fd >= 0 && fstat(fd, &object) == 0);
    assert_int_equal(ftruncate(fd, object.st_size / 1000 * permille), 0);
    close(fd);
}

static void shrink_soon(const char *kind)
{
    if (fork() != 0)
        return;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    test_pause_ms(60);
    shrink(kind, 0);
    _exit(0);
}

static void a_sleeping_guarded_reader_is_told_that_its_memory_shrank(void **state)
{
    (void)state;
    static const char *const kinds[] = {"a.ctl", "a.reg", "a.dat.1"};
    for (int i = 0; i < 3; i++) {
        pid_t writer = start_writer(false);
        tachy_stream *stream = attach((tachy_stream_params){.guard = true});
        assert_int_equal(test_next_number(stream), 2);
        tachy_frame *frame = NULL;
        shrink_soon(kinds[i]);
        // What only planes lie in is not missed while nobody looks at a plane.
        bool looked_at = i < 2;
        assert_int_equal(tachy_stream_next(stream, looked_at ? 60 * s_ns : s_ns / 5, &frame),
                         looked_at ? TACHY_CORRUPT : TACHY_TIMED_OUT);
        assert_true(wait(NULL) > 0);
        if (looked_at) {
            assert_non_null(strstr(tachy_error(), name));
            assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_CORRUPT);
            assert_int_equal(tachy_stream_at(stream, 1, 0, &frame), TACHY_CORRUPT);
            assert_int_equal(test_stats(stream).corrupt, 3);
        }
        tachy_stream_detach(&stream);
        end_writer(writer);
    }
}

// It is the helper thread of the descriptor that meets the lost page.
static void a_guarded_readers_descriptor_tells_that_its_memory_shrank(void **state)
{
    (void)state;
    static const char *const kinds[] = {"a.ctl", "a.reg"};
    for (int i = 0; i < 2; i++) {
        pid_t writer = start_writer(false);
        tachy_stream *stream = attach((tachy_stream_params){.guard = true});
        struct pollfd polled = {.events = POLLIN};
        assert_int_equal(tachy_stream_fd(stream, &polled.fd), TACHY_OK);
        assert_int_equal(test_next_number(stream), 2);
        shrink_soon(kinds[i]);
        assert_int_equal(poll(&polled, 1, 60000), 1);
        tachy_frame *frame = NULL;
        assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_CORRUPT);
        assert_true(wait(NULL) > 0);
        tachy_stream_detach(&stream);
        end_writer(writer);
    }
}

static void a_guarded_view_of_memory_that_shrank_reads_zeros_and_is_reported(void **state)
{
    (void)state;
    for (int permille = 0; permille <= 500; permille += 500) {
        pid_t writer = start_writer(false);
        tachy_stream *stream = attach((tachy_stream_params){.guard = true, .held_max = 2});
        tachy_frame *frames[2] = {NULL, NULL}, *copy = NULL;
        for (uint64_t i = 0; i < 2; i++)
            assert_int_equal(tachy_stream_at(stream, i + 1, 0, &frames[i]), TACHY_OK);
        shrink("a.dat.1", permille);
        int gone = 0;
        for (int i = 0; i < 2; i++) {
            const tachy_plane *color = tachy_frame_plane(frames[i], "color");
            int seen = *(const volatile uint8_t *)color->data;
            assert_true(seen == 0 || (seen == i + 1 && permille > 0));
            gone += seen == 0;
        }
        if (gone > 0) {
            assert_int_equal(tachy_frame_clone(frames[0], &copy), TACHY_CORRUPT);
            assert_int_equal(tachy_stream_next(stream, 0, &copy), TACHY_CORRUPT);
            int fd = -1;
            assert_int_equal(tachy_stream_fd(stream, &fd), TACHY_OK);
            assert_int_equal(poll(&(struct pollfd){.fd = fd, .events = POLLIN}, 1, 0), 1);
        }
        assert_true(gone == 2 || permille > 0);
        tachy_frame_release(&frames[0]);
        tachy_frame_release(&frames[1]);
        tachy_stream_detach(&stream);
        end_writer(writer);
    }
}

static void an_id_table_that_shrank_costs_identities_but_no_frame(void **state)
{
    (void)state;
    pid_t writer = start_writer(false);
    tachy_stream *stream = attach((tachy_stream_params){.guard = true});
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_OK);
    shrink("ids.0", 0);
    assert_null(tachy_frame_identity(frame, 1));
    assert_non_null(strstr(tachy_error(), "shrank"));
    assert_int_equal(*(const uint8_t *)tachy_frame_plane(frame, "color")->data, 2);
    tachy_frame_release(&frame);
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_EMPTY);
    tachy_stream_detach(&stream);
    end_writer(writer);
}

static void a_guarded_copying_reader_hands_out_no_zeros(void **state)
{
    (void)state;
    pid_t writer = start_writer(false);
    tachy_stream *stream = attach((tachy_stream_params){.guard = true, .copying = true});
    tachy_frame *frame = NULL;
    shrink("a.dat.1", 0);
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_CORRUPT);
    assert_null(frame);
    tachy_stream_detach(&stream);
    end_writer(writer);
}

static void a_punched_hole_is_caught_by_verifying(void **state)
{
    (void)state;
    pid_t writer = start_writer(true);
    tachy_stream *stream = attach((tachy_stream_params){.guard = true, .verify = true});
    int fd = open_object("a.dat.1");
    struct stat object;
    assert_int_equal(fstat(fd, &object), 0);
    assert_int_equal(
        fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 8192, object.st_size), 0);
    close(fd);
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_next(stream, 0, &frame), TACHY_CORRUPT);
    assert_non_null(strstr(tachy_error(), "plane color"));
    tachy_stream_detach(&stream);
    end_writer(writer);
}

// A mapping of the program's own, of a file that has shrunk: a look at it is SIGBUS.
static const volatile char *map_shrunk(void)
{
    int fd = memfd_create("own", MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, 4096) != 0)
        _exit(90);
    const volatile char *map = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED || ftruncate(fd, 0) != 0)
        _exit(91);
    return map;
}

static sigjmp_buf back;
static const volatile char *faulted;

static void on_sigbus(int signal, siginfo_t *info, void *context)
{
    (void)signal;
    (void)context;
    faulted = info->si_addr;
    siglongjmp(back, 1);
}

static void expect_own_handler(void)
{
    const volatile char *map = map_shrunk();
    if (sigsetjmp(back, 1) == 0) {
        (void)*map;
        _exit(1);
    }
    _exit(faulted == map ? 0 : 2);
}

static struct sigaction theirs;

static void chain(int signal, siginfo_t *info, void *context)
{
    theirs.sa_sigaction(signal, info, context);
}

// A handler that calls the guard's, behind which the next attach puts it.
static void chain_in_a_circle(void)
{
    struct sigaction action = {.sa_sigaction = chain, .sa_flags = SA_SIGINFO};
    sigaction(SIGBUS, &action, &theirs);
    tachy_stream_params params = {.size = sizeof params, .name = name, .guard = true};
    tachy_stream *stream = NULL;
    if (tachy_stream_attach(&params, 0, &stream) != TACHY_OK)
        _exit(93);
    (void)*map_shrunk();
}

static void look_at_own(void)
{
    (void)*map_shrunk();
}

static void be_sent_one(void)
{
    kill(getpid(), SIGBUS);
}

static void fork_and_look(void)
{
    pid_t child = fork();
    if (child == 0) {
        // Where the parent's guarded memory is, a child may have anything: here, something that shrank.
        look_at_own();
        _exit(0);
    }
    int status = 0;
    waitpid(child, &status, 0);
    if (WIFSIGNALED(status))
        raise(WTERMSIG(status));
}

static void look_unguarded(void)
{
    tachy_stream_params params = {.size = sizeof params, .name = name};
    tachy_stream *stream = NULL;
    tachy_frame *frame = NULL;
    if (tachy_stream_attach(&params, 0, &stream) != TACHY_OK)
        _exit(3);
    shrink("a.ctl", 0);
    tachy_stream_next(stream, 0, &frame);
}

// Runs `body` in a child that has a guarded reader; how it ended, as waitpid says.
static int run_guarded(bool own_handler, bool guard, void (*body)(void))
{
    fflush(stdout);
    pid_t child = fork();
    if (child == 0) {
        struct rlimit none = {0, 0};
        setrlimit(RLIMIT_CORE, &none);
        struct sigaction action = {.sa_sigaction = on_sigbus, .sa_flags = SA_SIGINFO};
        struct sigaction fatal = {.sa_handler = SIG_DFL}; // not a sanitizer's
        sigaction(SIGBUS, own_handler ? &action : &fatal, NULL);
        tachy_stream_params params = {.size = sizeof params, .name = name, .guard = guard};
        tachy_stream *stream = NULL;
        if (tachy_stream_attach(&params, 0, &stream) != TACHY_OK)
            _exit(92);
        body();
        _exit(0);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void a_sigbus_from_elsewhere_goes_where_it_went_before(void **state)
{
    (void)state;
    pid_t writer = start_writer(false);
    assert_int_equal(run_guarded(true, true, expect_own_handler), 0);
    void (*const fatal[])(void) = {look_at_own, be_sent_one, fork_and_look, chain_in_a_circle};
    for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++) {
        int status = run_guarded(false, true, fatal[i]);
        assert_true(WIFSIGNALED(status));
        assert_int_equal(WTERMSIG(status), SIGBUS);
    }
    int status = run_guarded(false, false, look_unguarded); // what the guard saves from
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGBUS);
    end_writer(writer);
}

TACHY_TEST_MAIN(cmocka_unit_test(a_sleeping_guarded_reader_is_told_that_its_memory_shrank),
                cmocka_unit_test(a_guarded_readers_descriptor_tells_that_its_memory_shrank),
                cmocka_unit_test(a_guarded_view_of_memory_that_shrank_reads_zeros_and_is_reported),
                cmocka_unit_test(an_id_table_that_shrank_costs_identities_but_no_frame),
                cmocka_unit_test(a_guarded_copying_reader_hands_out_no_zeros),
                cmocka_unit_test(a_punched_hole_is_caught_by_verifying),
                cmocka_unit_test(a_sigbus_from_elsewhere_goes_where_it_went_before))
