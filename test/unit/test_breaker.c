/* test_breaker.c — when it makes sense to try again. */
#include "lib/check.h"

#include "link/breaker.h"

static void two_failures_are_tried_again_at_once(void **state)
{
    struct breaker b = {.random = 1};

    (void)state;
    assert_true(breaker_allows(&b, 0));
    for (int i = 1; i < BREAKER_FAILURES; i++) {
        breaker_failed(&b, 100);
        assert_false(breaker_is_open(&b));
        assert_true(breaker_allows(&b, 100));
    }
    breaker_failed(&b, 100);
    assert_true(breaker_is_open(&b));
    assert_false(breaker_allows(&b, 100));
}

static void failures_that_last_open_it_too(void **state)
{
    struct breaker b = {.random = 1};

    (void)state;
    breaker_failed(&b, 100);
    breaker_failed(&b, 100 + BREAKER_PATIENCE_MS - 1);
    assert_false(breaker_is_open(&b));
    breaker_worked(&b);
    breaker_failed(&b, 100);
    breaker_failed(&b, 100 + BREAKER_PATIENCE_MS);
    assert_true(breaker_is_open(&b));
}

static void success_closes_it(void **state)
{
    struct breaker b = {.random = 1};

    (void)state;
    for (int i = 0; i < BREAKER_FAILURES; i++)
        breaker_failed(&b, 100);
    breaker_worked(&b);
    assert_false(breaker_is_open(&b));
    assert_true(breaker_allows(&b, 100));
    breaker_failed(&b, 100);
    assert_true(breaker_allows(&b, 100)); /* failures are counted from none again */
}

/* How long it is closed to tries after this many failures. */
static uint64_t pause_after(uint64_t seed, int failures)
{
    struct breaker b = {.random = seed};
    uint64_t ms = 0;

    for (int i = 0; i < failures; i++)
        breaker_failed(&b, 1000);
    while (!breaker_allows(&b, 1000 + ms))
        ms++;
    return ms;
}

static void pauses_double_up_to_a_second_and_differ(void **state)
{
    uint64_t least = UINT64_MAX, most = 0;

    (void)state;
    for (uint64_t seed = 1; seed <= 200; seed++) {
        uint64_t first = pause_after(seed, BREAKER_FAILURES);
        uint64_t second = pause_after(seed, BREAKER_FAILURES + 1);
        uint64_t late = pause_after(seed, BREAKER_FAILURES + 40);

        assert_in_range(first, BREAKER_PAUSE_MS / 2, BREAKER_PAUSE_MS * 3 / 2);
        assert_in_range(second, BREAKER_PAUSE_MS, BREAKER_PAUSE_MS * 3);
        assert_in_range(late, BREAKER_PAUSE_MAX_MS / 2, BREAKER_PAUSE_MAX_MS * 3 / 2);
        least = late < least ? late : least;
        most = late > most ? late : most;
    }
    assert_true(most - least > BREAKER_PAUSE_MAX_MS / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_failures_are_tried_again_at_once),
        cmocka_unit_test(failures_that_last_open_it_too),
        cmocka_unit_test(success_closes_it),
        cmocka_unit_test(pauses_double_up_to_a_second_and_differ),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
