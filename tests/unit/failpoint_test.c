// Failpoints: what a plan does, and that nothing of them is in what ships.
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <tachy/tachy.h>

#include "common/base/error.h"
#include "common/base/failpoint.h"
#include "tests/lib/main.h"
#include "tests/lib/process.h"

enum { ROUNDS = 5 };

static unsigned char *step; ///< shared with the child

static const char *last_passed(void)
{
    return *step == 0 ? "none" : failpoint_name(*step - 1U);
}

// In a child: passes two failpoints ROUNDS times. Returns how the child ended.
static int pass_under(const char *plan, int options)
{
    *step = 0;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        setrlimit(RLIMIT_CORE, &(struct rlimit){0});
        close(STDERR_FILENO);
        failpoint_record(step);
        failpoint_plan(plan);
        for (int i = 0; i < ROUNDS; i++) {
            TACHY_FAILPOINT("test.first");
            TACHY_FAILPOINT("test.second");
        }
        _exit(0);
    }
    int status = 0;
    assert_int_equal(waitpid(child, &status, options), child);
    if (WIFSTOPPED(status)) {
        kill(child, SIGKILL);
        int ended;
        waitpid(child, &ended, 0);
    }
    return status;
}

static void a_plan_kills_at_the_passing_it_names(void **state)
{
    (void)state;
    int status = pass_under("test.first:sleep@1,test.second:kill@3", 0);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
    assert_string_equal(last_passed(), "test.second");
    assert_int_equal(pass_under("test.second:kill@6", 0), 0);
    assert_int_equal(pass_under("", 0), 0);
}

static void a_plan_stops_a_process(void **state)
{
    (void)state;
    assert_true(WIFSTOPPED(pass_under("test.first:stop@2", WUNTRACED)));
    assert_string_equal(last_passed(), "test.first");
}

static void a_plan_that_names_no_failpoint_ends_the_process(void **state)
{
    (void)state;
    const char *const plans[] = {"test.frist:kill", "test.first:kil", "test.first"};
    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++) {
        int status = pass_under(plans[i], 0);
        assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT);
    }
}

static void an_error_asked_for_takes_the_place_of_success(void **state)
{
    (void)state;
    failpoint_plan("test.status:error@2");
    tachy_status seen[3];
    for (int i = 0; i < 3; i++)
        seen[i] = TACHY_FAILPOINT_STATUS("test.status", TACHY_OK);
    failpoint_plan("");
    assert_int_equal(seen[0], TACHY_OK);
    assert_int_equal(seen[1], TACHY_SYSTEM);
    assert_int_equal(seen[2], TACHY_OK);
    assert_non_null(strstr(error_line(), "test.status"));
}

// Wherever creating fails, it leaves nothing: the next one succeeds and ends with no name left.
static void a_create_that_fails_leaves_nothing(void **state)
{
    (void)state;
    const char *const plans[] = {"create.data_linked:error", "create.registry_linked:error",
                                 "create.spare_linked:error", "create.hidden:error"};
    for (size_t i = 0; i < sizeof plans / sizeof plans[0]; i++) {
        failpoint_plan(plans[i]);
        static const tachy_plane_params plane = {"color", TACHY_U8, 1, 4, 4, 4};
        const char *name = test_producer_name();
        tachy_writer_params params = {
            .size = sizeof params, .name = name, .planes = &plane, .plane_count = 1};
        tachy_writer *writer = NULL;
        assert_int_equal(tachy_writer_create(&params, &writer), TACHY_SYSTEM);
        assert_int_equal(test_shm_count(name), 0);
        failpoint_plan("");
        assert_int_equal(tachy_writer_create(&params, &writer), TACHY_OK);
        tachy_writer_destroy(&writer);
    }
}

static bool file_holds(const char *path, const char *word)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat stat = {0};
    if (fd < 0 || fstat(fd, &stat) != 0 || stat.st_size == 0)
        fail_msg("cannot read %s", path);
    void *bytes = mmap(NULL, (size_t)stat.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    assert_true(bytes != MAP_FAILED);
    bool holds = memmem(bytes, (size_t)stat.st_size, word, strlen(word)) != NULL;
    munmap(bytes, (size_t)stat.st_size);
    close(fd);
    return holds;
}

static void nothing_of_them_is_in_what_ships(void **state)
{
    (void)state;
    const char *const words[] = {"TACHY_FAIL", "failpoint", "publish.before_head", "claim.busy",
                                 "create.hidden"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        assert_true(file_holds(TACHY_TEST_BUILD "/lib/libtachy-failing.a", words[i]));
        assert_false(file_holds(TACHY_TEST_BUILD "/lib/libtachy.so", words[i]));
        assert_false(file_holds(TACHY_TEST_BUILD "/bin/tachy", words[i]));
    }
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_plan_kills_at_the_passing_it_names),
        cmocka_unit_test(a_plan_stops_a_process),
        cmocka_unit_test(a_plan_that_names_no_failpoint_ends_the_process),
        cmocka_unit_test(an_error_asked_for_takes_the_place_of_success),
        cmocka_unit_test(a_create_that_fails_leaves_nothing),
        cmocka_unit_test(nothing_of_them_is_in_what_ships),
    };
    step = mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return step == MAP_FAILED ? 1 : test_main(argc, argv, tests, sizeof tests / sizeof *tests);
}
