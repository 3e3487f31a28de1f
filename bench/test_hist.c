#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stddef.h>

#include <cmocka.h>

#include "hist.h"

static void an_empty_histogram_says_zero(void **state)
{
    struct hist h = {0};

    (void)state;
    assert_int_equal(hist_quantile(&h, 0.5), 0);
    assert_int_equal(hist_quantile(&h, 1), 0);
}

static void a_lone_value_is_every_quantile(void **state)
{
    static const uint64_t values[] = {0,   1,   127,  128,       129,
                                      255, 256, 1000, 123456789, HIST_VALUE_MAX};

    (void)state;
    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        struct hist h = {0};

        hist_add(&h, values[i]);
        assert_int_equal(hist_quantile(&h, 0), values[i]);
        assert_int_equal(hist_quantile(&h, 0.5), values[i]);
        assert_int_equal(hist_quantile(&h, 1), values[i]);
    }
}

/* With a larger value above it, a value is told to 1/64, and never too low. */
static void a_quantile_is_at_most_a_sixty_fourth_too_high(void **state)
{
    (void)state;
    for (uint64_t value = 1; value < HIST_VALUE_MAX / 8; value += value / 3 + 1) {
        struct hist h = {0};
        uint64_t told;

        hist_add(&h, value);
        hist_add(&h, HIST_VALUE_MAX);
        told = hist_quantile(&h, 0.5);
        assert_in_range(told, value, value + value / HIST_SUB);
    }
}

static void quantiles_split_what_was_added(void **state)
{
    static const struct {
        double q;
        uint64_t value;
        const char *why;
    } rows[] = {
        {0.01, 1, "the lowest of a hundred"},
        {0.50, 50, "half of them do not exceed 50"},
        {0.99, 99, "99 of them do not exceed 99"},
        {0.999, 100, "between the 99th and the 100th: the 100th"},
        {1.00, 100, "all of them"},
    };
    struct hist h = {0};

    (void)state;
    for (uint64_t value = 100; value > 0; value--)
        hist_add(&h, value);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (hist_quantile(&h, rows[i].q) != rows[i].value)
            fail_msg("%s", rows[i].why);
}

static void what_is_too_large_counts_as_the_largest(void **state)
{
    struct hist h = {0};

    (void)state;
    hist_add(&h, UINT64_MAX);
    assert_int_equal(h.n, 1);
    assert_int_equal(hist_quantile(&h, 1), HIST_VALUE_MAX);
}

static void merging_is_adding_to_one(void **state)
{
    struct hist one = {0}, left = {0}, right = {0};

    (void)state;
    for (uint64_t value = 1; value < 100000; value += 7) {
        hist_add(&one, value);
        hist_add(value % 2 ? &left : &right, value);
    }
    hist_merge(&left, &right);
    assert_memory_equal(&left, &one, sizeof one);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_empty_histogram_says_zero),
        cmocka_unit_test(a_lone_value_is_every_quantile),
        cmocka_unit_test(a_quantile_is_at_most_a_sixty_fourth_too_high),
        cmocka_unit_test(quantiles_split_what_was_added),
        cmocka_unit_test(what_is_too_large_counts_as_the_largest),
        cmocka_unit_test(merging_is_adding_to_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
