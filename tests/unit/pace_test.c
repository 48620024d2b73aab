// When frames are due: by the clock, without drift, without bursts.
#include "producer/publish/pace.h"

#include "common/base/clock.h"
#include "tests/lib/main.h"

static void the_first_frame_is_due_at_once(void **state)
{
    (void)state;
    struct pace pace;
    pace_start(&pace, false, 1, 1);
    assert_int_equal(pace_left_ns(&pace), 0);
}

static void the_next_frame_is_due_one_period_after_the_first(void **state)
{
    (void)state;
    struct pace pace;
    pace_start(&pace, false, 1, 100); // a frame in 100 s
    pace_begun(&pace);
    int64_t left = pace_left_ns(&pace);
    assert_true(left > 90 * (int64_t)NS_PER_S && left <= 100 * (int64_t)NS_PER_S);
}

static void flat_out_never_waits(void **state)
{
    (void)state;
    struct pace pace;
    pace_start(&pace, true, 60, 1);
    for (int i = 0; i < 1000; i++)
        pace_begun(&pace);
    assert_int_equal(pace_left_ns(&pace), 0);
}

static void flat_out_without_anything_to_draw_keeps_to_the_rate(void **state)
{
    (void)state;
    struct pace pace;
    pace_start(&pace, true, 1, 100);
    for (int i = 0; i < 1000; i++)
        pace_begun(&pace);
    pace.idle = true;
    int64_t left = pace_left_ns(&pace);
    assert_true(left > 90 * (int64_t)NS_PER_S && left <= 100 * (int64_t)NS_PER_S);
}

static void who_fell_behind_does_not_burst(void **state)
{
    (void)state;
    struct pace pace;
    pace_start(&pace, false, 1, 10);
    pace_begun(&pace);
    pace.start_ns -= 1000 * (int64_t)NS_PER_S; // as after a suspend: a hundred frames late
    assert_int_equal(pace_left_ns(&pace), 0);
    pace_begun(&pace);
    assert_true(pace_left_ns(&pace) > 9 * (int64_t)NS_PER_S);
}

static void periods_add_up_without_drift(void **state)
{
    (void)state;
    struct pace pace;
    pace_start(&pace, false, 3, 1); // a third of a second is no whole number of nanoseconds
    pace.start_ns += 1000 * (int64_t)NS_PER_S;
    int64_t start = pace_left_ns(&pace);
    for (int i = 0; i < 3000; i++)
        pace_begun(&pace);
    int64_t passed = pace_left_ns(&pace) - start;
    assert_true(passed <= 1000 * (int64_t)NS_PER_S && passed > 995 * (int64_t)NS_PER_S);
}

TACHY_TEST_MAIN(cmocka_unit_test(the_first_frame_is_due_at_once),
                cmocka_unit_test(the_next_frame_is_due_one_period_after_the_first),
                cmocka_unit_test(flat_out_never_waits),
                cmocka_unit_test(flat_out_without_anything_to_draw_keeps_to_the_rate),
                cmocka_unit_test(who_fell_behind_does_not_burst),
                cmocka_unit_test(periods_add_up_without_drift))
