// Forking while other threads are anywhere in the library: no lock goes along, and the child is free to use the library.
#include <dirent.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/lib/main.h"
#include "tests/lib/process.h"
#include "tests/lib/stream.h"

enum { FORKS = 60, LOOKS = 4, WAITING_FORKS = 10 };

static const tachy_plane_params plane = {"color", TACHY_U8, 1, 4, 4, 4};
static _Atomic bool over;

static tachy_status create(const char *producer, tachy_writer **writer)
{
    char name[64];
    snprintf(name, sizeof name, "%s/a", producer);
    const tachy_writer_params params = {
        .size = sizeof params, .name = name, .planes = &plane, .plane_count = 1};
    return tachy_writer_create(&params, writer);
}

static bool use_a_stream(const char *producer, bool guard)
{
    char name[64];
    snprintf(name, sizeof name, "%s/a", producer);
    const tachy_stream_params params = {.size = sizeof params, .name = name, .guard = guard};
    tachy_writer *writer = NULL;
    tachy_stream *stream = NULL;
    bool done = create(producer, &writer) == TACHY_OK &&
                tachy_stream_attach(&params, 0, &stream) == TACHY_OK;
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
    return done;
}

static void *use_streams(void *producer)
{
    void *failed = NULL;
    while (!atomic_load(&over))
        if (!use_a_stream(producer, true))
            failed = producer;
    return failed;
}

// Whether what an open descriptor of ours stands for is locked.
static bool has_a_lock(void)
{
    DIR *folder = opendir("/proc/self/fdinfo");
    bool found = false;
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        char path[320], line[256];
        snprintf(path, sizeof path, "/proc/self/fdinfo/%.200s", entry->d_name);
        FILE *file = fopen(path, "re");
        while (file != NULL && fgets(line, sizeof line, file) != NULL)
            found = found || strstr(line, "OFDLCK") != NULL;
        if (file != NULL)
            fclose(file);
    }
    if (folder != NULL)
        closedir(folder);
    return found;
}

// In a child. The parent may take a lock only later, on what both have open.
static int look_for_locks(const char *producer)
{
    alarm(600);
    for (int i = 0; i < LOOKS; i++) {
        if (has_a_lock())
            return 1;
        test_pause_ms(1);
    }
    return use_a_stream(producer, true) ? 0 : 2;
}

static int status_of(pid_t child)
{
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

static void a_child_has_no_lock_of_its_parent_whenever_it_was_forked(void **state)
{
    (void)state;
    const char *producer = test_producer_name(), *childs = test_producer_name();
    pthread_t thread;
    atomic_store(&over, false);
    assert_int_equal(pthread_create(&thread, NULL, use_streams, (void *)(uintptr_t)producer), 0);
    for (int i = 0; i < FORKS; i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0)
            _exit(look_for_locks(childs));
        assert_int_equal(status_of(child), 0);
    }
    atomic_store(&over, true);
    void *failed = NULL;
    pthread_join(thread, &failed);
    assert_null(failed);
    assert_int_equal(test_shm_count(producer) + test_shm_count(childs), 0);
}

static void *create_in_vain(void *producer)
{
    tachy_writer *writer = NULL;
    tachy_status status = create(producer, &writer);
    tachy_writer_destroy(&writer);
    atomic_store(&over, true);
    return (void *)(uintptr_t)(status == TACHY_EXISTS ? 0 : 1);
}

// Another process that has the name until it is killed.
static pid_t start_owner(const char *producer)
{
    int ready[2];
    char byte = 0;
    assert_int_equal(pipe(ready), 0);
    pid_t owner = fork();
    assert_true(owner >= 0);
    if (owner == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        tachy_writer *writer = NULL;
        if (create(producer, &writer) != TACHY_OK || write(ready[1], "", 1) != 1)
            _exit(1);
        close(ready[1]);
        while (getppid() != 1)
            pause();
        _exit(0);
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return owner;
}

static void a_child_makes_streams_while_its_parent_waits_for_a_name(void **state)
{
    (void)state;
    const char *producer = test_producer_name(), *childs = test_producer_name();
    pid_t owner = start_owner(producer);
    pthread_t thread;
    atomic_store(&over, false);
    assert_int_equal(pthread_create(&thread, NULL, create_in_vain, (void *)(uintptr_t)producer), 0);
    for (int i = 0; i < WAITING_FORKS && !atomic_load(&over); i++) {
        pid_t child = fork();
        assert_true(child >= 0);
        if (child == 0) {
            alarm(600); // where it would wait for ever
            _exit(use_a_stream(childs, true) ? 0 : 1);
        }
        assert_int_equal(status_of(child), 0);
        test_pause_ms(20);
    }
    void *failed = NULL;
    pthread_join(thread, &failed);
    assert_null(failed);
    kill(owner, SIGKILL);
    status_of(owner);
    assert_true(use_a_stream(producer, false)); // takes away what the dead one left
    assert_int_equal(test_shm_count(producer) + test_shm_count(childs), 0);
}

static void *create_soon(void *producer)
{
    tachy_writer *writer = NULL;
    create(producer, &writer);
    return writer;
}

static void threads_that_become_one_producer_together_share_it(void **state)
{
    (void)state;
    enum { ROUNDS = 50, THREADS = 4 };
    for (int round = 0; round < ROUNDS; round++) {
        const char *producer = test_producer_name();
        pthread_t threads[THREADS];
        tachy_writer *writers[THREADS];
        int made = 0;
        for (int i = 0; i < THREADS; i++)
            assert_int_equal(
                pthread_create(&threads[i], NULL, create_soon, (void *)(uintptr_t)producer), 0);
        for (int i = 0; i < THREADS; i++) {
            void *writer;
            pthread_join(threads[i], &writer);
            writers[i] = writer;
            made += writer != NULL;
        }
        assert_int_equal(made, 1); // of one stream
        for (int i = 0; i < THREADS; i++)
            tachy_writer_destroy(&writers[i]);
        assert_int_equal(test_shm_count(producer), 0);
    }
}

// By the kernel's own flags: "dc" is MADV_DONTFORK, "dd" is MADV_DONTDUMP.
static void neither_a_child_nor_a_core_file_gets_the_ring(void **state)
{
    (void)state;
    tachy_writer *writer = test_writer((tachy_writer_params){0});
    tachy_stream *stream = test_reader((tachy_stream_params){0});
    FILE *maps = fopen("/proc/self/smaps", "re");
    char line[512];
    int ours = 0, kept_back = 0;
    bool is_ours = false;
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps) != NULL) {
        if (strncmp(line, "VmFlags:", 8) != 0) {
            is_ours = is_ours || strstr(line, "/dev/shm/") != NULL;
            continue;
        }
        ours += is_ours;
        kept_back += is_ours && strstr(line, " dc") != NULL && strstr(line, " dd") != NULL;
        is_ours = false;
    }
    fclose(maps);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
    assert_true(ours >= 6); // three objects, by the writer and by the reader
    assert_int_equal(kept_back, ours);
}

TACHY_TEST_MAIN(cmocka_unit_test(neither_a_child_nor_a_core_file_gets_the_ring),
                cmocka_unit_test(a_child_has_no_lock_of_its_parent_whenever_it_was_forked),
                cmocka_unit_test(a_child_makes_streams_while_its_parent_waits_for_a_name),
                cmocka_unit_test(threads_that_become_one_producer_together_share_it))
