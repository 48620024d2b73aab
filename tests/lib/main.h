// The frame of every test program: `TACHY_TEST_MAIN(cmocka_unit_test(a), cmocka_unit_test(b))` is its main.
//
// The program prints TAP. `--list` prints the tests' names instead; TACHY_TEST_FILTER (with * and ?) runs only some.
#ifndef TESTS_LIB_MAIN_H
#define TESTS_LIB_MAIN_H

// cmocka.h needs these four before it.
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/// The program's exit status: the number of failed tests.
int test_main(int argc, char **argv, const struct CMUnitTest *tests, size_t count);

/// Skips the running test and says why. The reason is one line.
void test_skip(const char *reason) __attribute__((noreturn));

#define TACHY_TEST_MAIN(...)                                                                       \
    int main(int argc, char **argv)                                                                \
    {                                                                                              \
        static const struct CMUnitTest tests[] = {__VA_ARGS__};                                    \
        return test_main(argc, argv, tests, sizeof tests / sizeof *tests);                         \
    }

#endif
