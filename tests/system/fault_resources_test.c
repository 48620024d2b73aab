// Faults of resources at create and attach (section A of the fault list), each by its number.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <tachy/tachy.h>
#include <unistd.h>

#include "tests/lib/main.h"
#include "tests/lib/private.h"
#include "tests/lib/process.h"

enum { SMALL = 16, LARGE = 2048, MIDDLE = 1024, MANY = 10000 };

static const char produce[] = TACHY_TEST_BIN "/tachy-produce";
static const char tool[] = TACHY_TEST_BIN "/tachy";
static char name[64];

// `suffix`: of the stream's name; 0 = none.
static tachy_status create_named(uint32_t side, char suffix, tachy_writer **writer)
{
    const tachy_plane_params plane = {"color", TACHY_U8, 1, side, side, 4};
    char full[80];
    snprintf(full, sizeof full, "%s%c", name, suffix);
    const tachy_writer_params params = {
        .size = sizeof params, .name = full, .planes = &plane, .plane_count = 1, .held_max = 2};
    return tachy_writer_create(&params, writer);
}

static tachy_status create(uint32_t side, tachy_writer **writer)
{
    snprintf(name, sizeof name, "%s/a", test_producer_name());
    return create_named(side, 0, writer);
}

static tachy_status attach(tachy_stream **stream)
{
    const tachy_stream_params params = {.size = sizeof params, .name = name};
    return tachy_stream_attach(&params, 0, stream);
}

static void publish(tachy_writer *writer, int value)
{
    tachy_draft *draft = NULL;
    const tachy_plane *plane = NULL;
    EXPECT(tachy_writer_claim(writer, 0, &draft) == TACHY_OK);
    void *color = tachy_draft_plane(draft, "color", &plane);
    memset(color, value, plane->image_bytes);
    EXPECT(tachy_draft_publish(&draft) == TACHY_OK);
}

static void publish_and_read(tachy_writer *writer, tachy_stream *stream, int value)
{
    tachy_frame *frame = NULL;
    publish(writer, value);
    EXPECT(tachy_stream_next(stream, 0, &frame) == TACHY_OK);
    EXPECT(*(const unsigned char *)tachy_frame_plane(frame, "color")->data == value);
    tachy_frame_release(&frame);
}

static size_t names_left(void)
{
    char producer[64];
    snprintf(producer, sizeof producer, "%.*s", (int)strcspn(name, "/"), name);
    return test_shm_count(producer);
}

static void create_in_64_kib(void)
{
    tachy_writer *writer = NULL;
    EXPECT(create(256, &writer) == TACHY_SYSTEM);
    EXPECT(ERROR_NAMES(name, "needs 1.8 MiB", "0.1 MiB free", "ENOSPC", "--shm-size"));
    printf("# %s\n", tachy_error());
}

static void fault_01_a_full_dev_shm_is_an_error_that_says_need_and_remedy(void **state)
{
    (void)state;
    private_run_in_shm("size=64k", create_in_64_kib);
}

static void fill_after_create(void)
{
    tachy_writer *writer = NULL;
    tachy_stream *stream = NULL;
    char junk[4096] = "junk";
    EXPECT(create(256, &writer) == TACHY_OK);
    EXPECT(attach(&stream) == TACHY_OK);
    int fd = open("/dev/shm/junk", O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    while (write(fd, junk, sizeof junk) > 0) {
    }
    EXPECT(errno == ENOSPC);
    for (int i = 0; i < 100; i++) // every page of every slot
        publish_and_read(writer, stream, i + 1);
    tachy_stream *late = NULL;
    EXPECT(attach(&late) == TACHY_OK);
    tachy_stream_detach(&late);
    const tachy_identity chair = {1, {0}, {0}, "chair", "furniture"};
    uint32_t id = 0;
    EXPECT(tachy_writer_add_identity(writer, &chair, &id) == TACHY_SYSTEM);
    publish_and_read(writer, stream, 7);
    close(fd);
    unlink("/dev/shm/junk");
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void fault_02_a_dev_shm_that_others_fill_stops_nobody_who_runs(void **state)
{
    (void)state;
    private_run_in_shm("size=4m", fill_after_create);
}

static void create_in_dockers_default(void)
{
    tachy_writer *writer = NULL;
    EXPECT(create(LARGE, &writer) == TACHY_SYSTEM);
    EXPECT(ERROR_NAMES(name, "64.0 MiB free", "docker run --shm-size="));
    struct process doctor;
    process_start(&doctor, (const char *const[]){tool, "doctor", NULL});
    for (int i = 0; i < 1200 && process_runs(&doctor); i++)
        usleep(50000);
    char *said = process_said(&doctor);
    EXPECT(strstr(said, "64 MiB") != NULL && strstr(said, "--shm-size=") != NULL);
    free(said);
    process_end(&doctor, 0);
}

static void fault_03_dockers_64_mb_are_told_with_the_option_that_raises_them(void **state)
{
    (void)state;
    private_run_in_shm("size=64m", create_in_dockers_default);
}

static void create_without_inodes(void)
{
    tachy_writer *writer = NULL;
    EXPECT(create(SMALL, &writer) == TACHY_SYSTEM);
    EXPECT(ERROR_NAMES("ENOSPC", "inodes"));
}

static void fault_04_no_inodes_is_an_error_that_leaves_nothing(void **state)
{
    (void)state;
    private_run_in_shm("size=16m,nr_inodes=4", create_without_inodes);
}

static bool write_to(const char *folder, const char *file, const char *text)
{
    char path[160];
    snprintf(path, sizeof path, "%s/%s", folder, file);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    bool written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    if (fd >= 0)
        close(fd);
    return written;
}

// A control group that holds this process to 16 MiB. False: there are none to be had here.
static bool enter_small_group(char group[96])
{
    static const char *const hierarchies[] = {"/sys/fs/cgroup/memory", "/sys/fs/cgroup"};
    static const char *const limits[] = {"memory.limit_in_bytes", "memory.max"};
    for (int i = 0; i < 2; i++) {
        snprintf(group, 96, "%s/tachy-%d", hierarchies[i], (int)getpid());
        if (mkdir(group, 0700) != 0)
            continue;
        if (write_to(group, limits[i], "16777216") && write_to(group, "cgroup.procs", "0"))
            return true;
        rmdir(group);
    }
    return false;
}

// Without control groups: what the kernel does to a process that goes beyond them.
static void kill_soon(void)
{
    pid_t victim = getpid();
    if (fork() == 0) {
        usleep(3000);
        kill(victim, SIGKILL);
        _exit(0);
    }
}

static void create_beyond_the_limit(void)
{
    char group[96];
    tachy_writer *writer = NULL;
    bool grouped = enter_small_group(group);
    if (!grouped)
        kill_soon();
    create_named(MIDDLE, 0, &writer); // an error, a death, or (where there is swap) a stream
    if (!grouped)
        for (;;)
            pause();
    tachy_writer_destroy(&writer);
    _exit(0);
}

static void leave_groups(pid_t child)
{
    char group[96];
    snprintf(group, sizeof group, "/sys/fs/cgroup/memory/tachy-%d", (int)child);
    rmdir(group);
    snprintf(group, sizeof group, "/sys/fs/cgroup/tachy-%d", (int)child);
    rmdir(group);
}

static void fault_05_a_memory_limit_below_the_ring_leaves_nothing_that_is_adopted(void **state)
{
    (void)state;
    snprintf(name, sizeof name, "%s/a", test_producer_name());
    fflush(stdout);
    pid_t child = fork();
    if (child == 0)
        create_beyond_the_limit();
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    leave_groups(child);
    bool killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
    printf("# %s\n", killed ? "killed" : "lived");
    assert_true(killed || status == 0);
    tachy_stream *stream = NULL;
    tachy_status found = attach(&stream);
    assert_true(found == TACHY_NOT_FOUND || found == TACHY_GONE);
    tachy_writer *writer = NULL;
    assert_int_equal(create_named(SMALL, 0, &writer), TACHY_OK);
    tachy_writer_destroy(&writer);
    assert_int_equal(names_left(), 0);
}

static void run_out_of_descriptors(void)
{
    tachy_writer *writer = NULL, *second = NULL;
    tachy_stream *stream = NULL, *late = NULL;
    EXPECT(create(SMALL, &writer) == TACHY_OK);
    EXPECT(attach(&stream) == TACHY_OK);
    size_t open_now = private_count_files();
    struct rlimit limit = {(rlim_t)open_now, (rlim_t)open_now}; // the count has one for itself
    EXPECT(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    for (int i = 0; i < MANY; i++) {
        EXPECT(attach(&late) == TACHY_SYSTEM && ERROR_NAMES("EMFILE"));
        EXPECT(create_named(SMALL, 'b', &second) == TACHY_SYSTEM && ERROR_NAMES("EMFILE"));
        if (i % 100 == 0)
            publish_and_read(writer, stream, i / 100 + 1);
    }
    EXPECT(private_count_files() == open_now);
    tachy_stream_detach(&stream);
    EXPECT(attach(&late) == TACHY_OK);
    tachy_stream_detach(&late);
    tachy_writer_destroy(&writer);
    EXPECT(names_left() == 0);
}

static void fault_06_without_descriptors_opening_fails_and_running_streams_go_on(void **state)
{
    (void)state;
    private_run(run_out_of_descriptors);
}

static rlim_t address_space(void)
{
    unsigned long pages = 0;
    FILE *statm = fopen("/proc/self/statm", "r");
    EXPECT(statm != NULL && fscanf(statm, "%lu", &pages) == 1);
    fclose(statm);
    return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static void run_out_of_addresses(void)
{
    tachy_writer *writer = NULL, *second = NULL;
    tachy_stream *stream = NULL;
    EXPECT(create(SMALL, &writer) == TACHY_OK);
    EXPECT(attach(&stream) == TACHY_OK);
    char kept[64];
    memcpy(kept, name, sizeof kept);
    rlim_t bytes = address_space() + (16 << 20);
    struct rlimit limit = {bytes, bytes};
    EXPECT(setrlimit(RLIMIT_AS, &limit) == 0);
    EXPECT(create(MIDDLE, &second) == TACHY_SYSTEM && ERROR_NAMES("ENOMEM"));
    EXPECT(names_left() == 0);
    publish_and_read(writer, stream, 3);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
    memcpy(name, kept, sizeof name);
    EXPECT(names_left() == 0);
}

static void fault_07_without_address_space_a_large_stream_is_an_error(void **state)
{
    (void)state;
    private_run(run_out_of_addresses);
}

static void create_beyond_the_file_limit(void)
{
    struct rlimit limit = {4096, 4096};
    tachy_writer *writer = NULL;
    EXPECT(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    EXPECT(create(256, &writer) == TACHY_SYSTEM && ERROR_NAMES("EFBIG"));
    EXPECT(names_left() == 0);
}

static void fault_08_a_file_size_limit_is_an_error_and_no_death(void **state)
{
    (void)state;
    private_run(create_beyond_the_file_limit);
}

// Root may lock what it likes, unless it cannot have the right.
static void fault_09_nothing_needs_locked_memory(void **state)
{
    (void)state;
    const char *producer = test_producer_name();
    const char *const argv[] = {
        "/usr/bin/setpriv", "--bounding-set", "-ipc_lock", "/usr/bin/prlimit",
        "--memlock=0:0",    produce,          "--name",    producer,
        "--size",           "64x48",          "--frames",  "5",
        "--passes",         "_img",           NULL};
    struct process process;
    process_start(&process, geteuid() == 0 ? argv : argv + 3);
    for (int i = 0; i < 1200 && process_runs(&process); i++)
        usleep(50000);
    char *said = process_said(&process);
    if (process_end(&process, 0) != 0)
        fail_msg("%s", said);
    free(said);
    assert_int_equal(test_shm_count(producer), 0);
}

static bool info_says(const char *stream, const char *words)
{
    struct process info;
    process_start(&info, (const char *const[]){tool, "info", stream, "--json", NULL});
    for (int i = 0; i < 1200 && process_runs(&info); i++)
        usleep(50000);
    char *said = process_said(&info);
    bool says = strstr(said, words) != NULL;
    if (!says)
        print_error("tachy info: %s\n", said);
    free(said);
    return process_end(&info, 0) == 0 && says;
}

static void fault_12_refused_huge_pages_are_small_ones_and_info_says_so(void **state)
{
    (void)state;
    const char *producer = test_producer_name();
    char stream[64];
    snprintf(stream, sizeof stream, "%s/a", producer);
    setenv("LD_PRELOAD", TACHY_TEST_BUILD "/tests/librefuse_collapse.so", 1);
    struct process process;
    process_start(&process,
                  (const char *const[]){produce, "--name", producer, "--size", "640x480", NULL});
    unsetenv("LD_PRELOAD");
    const tachy_stream_params params = {.size = sizeof params, .name = stream};
    tachy_stream *reader = NULL;
    tachy_frame *frame = NULL;
    assert_int_equal(tachy_stream_attach(&params, INT64_C(60000000000), &reader), TACHY_OK);
    assert_int_equal(tachy_stream_next(reader, INT64_C(60000000000), &frame), TACHY_OK);
    tachy_frame_release(&frame);
    tachy_stream_detach(&reader);
    assert_true(info_says(stream, "\"pages\": \"small\""));
    assert_int_equal(process_end(&process, SIGTERM), 0);
    assert_int_equal(test_shm_count(producer), 0);
}

TACHY_TEST_MAIN(
    cmocka_unit_test(fault_01_a_full_dev_shm_is_an_error_that_says_need_and_remedy),
    cmocka_unit_test(fault_02_a_dev_shm_that_others_fill_stops_nobody_who_runs),
    cmocka_unit_test(fault_03_dockers_64_mb_are_told_with_the_option_that_raises_them),
    cmocka_unit_test(fault_04_no_inodes_is_an_error_that_leaves_nothing),
    cmocka_unit_test(fault_05_a_memory_limit_below_the_ring_leaves_nothing_that_is_adopted),
    cmocka_unit_test(fault_06_without_descriptors_opening_fails_and_running_streams_go_on),
    cmocka_unit_test(fault_07_without_address_space_a_large_stream_is_an_error),
    cmocka_unit_test(fault_08_a_file_size_limit_is_an_error_and_no_death),
    cmocka_unit_test(fault_09_nothing_needs_locked_memory),
    cmocka_unit_test(fault_12_refused_huge_pages_are_small_ones_and_info_says_so))
