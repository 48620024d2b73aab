// common/base/size: sizes that would wrap are refused, all others are exact.
#include "tests/lib/main.h"

#include "common/base/size.h"

static void a_sum_that_wraps_is_refused_and_leaves_its_target_alone(void **state)
{
    (void)state;
    uint64_t out = 7;
    assert_false(size_add(UINT64_MAX, 1, &out));
    assert_false(size_add(1, UINT64_MAX, &out));
    assert_int_equal(out, 7);
    assert_true(size_add(UINT64_MAX - 1, 1, &out));
    assert_true(out == UINT64_MAX);
}

static void a_product_that_wraps_is_refused_and_leaves_its_target_alone(void **state)
{
    (void)state;
    uint64_t out = 7;
    assert_false(size_multiply(UINT64_C(1) << 32, UINT64_C(1) << 32, &out));
    assert_int_equal(out, 7);
    assert_true(size_multiply(UINT64_C(1) << 32, (UINT64_C(1) << 32) - 1, &out));
    assert_true(out == 0xffffffff00000000);
    assert_true(size_multiply(0, UINT64_MAX, &out));
    assert_int_equal(out, 0);
}

static void rounding_up_reaches_the_next_step_and_never_wraps(void **state)
{
    (void)state;
    uint64_t out = 7;
    assert_true(size_align(0, 64, &out));
    assert_int_equal(out, 0);
    assert_true(size_align(1, 64, &out));
    assert_int_equal(out, 64);
    assert_true(size_align(64, 64, &out));
    assert_int_equal(out, 64);
    assert_false(size_align(UINT64_MAX - 3, 64, &out));
    assert_int_equal(out, 64);
}

TACHY_TEST_MAIN(cmocka_unit_test(a_sum_that_wraps_is_refused_and_leaves_its_target_alone),
                cmocka_unit_test(a_product_that_wraps_is_refused_and_leaves_its_target_alone),
                cmocka_unit_test(rounding_up_reaches_the_next_step_and_never_wraps))
