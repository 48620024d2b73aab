// A writer's patience: spent in full, never beyond its bound in any ten spans, and back when they are over.
#include <stdlib.h>

#include "common/ring/patience.h"
#include "tests/lib/main.h"

enum { SPAN = 1000, WAITS_MAX = 4096 };

static void a_fresh_patience_is_all_there_and_can_be_spent_in_one_go(void **state)
{
    (void)state;
    struct patience patience = {.span_ns = SPAN};
    assert_int_equal(patience_left(&patience, 123456789), SPAN);
    patience_spend(&patience, 123456789 + SPAN, SPAN);
    assert_int_equal(patience_left(&patience, 123456789 + SPAN), 0);
}

static void what_was_spent_comes_back_after_ten_spans_and_not_before(void **state)
{
    (void)state;
    struct patience patience = {.span_ns = SPAN};
    patience_spend(&patience, 50000, 700);
    assert_int_equal(patience_left(&patience, 50000 + 10 * SPAN), 300);
    assert_int_equal(patience_left(&patience, 50000 + 11 * SPAN), SPAN);
}

static void more_than_there_was_leaves_nothing(void **state)
{
    (void)state;
    struct patience patience = {.span_ns = SPAN};
    patience_spend(&patience, 50000, INT64_MAX);
    assert_int_equal(patience_left(&patience, 50001), 0);
    assert_int_equal(patience_left(&patience, 50000 + 11 * SPAN), SPAN);
}

struct wait {
    int64_t from, to;
};

static int64_t spent_within(const struct wait *waits, int count, int64_t from)
{
    int64_t sum = 0, until = from + 10 * SPAN;
    for (int i = 0; i < count; i++) {
        int64_t start = waits[i].from > from ? waits[i].from : from;
        int64_t end = waits[i].to < until ? waits[i].to : until;
        sum += end > start ? end - start : 0;
    }
    return sum;
}

// Waits that use all they are given, at random moments: no ten spans hold more than one span of them.
static void any_ten_spans_hold_at_most_one_span_of_waiting(void **state)
{
    (void)state;
    static struct wait waits[WAITS_MAX];
    struct patience patience = {.span_ns = SPAN};
    int64_t now = 7777, total = 0;
    int count = 0;
    srand(1);
    while (count < WAITS_MAX) {
        now += rand() % (SPAN / 2);
        int64_t left = patience_left(&patience, now), slice = 1 + rand() % 200;
        int64_t span = left < slice ? left : slice;
        if (span == 0)
            continue;
        patience_spend(&patience, now + span, span);
        waits[count++] = (struct wait){now, now + span};
        now += span;
        total += span;
    }
    for (int i = 0; i < count; i++) {
        assert_true(spent_within(waits, count, waits[i].from) <= SPAN);
        assert_true(spent_within(waits, count, waits[i].to - 10 * SPAN) <= SPAN);
    }
    assert_true(total > (now - 7777) / 12); // and little is held back
}

static void the_longest_span_does_not_overflow(void **state)
{
    (void)state;
    struct patience patience = {.span_ns = INT64_MAX};
    patience_spend(&patience, INT64_MAX / 2, 1000);
    assert_true(patience_left(&patience, INT64_MAX / 2) == INT64_MAX - 1000);
}

TACHY_TEST_MAIN(cmocka_unit_test(a_fresh_patience_is_all_there_and_can_be_spent_in_one_go),
                cmocka_unit_test(what_was_spent_comes_back_after_ten_spans_and_not_before),
                cmocka_unit_test(more_than_there_was_leaves_nothing),
                cmocka_unit_test(any_ten_spans_hold_at_most_one_span_of_waiting),
                cmocka_unit_test(the_longest_span_does_not_overflow))
