// When frames are due: by the clock, without drift, without bursts.
#include "producer/publish/pace.h"

#include "common/base/clock.h"
#include "tests/lib/main.h"

/// When the next frame is due, as of two looks at the clock between which it was asked: right however long they are apart.
struct due {
    int64_t from_ns, to_ns;
};

static struct due when_due(const struct pace *pace)
{
    int64_t before = clock_now_ns(), left = pace_left_ns(pace);
    return (struct due){before + left, clock_now_ns() + left};
}

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
    int64_t before = clock_now_ns();
    pace_start(&pace, false, 1, 100000); // a frame in 100,000 s
    int64_t after = clock_now_ns();
    pace_begun(&pace);
    struct due due = when_due(&pace);
    assert_true(due.from_ns <= after + 100000 * (int64_t)NS_PER_S);
    assert_true(due.to_ns >= before + 100000 * (int64_t)NS_PER_S);
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
    pace_start(&pace, true, 1, 100000);
    for (int i = 0; i < 1000; i++)
        pace_begun(&pace);
    pace.idle = true;
    int64_t left = pace_left_ns(&pace);
    assert_true(left > 0 && left <= 100000 * (int64_t)NS_PER_S);
}

static void who_fell_behind_does_not_burst(void **state)
{
    (void)state;
    struct pace pace;
    pace_start(&pace, false, 1, 10000);
    pace_begun(&pace);
    pace.start_ns -= 1000000 * (int64_t)NS_PER_S; // as after a suspend: a hundred frames late
    assert_int_equal(pace_left_ns(&pace), 0);
    pace_begun(&pace);
    assert_true(pace_left_ns(&pace) > 0);
}

static void periods_add_up_without_drift(void **state)
{
    (void)state;
    struct pace pace;
    pace_start(&pace, false, 3, 1); // a third of a second is no whole number of nanoseconds
    pace.start_ns += 1000000 * (int64_t)NS_PER_S;
    struct due first = when_due(&pace);
    for (int i = 0; i < 3000; i++)
        pace_begun(&pace);
    struct due last = when_due(&pace);
    assert_true(last.from_ns - first.to_ns <= 1000 * (int64_t)NS_PER_S);
    assert_true(last.to_ns - first.from_ns >= 1000 * (int64_t)NS_PER_S);
}

TACHY_TEST_MAIN(cmocka_unit_test(the_first_frame_is_due_at_once),
                cmocka_unit_test(the_next_frame_is_due_one_period_after_the_first),
                cmocka_unit_test(flat_out_never_waits),
                cmocka_unit_test(flat_out_without_anything_to_draw_keeps_to_the_rate),
                cmocka_unit_test(who_fell_behind_does_not_burst),
                cmocka_unit_test(periods_add_up_without_drift))
