// The frame of every test program: lists, filters and runs its tests, printing TAP.
#include "tests/lib/main.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int test_main(int argc, char **argv, const struct CMUnitTest *tests, size_t count)
{
    // A test that kills itself must not take the lines before it along.
    setvbuf(stdout, NULL, _IOLBF, 0);
    if (argc > 1 && strcmp(argv[1], "--list") == 0) {
        for (size_t i = 0; i < count; i++)
            puts(tests[i].name);
        return 0;
    }
    const char *filter = getenv("TACHY_TEST_FILTER");
    if (filter != NULL && *filter != '\0')
        cmocka_set_test_filter(filter);
    cmocka_set_message_output(CM_OUTPUT_TAP);
    // The function behind cmocka_run_group_tests, whose macro wants the array itself.
    return _cmocka_run_group_tests(program_invocation_short_name, tests, count, NULL, NULL);
}

void test_skip(const char *reason)
{
    printf("# skipped: %s\n", reason);
    skip();
    abort(); // skip() has left the test; the compiler cannot know
}
