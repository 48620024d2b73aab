// Faults of names, permissions and discovery (section B of the fault list), each by its number.
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <tachy/tachy.h>
#include <unistd.h>

#include "tests/lib/main.h"
#include "tests/lib/private.h"
#include "tests/lib/process.h"
#include "tests/lib/stream.h"

enum { NOBODY = 65534, FOREIGN = 10000, MS_NS = 1000000 };

static const int64_t minute_ns = INT64_C(60000000000);
static char name[64];

static void choose_name(void)
{
    snprintf(name, sizeof name, "%s/a", test_producer_name());
}

// "/dev/shm/tachy.<producer>.<kind>"
static const char *path_of(const char *kind)
{
    static char path[160];
    snprintf(path, sizeof path, "/dev/shm/tachy.%.*s.%s", (int)strcspn(name, "/"), name, kind);
    return path;
}

static tachy_status create(uint32_t mode, tachy_writer **writer)
{
    const tachy_plane_params plane = {"color", TACHY_U8, 1, 8, 8, 4};
    const tachy_writer_params params = {
        .size = sizeof params, .name = name, .planes = &plane, .plane_count = 1, .mode = mode};
    return tachy_writer_create(&params, writer);
}

static tachy_status attach(int64_t timeout_ns, tachy_stream **stream)
{
    const tachy_stream_params params = {.size = sizeof params, .name = name};
    return tachy_stream_attach(&params, timeout_ns, stream);
}

static void expect_attach(tachy_status status, const char *word)
{
    tachy_stream *stream = NULL;
    EXPECT(attach(0, &stream) == status && ERROR_NAMES(word));
    EXPECT(stream == NULL);
}

static void expect_create(tachy_status status, const char *word)
{
    tachy_writer *writer = NULL;
    EXPECT(create(0, &writer) == status && ERROR_NAMES(word));
    EXPECT(writer == NULL);
}

static void put_file(const char *kind, off_t bytes, mode_t mode)
{
    int fd = open(path_of(kind), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    EXPECT(fd >= 0 && fchmod(fd, mode) == 0 && ftruncate(fd, bytes) == 0);
    close(fd);
}

static void meet_another_users_object(void)
{
    static const char *const kinds[] = {"a.ctl", "lock"};
    choose_name();
    for (size_t i = 0; i < 2; i++) {
        struct stat before, after;
        put_file(kinds[i], 5000, 0600);
        EXPECT(chown(path_of(kinds[i]), NOBODY, NOBODY) == 0);
        EXPECT(stat(path_of(kinds[i]), &before) == 0);
        expect_create(TACHY_DENIED, "65534");
        EXPECT(stat(path_of(kinds[i]), &after) == 0 && after.st_ino == before.st_ino);
        EXPECT(after.st_size == before.st_size);
        if (i == 0)
            expect_attach(TACHY_DENIED, "65534");
        EXPECT(unlink(path_of(kinds[i])) == 0);
    }
}

static void fault_13_a_name_that_another_user_took_is_refused_and_its_owner_named(void **state)
{
    (void)state;
    if (geteuid() != 0)
        test_skip("needs root to make another user's file");
    private_run(meet_another_users_object);
}

static void meet_symbolic_links(void)
{
    choose_name();
    char target[] = "/tmp/tachy-target-XXXXXX";
    struct stat object;
    int fd = mkstemp(target);
    EXPECT(symlink(target, path_of("a.ctl")) == 0);
    expect_attach(TACHY_SYSTEM, "ELOOP");
    EXPECT(unlink(path_of("a.ctl")) == 0);
    EXPECT(symlink(target, path_of("lock")) == 0);
    expect_create(TACHY_SYSTEM, "ELOOP");
    EXPECT(unlink(path_of("lock")) == 0);
    EXPECT(fstat(fd, &object) == 0 && object.st_size == 0);
    close(fd);
    unlink(target);
}

static void fault_14_a_symbolic_link_at_the_name_is_not_followed(void **state)
{
    (void)state;
    private_run(meet_symbolic_links);
}

static bool put_special(const char *kind, int which)
{
    const char *path = path_of(kind);
    return which == 0   ? mkfifo(path, 0600) == 0
           : which == 1 ? mkdir(path, 0700) == 0
                        : mknod(path, S_IFCHR | 0600, (1 << 8) | 5) == 0; // /dev/zero
}

// A pipe would block whoever opens it plainly: nobody writes to it.
static void meet_what_is_no_file(void)
{
    choose_name();
    alarm(60);
    int devices = geteuid() == 0 ? 1 : 0; // only root makes them
    for (int which = 0; which < 2 + devices; which++) {
        EXPECT(put_special("a.ctl", which));
        expect_attach(TACHY_SYSTEM, "tachy.");
        EXPECT(remove(path_of("a.ctl")) == 0);
        EXPECT(put_special("lock", which));
        expect_create(TACHY_SYSTEM, "lock");
        EXPECT(remove(path_of("lock")) == 0);
    }
}

static void fault_15_what_is_no_file_at_the_name_is_refused_without_blocking(void **state)
{
    (void)state;
    private_run(meet_what_is_no_file);
}

static void meet_short_files(void)
{
    static const uint64_t magic = UINT64_C(0x314c544359484354);
    choose_name();
    tachy_stream *stream = NULL;
    for (off_t bytes = 0; bytes <= 100; bytes += 100) {
        put_file("a.ctl", bytes, 0600);
        EXPECT(attach(20 * (int64_t)MS_NS, &stream) == TACHY_TIMED_OUT);
        EXPECT(ERROR_NAMES("not initialised"));
        EXPECT(unlink(path_of("a.ctl")) == 0);
    }
    put_file("a.ctl", 100, 0600);
    int fd = open(path_of("a.ctl"), O_WRONLY | O_CLOEXEC);
    const uint64_t mark[] = {magic, (uint64_t)1 << 48 | (uint64_t)64 << 32 | 0x01020304};
    EXPECT(pwrite(fd, mark, sizeof mark, 0) == sizeof mark);
    close(fd);
    EXPECT(attach(minute_ns, &stream) == TACHY_CORRUPT && ERROR_NAMES("cut short"));
    EXPECT(unlink(path_of("a.ctl")) == 0);
}

static void fault_16_a_short_file_is_waited_for_and_a_cut_one_is_corrupt(void **state)
{
    (void)state;
    private_run(meet_short_files);
}

static void expect_modes(mode_t own, mode_t registry)
{
    static const char *const kinds[] = {"a.ctl", "a.dat.1", "ids.0", "a.reg"};
    for (size_t i = 0; i < 4; i++) {
        struct stat object;
        EXPECT(stat(path_of(kinds[i]), &object) == 0);
        EXPECT((object.st_mode & 07777) == (i < 3 ? own : registry));
    }
}

static void create_with_umasks(void)
{
    static const mode_t masks[] = {0777, 077, 0};
    for (size_t i = 0; i < 6; i++) {
        bool group = i >= 3;
        tachy_writer *writer = NULL;
        const tachy_identity chair = {1, {0}, {0}, "chair", "furniture"};
        uint32_t id;
        choose_name();
        umask(masks[i % 3]);
        EXPECT(create(group ? 0660 : 0, &writer) == TACHY_OK);
        EXPECT(tachy_writer_add_identity(writer, &chair, &id) == TACHY_OK);
        expect_modes(group ? 0640 : 0600, group ? 0660 : 0600);
        tachy_writer_destroy(&writer);
    }
}

static void fault_18_modes_do_not_depend_on_the_umask(void **state)
{
    (void)state;
    private_run(create_with_umasks);
}

static void become_nobody(void)
{
    EXPECT(setgroups(0, NULL) == 0 && setresuid(NOBODY, NOBODY, NOBODY) == 0);
}

static void read_without_rights(void)
{
    become_nobody();
    expect_attach(TACHY_DENIED, "--mode 0660");
    EXPECT(ERROR_NAMES("EACCES"));
}

static void read_by_group(void)
{
    tachy_stream *stream = NULL;
    become_nobody(); // the group stays root's
    EXPECT(attach(0, &stream) == TACHY_OK);
    tachy_stream_detach(&stream);
}

static void fault_19_a_reader_without_rights_is_told_how_to_get_them(void **state)
{
    (void)state;
    if (geteuid() != 0)
        test_skip("needs root to become another user");
    for (int group = 0; group < 2; group++) {
        tachy_writer *writer = NULL;
        choose_name();
        assert_int_equal(create(group == 0 ? 0 : 0660, &writer), TACHY_OK);
        private_run(group == 0 ? read_without_rights : read_by_group);
        tachy_writer_destroy(&writer);
    }
}

static void open_to_everybody(void)
{
    static const char *const kinds[] = {"a.ctl", "a.reg", "a.dat.1"};
    tachy_writer *writer = NULL;
    choose_name();
    EXPECT(create(0, &writer) == TACHY_OK);
    for (size_t i = 0; i < 3; i++) {
        EXPECT(chmod(path_of(kinds[i]), 0602) == 0);
        expect_attach(TACHY_DENIED, "everybody may write");
        EXPECT(chmod(path_of(kinds[i]), 0600) == 0);
    }
    tachy_stream *stream = NULL;
    EXPECT(attach(0, &stream) == TACHY_OK);
    tachy_stream_detach(&stream);
    tachy_writer_destroy(&writer);
}

static void fault_20_an_object_that_everybody_may_write_is_refused(void **state)
{
    (void)state;
    private_run(open_to_everybody);
}

static bool is_listed(const char *stream)
{
    tachy_listing *listing = NULL;
    EXPECT(tachy_listing_create(&listing) == TACHY_OK);
    bool found = false;
    const tachy_info *info;
    for (size_t i = 0; (info = tachy_listing_at(listing, i)) != NULL; i++)
        found = found || strcmp(info->name, stream) == 0;
    tachy_listing_destroy(&listing);
    return found;
}

static void use_odd_names(void)
{
    static const char *const odd[] = {"../x",     "..",    "a b", "a\nb",
                                      "\xc3\xa9", "a.ctl", "%00", "\x1b[2J"};
    char endless[300] = "";
    memset(endless, 'x', 256);
    const char *const bad[] = {"", "/", "/a", "a/", "a//b", endless};
    const char *producer = test_producer_name();
    for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++) {
        tachy_writer *writer = NULL;
        tachy_stream *stream = NULL;
        snprintf(name, sizeof name, "%s/%s", producer, odd[i]);
        EXPECT(create(0, &writer) == TACHY_OK);
        EXPECT(attach(0, &stream) == TACHY_OK && is_listed(name));
        tachy_stream_detach(&stream);
        tachy_writer_destroy(&writer);
        EXPECT(test_shm_count(producer) == 0);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        const tachy_plane_params plane = {"color", TACHY_U8, 1, 8, 8, 4};
        const tachy_writer_params params = {
            .size = sizeof params, .name = bad[i], .planes = &plane, .plane_count = 1};
        const tachy_stream_params reader = {.size = sizeof reader, .name = bad[i]};
        tachy_writer *writer = NULL;
        tachy_stream *stream = NULL;
        EXPECT(tachy_writer_create(&params, &writer) == TACHY_INVALID);
        EXPECT(tachy_stream_attach(&reader, 0, &stream) == TACHY_INVALID);
    }
}

static void fault_21_odd_names_are_escaped_and_come_back_and_bad_ones_are_refused(void **state)
{
    (void)state;
    private_run(use_odd_names);
}

static void expect_said(const char *const argv[], const char *words)
{
    struct process process;
    process_start(&process, argv);
    for (int i = 0; i < 1200 && process_runs(&process); i++)
        usleep(50000);
    char *said = process_said(&process);
    EXPECT(process_end(&process, 0) == 0 && strstr(said, words) != NULL);
    free(said);
}

static void list_among_foreign_files(void)
{
    static const char tool[] = TACHY_TEST_BIN "/tachy";
    tachy_writer *writer = NULL;
    choose_name();
    EXPECT(create(0, &writer) == TACHY_OK);
    for (int i = 0; i < FOREIGN; i++) {
        char path[64];
        snprintf(path, sizeof path, "/dev/shm/%s%d", i % 2 == 0 ? "sem.other-" : "tachyon.", i);
        int fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
        EXPECT(fd >= 0);
        close(fd);
    }
    int64_t before = test_now_ns();
    EXPECT(is_listed(name));
    printf("# a listing beside %d foreign files took %.1f ms\n", FOREIGN,
           (double)(test_now_ns() - before) / MS_NS);
    expect_said((const char *const[]){tool, "ls", NULL}, name);
    expect_said((const char *const[]){tool, "top", "--once", NULL}, name);
    tachy_writer_destroy(&writer);
    EXPECT(system("rm -r /dev/shm/*") == 0); // NOLINT: fixed words
}

static void fault_22_ten_thousand_foreign_files_are_passed_over(void **state)
{
    (void)state;
    private_run_in_shm("size=64m", list_among_foreign_files);
}

static void expect_not_found(void)
{
    tachy_stream *stream = NULL;
    EXPECT(attach(0, &stream) == TACHY_NOT_FOUND && ERROR_NAMES(name, "not found"));
}

// As process 1 of its own namespaces, where root is somebody else: takes a frame and dies with it.
static void hold_and_die(void)
{
    tachy_stream *stream = NULL;
    tachy_frame *frame = NULL;
    const tachy_info *info = NULL;
    EXPECT(getpid() == 1);
    EXPECT(attach(0, &stream) == TACHY_OK);
    EXPECT(tachy_stream_info(stream, &info) == TACHY_OK && info->alive);
    EXPECT(tachy_stream_next(stream, 0, &frame) == TACHY_OK);
    _exit(0);
}

static void enter_namespaces(void)
{
    EXPECT(unshare(CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID) == 0 ||
           unshare(CLONE_NEWNS | CLONE_NEWPID) == 0); // a kernel without user namespaces
    pid_t child = fork();
    if (child == 0)
        hold_and_die();
    int status = -1;
    EXPECT(waitpid(child, &status, 0) == child && status == 0);
}

static void fault_23_other_namespaces_see_what_is_alive_or_nothing(void **state)
{
    tachy_writer *writer = NULL;
    tachy_writer_stats stats = {.size = sizeof stats};
    choose_name();
    assert_int_equal(create(0, &writer), TACHY_OK);
    *state = writer;
    private_run_in_shm("size=1m", expect_not_found);
    tachy_draft *draft = NULL;
    assert_int_equal(tachy_writer_claim(writer, 0, &draft), TACHY_OK);
    assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
    private_run(enter_namespaces);
    stats.readers = 1;
    for (int i = 0; i < 6000 && stats.readers > 0; i++) { // the sweep finds the dead by their locks
        assert_int_equal(tachy_writer_claim(writer, 0, &draft), TACHY_OK);
        assert_int_equal(tachy_draft_publish(&draft), TACHY_OK);
        test_pause_ms(10);
        assert_int_equal(tachy_writer_read_stats(writer, &stats), TACHY_OK);
    }
    assert_int_equal(stats.readers + stats.held, 0);
}

static int destroy_writer(void **state)
{
    tachy_writer *writer = *state;
    tachy_writer_destroy(&writer);
    return 0;
}

TACHY_TEST_MAIN(
    cmocka_unit_test(fault_13_a_name_that_another_user_took_is_refused_and_its_owner_named),
    cmocka_unit_test(fault_14_a_symbolic_link_at_the_name_is_not_followed),
    cmocka_unit_test(fault_15_what_is_no_file_at_the_name_is_refused_without_blocking),
    cmocka_unit_test(fault_16_a_short_file_is_waited_for_and_a_cut_one_is_corrupt),
    cmocka_unit_test(fault_18_modes_do_not_depend_on_the_umask),
    cmocka_unit_test(fault_19_a_reader_without_rights_is_told_how_to_get_them),
    cmocka_unit_test(fault_20_an_object_that_everybody_may_write_is_refused),
    cmocka_unit_test(fault_21_odd_names_are_escaped_and_come_back_and_bad_ones_are_refused),
    cmocka_unit_test(fault_22_ten_thousand_foreign_files_are_passed_over),
    cmocka_unit_test_teardown(fault_23_other_namespaces_see_what_is_alive_or_nothing,
                              destroy_writer))
