// common/base: text, error lines and deadlines that come from elsewhere cannot do harm.
#include "tests/lib/main.h"

#include <stdio.h>
#include <string.h>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/text.h"

static void assert_shown(const char *text, const char *expected)
{
    char shown[256];
    text_printable(text, shown, sizeof shown);
    assert_string_equal(shown, expected);
}

static void plain_text_in_any_script_stays_as_it_is(void **state)
{
    (void)state;
    assert_shown("", "");
    assert_shown("sim/a 100 % <b>", "sim/a 100 % <b>");
    assert_shown("gr\xc3\xbc\xc3\x9f \xe6\xbc\xa2 \xf0\x9f\x90\x9f",
                 "gr\xc3\xbc\xc3\x9f \xe6\xbc\xa2 \xf0\x9f\x90\x9f");
}

static void what_could_steer_a_terminal_is_escaped(void **state)
{
    (void)state;
    assert_shown("a\x1b[31mb", "a\\x1b[31mb");
    assert_shown("a\nb\tc\r\x7f", "a\\x0ab\\x09c\\x0d\\x7f");
    assert_shown("\xc2\x9b"
                 "31m",
                 "\\xc2\\x9b"
                 "31m"); // the one-byte control sequence introducer
    assert_shown("\xe2\x80\xae"
                 "txt.exe",
                 "\\xe2\\x80\\xae"
                 "txt.exe"); // right-to-left override
}

static void what_is_no_utf8_is_escaped_byte_by_byte(void **state)
{
    (void)state;
    assert_shown("\xff", "\\xff");
    assert_shown("\xc0\xaf", "\\xc0\\xaf");                   // overlong
    assert_shown("\xed\xa0\x80", "\\xed\\xa0\\x80");          // a surrogate
    assert_shown("\xf4\x90\x80\x80", "\\xf4\\x90\\x80\\x80"); // beyond U+10FFFF
    assert_shown("ab\xe6\xbc", "ab\\xe6\\xbc");               // cut in the middle
}

static void text_that_is_too_long_is_cut_between_characters(void **state)
{
    (void)state;
    char shown[8] = "#######";
    text_printable("abcde\xe6\xbc\xa2", shown, sizeof shown);
    assert_string_equal(shown, "abcde");
    text_printable("abcd\x1b", shown, sizeof shown);
    assert_string_equal(shown, "abcd");
    text_printable("abcdefg", shown, sizeof shown);
    assert_string_equal(shown, "abcdefg");
    char one[1] = {'#'};
    text_printable("abc", one, sizeof one);
    assert_string_equal(one, "");
}

static void an_error_line_is_one_printable_line(void **state)
{
    (void)state;
    assert_int_equal(error_set(TACHY_CORRUPT, "stream %s: bad\n%c", "sim/\x1b", 7), TACHY_CORRUPT);
    assert_string_equal(error_line(), "stream sim/\\x1b: bad\\x0a\\x07");
    // The line before may be part of the next one.
    error_set(TACHY_SYSTEM, "%s, twice", error_line());
    assert_non_null(strstr(error_line(), "sim/"));
    assert_non_null(strstr(error_line(), ", twice"));
    char longer[4096];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    error_set(TACHY_INVALID, "%s", longer);
    assert_true(strlen(error_line()) == 1023);
}

static void a_deadline_beyond_all_time_stays_for_ever(void **state)
{
    (void)state;
    assert_true(clock_deadline_ns(INT64_MAX) == INT64_MAX);
    int64_t now = clock_now_ns();
    int64_t deadline = clock_deadline_ns(NS_PER_S);
    assert_true(deadline >= now + NS_PER_S && deadline <= clock_now_ns() + NS_PER_S);
    struct timespec span = clock_timespec(1500000000);
    assert_int_equal(span.tv_sec, 1);
    assert_int_equal(span.tv_nsec, 500000000);
}

static void every_status_has_its_own_name(void **state)
{
    (void)state;
    assert_string_equal(tachy_status_name(TACHY_OK), "TACHY_OK");
    assert_string_equal(tachy_status_name(TACHY_FULL), "TACHY_FULL");
    assert_string_equal(tachy_status_name((tachy_status)99), "TACHY_?");
    for (int a = TACHY_FULL; a <= TACHY_DEMOTED; a++)
        for (int b = TACHY_FULL; b < a; b++)
            assert_string_not_equal(tachy_status_name((tachy_status)a),
                                    tachy_status_name((tachy_status)b));
}

TACHY_TEST_MAIN(cmocka_unit_test(plain_text_in_any_script_stays_as_it_is),
                cmocka_unit_test(what_could_steer_a_terminal_is_escaped),
                cmocka_unit_test(what_is_no_utf8_is_escaped_byte_by_byte),
                cmocka_unit_test(text_that_is_too_long_is_cut_between_characters),
                cmocka_unit_test(an_error_line_is_one_printable_line),
                cmocka_unit_test(a_deadline_beyond_all_time_stays_for_ever),
                cmocka_unit_test(every_status_has_its_own_name))
