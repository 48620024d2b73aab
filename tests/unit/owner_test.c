// What becoming a producer takes away: what a dead one left, and nothing else that begins with its name.
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
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

TACHY_TEST_MAIN(cmocka_unit_test(only_names_that_a_writer_gives_are_taken_away))
