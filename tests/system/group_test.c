// Streams that a group may read: seen by other users, in the group and outside it.
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tachy/tachy.h>

#include "tests/lib/main.h"
#include "tests/lib/process.h"
#include "tests/lib/stream.h"

enum { WRITER = 60001, MEMBER = 60002, OUTSIDER = 60003, GROUP = 60100, OTHER_GROUP = 60200 };

static const int64_t patience_ns = INT64_C(60) * 1000000000;
static const char *producer;
static char name[64];

static void become(uid_t user, gid_t group)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    alarm(100);
    if (setgroups(0, NULL) != 0 || setresgid(group, group, group) != 0 ||
        setresuid(user, user, user) != 0)
        _exit(99);
    prctl(PR_SET_PDEATHSIG, SIGKILL); // a change of user forgets it
}

struct writing {
    pid_t process;
    int told; ///< its end closes when it is to end
};

// A writer of user WRITER and group GROUP that publishes every few milliseconds.
static void write_until_told(uint32_t mode, int ready, int told)
{
    const tachy_plane_params plane = {"color", TACHY_U8, 1, 4, 4, 4};
    const tachy_writer_params params = {.size = sizeof params,
                                        .name = name,
                                        .planes = &plane,
                                        .plane_count = 1,
                                        .held_max = 1,
                                        .mode = mode};
    tachy_writer *writer = NULL;
    if (tachy_writer_create(&params, &writer) != TACHY_OK || write(ready, "", 1) != 1)
        _exit(1);
    char byte;
    fcntl(told, F_SETFL, O_NONBLOCK);
    while (read(told, &byte, 1) < 0) {
        tachy_draft *draft = NULL;
        if (tachy_writer_claim(writer, 0, &draft) == TACHY_OK &&
            tachy_draft_publish(&draft) != TACHY_OK)
            _exit(2);
        test_pause_ms(2);
    }
    tachy_writer_destroy(&writer);
    _exit(0);
}

static struct writing start_writer(uint32_t mode)
{
    if (geteuid() != 0)
        test_skip("only root may become other users");
    producer = test_producer_name();
    snprintf(name, sizeof name, "%s/a", producer);
    int ready[2], told[2];
    char byte;
    assert_int_equal(pipe2(ready, O_CLOEXEC) | pipe2(told, O_CLOEXEC), 0);
    struct writing writing = {.process = fork(), .told = told[1]};
    assert_true(writing.process >= 0);
    if (writing.process == 0) {
        close(told[1]);
        close(ready[0]);
        become(WRITER, GROUP);
        write_until_told(mode, ready[1], told[0]);
    }
    close(told[0]);
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return writing;
}

static int status_of(pid_t process)
{
    int status = -1;
    assert_int_equal(waitpid(process, &status, 0), process);
    return status;
}

static void end_writer(struct writing *writing)
{
    close(writing->told);
    assert_int_equal(status_of(writing->process), 0);
    assert_int_equal(test_shm_count(producer), 0);
}

// What `work` says as that user; 0 = as it should be.
static int as(uid_t user, gid_t group, int (*work)(void))
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        become(user, group);
        _exit(work());
    }
    int status = status_of(child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 200;
}

static tachy_status attach(tachy_stream **stream)
{
    const tachy_stream_params params = {.size = sizeof params, .name = name};
    return tachy_stream_attach(&params, 0, stream);
}

static int read_some(void)
{
    tachy_stream *stream = NULL;
    for (int i = 0; i < 20; i++) {
        tachy_frame *frame = NULL;
        if (stream == NULL && attach(&stream) != TACHY_OK)
            return 1;
        if (tachy_stream_next(stream, patience_ns, &frame) != TACHY_OK)
            return 2;
        tachy_frame_release(&frame);
    }
    tachy_stream_detach(&stream);
    return 0;
}

static int is_denied(const char *words)
{
    tachy_stream *stream = NULL;
    if (attach(&stream) != TACHY_DENIED)
        return 1;
    return strstr(tachy_error(), words) != NULL ? 0 : 2;
}

static int is_denied_with_a_hint(void)
{
    return is_denied("--mode 0660");
}

static int listed_as(tachy_status wanted)
{
    tachy_listing *listing = NULL;
    const char *stream = NULL, *line = NULL;
    tachy_status status = TACHY_NOT_FOUND, failure;
    if (tachy_listing_create(&listing) != TACHY_OK)
        return 1;
    for (size_t i = 0; tachy_listing_at(listing, i) != NULL; i++)
        if (strcmp(tachy_listing_at(listing, i)->name, name) == 0)
            status = TACHY_OK;
    for (size_t i = 0; (failure = tachy_listing_failure(listing, i, &stream, &line)) != 0; i++)
        if (strcmp(stream, name) == 0)
            status = failure;
    tachy_listing_destroy(&listing);
    return status == wanted ? 0 : 2;
}

static int is_listed(void)
{
    return listed_as(TACHY_OK);
}

static int is_listed_as_denied(void)
{
    return listed_as(TACHY_DENIED);
}

static void path_of(const char *kind, char path[128])
{
    snprintf(path, 128, "/dev/shm/tachy.%s.%s", producer, kind);
}

static mode_t mode_of(const char *kind)
{
    char path[128];
    struct stat file = {0};
    path_of(kind, path);
    assert_int_equal(stat(path, &file), 0);
    return file.st_mode & 07777;
}

static void a_stream_in_group_mode_has_these_modes_whatever_the_umask(void **state)
{
    (void)state;
    umask(077);
    struct writing writing = start_writer(0660);
    umask(022);
    assert_int_equal(mode_of("a.ctl"), 0640);
    assert_int_equal(mode_of("a.dat.1"), 0640);
    assert_int_equal(mode_of("a.reg"), 0660);
    assert_int_equal(mode_of("lock"), 0600);
    end_writer(&writing);
}

static void a_member_of_the_group_reads_and_others_are_refused(void **state)
{
    (void)state;
    struct writing writing = start_writer(0660);
    assert_int_equal(as(MEMBER, GROUP, read_some), 0);
    assert_int_equal(as(MEMBER, GROUP, is_listed), 0);
    assert_int_equal(as(OUTSIDER, OTHER_GROUP, is_denied_with_a_hint), 0);
    assert_int_equal(as(OUTSIDER, OTHER_GROUP, is_listed_as_denied), 0);
    assert_int_equal(as(WRITER, OTHER_GROUP, read_some), 0); // its owner, whatever his group
    end_writer(&writing);
}

static void a_stream_of_ones_own_is_nobody_elses(void **state)
{
    (void)state;
    struct writing writing = start_writer(0);
    assert_int_equal(mode_of("a.reg"), 0600);
    assert_int_equal(as(MEMBER, GROUP, is_denied_with_a_hint), 0);
    assert_int_equal(as(WRITER, GROUP, read_some), 0);
    end_writer(&writing);
}

static int writes_the_registry_only(void)
{
    static const struct {
        const char *kind;
        bool may;
    } objects[] = {{"a.ctl", false}, {"a.dat.1", false}, {"a.reg", true}, {"lock", false}};
    for (int i = 0; i < 4; i++) {
        char path[128];
        path_of(objects[i].kind, path);
        int fd = open(path, O_RDWR | O_CLOEXEC);
        if ((fd >= 0) != objects[i].may || (fd < 0 && errno != EACCES))
            return i + 1;
        close(fd);
        if (unlink(path) == 0 || (errno != EPERM && errno != EACCES))
            return i + 11;
    }
    return 0;
}

static void a_member_of_the_group_may_write_nothing_but_the_registry(void **state)
{
    (void)state;
    struct writing writing = start_writer(0660);
    assert_int_equal(as(MEMBER, GROUP, writes_the_registry_only), 0);
    end_writer(&writing);
}

static int hold_and_die(void)
{
    tachy_stream *stream = NULL;
    tachy_frame *frame = NULL;
    if (attach(&stream) != TACHY_OK || tachy_stream_next(stream, patience_ns, &frame) != TACHY_OK)
        return 1;
    kill(getpid(), SIGKILL);
    return 2;
}

static void what_a_killed_member_held_is_free_again(void **state)
{
    (void)state;
    struct writing writing = start_writer(0660);
    for (int i = 0; i < 5; i++)
        assert_int_equal(as(MEMBER, GROUP, hold_and_die), 200);
    assert_int_equal(as(MEMBER, GROUP, read_some), 0); // of the one frame that may be held
    end_writer(&writing);
}

// ---- who opens his objects to all, or to a group of his own, lures readers: refused

static void set_modes(mode_t mode, mode_t registry, gid_t group)
{
    static const char *const kinds[] = {"a.ctl", "a.dat.1", "a.reg"};
    for (int i = 0; i < 3; i++) {
        char path[128];
        path_of(kinds[i], path);
        assert_int_equal(chown(path, (uid_t)-1, group), 0);
        assert_int_equal(chmod(path, i == 2 ? registry : mode), 0);
    }
}

static int is_refused_by_owner(void)
{
    return is_denied("belongs to user 60001");
}

static int is_refused_by_mode(void)
{
    return is_denied("everybody may write");
}

static void another_users_objects_are_adopted_in_no_other_mode_and_no_other_group(void **state)
{
    (void)state;
    struct writing writing = start_writer(0660);
    set_modes(0644, 0664, GROUP);
    assert_int_equal(as(OUTSIDER, OTHER_GROUP, is_refused_by_owner), 0);
    assert_int_equal(as(MEMBER, GROUP, is_refused_by_owner), 0);
    set_modes(0660, 0660, GROUP);
    assert_int_equal(as(MEMBER, GROUP, is_refused_by_owner), 0);
    set_modes(0640, 0660, OTHER_GROUP);
    assert_int_equal(as(0, GROUP, is_refused_by_owner), 0); // who may open all is not lured either
    set_modes(0640, 0660, GROUP);
    assert_int_equal(as(MEMBER, GROUP, read_some), 0);
    set_modes(0640, 0662, GROUP);
    assert_int_equal(as(MEMBER, GROUP, is_refused_by_mode), 0);
    set_modes(0642, 0660, GROUP);
    assert_int_equal(as(WRITER, GROUP, is_refused_by_mode), 0); // his own, too
    end_writer(&writing);
}

static int cannot_write_under_that_name(void)
{
    const tachy_plane_params plane = {"color", TACHY_U8, 1, 4, 4, 4};
    const tachy_writer_params params = {
        .size = sizeof params, .name = name, .planes = &plane, .plane_count = 1, .mode = 0660};
    tachy_writer *writer = NULL;
    if (tachy_writer_create(&params, &writer) != TACHY_DENIED)
        return 1;
    return strstr(tachy_error(), "60001") != NULL ? 0 : 2;
}

static void nobody_else_writes_under_the_name_not_even_when_its_writer_was_killed(void **state)
{
    (void)state;
    struct writing writing = start_writer(0660);
    assert_int_equal(as(MEMBER, GROUP, cannot_write_under_that_name), 0);
    kill(writing.process, SIGKILL);
    status_of(writing.process);
    close(writing.told);
    assert_int_equal(as(MEMBER, GROUP, cannot_write_under_that_name), 0);
    assert_true(test_shm_count(producer) > 0);
    pid_t child = fork();
    if (child == 0) { // its owner takes away what is his
        become(WRITER, GROUP);
        const tachy_clean_params params = {.size = sizeof params, .producer = producer};
        tachy_cleaning *cleaning = NULL;
        tachy_status status = tachy_clean(&params, &cleaning);
        tachy_cleaning_destroy(&cleaning);
        _exit(status == TACHY_OK ? 0 : 1);
    }
    assert_int_equal(status_of(child), 0);
    assert_int_equal(test_shm_count(producer), 0);
}

TACHY_TEST_MAIN(
    cmocka_unit_test(a_stream_in_group_mode_has_these_modes_whatever_the_umask),
    cmocka_unit_test(a_member_of_the_group_reads_and_others_are_refused),
    cmocka_unit_test(a_stream_of_ones_own_is_nobody_elses),
    cmocka_unit_test(a_member_of_the_group_may_write_nothing_but_the_registry),
    cmocka_unit_test(what_a_killed_member_held_is_free_again),
    cmocka_unit_test(another_users_objects_are_adopted_in_no_other_mode_and_no_other_group),
    cmocka_unit_test(nobody_else_writes_under_the_name_not_even_when_its_writer_was_killed))
