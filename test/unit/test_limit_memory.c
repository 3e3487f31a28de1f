/* test_limit_memory.c — what the limiter in memory keeps, and what it forgets. */
#include "lib/check.h"

#include <malloc.h>

#include "limit/memory.c" /* how much room the keys take, nobody else asks */

enum { MINUTE = 60000, MIB = 1 << 20 };

static const uint64_t START = 5000000;

/* What the keys take now. */
static size_t bytes_of(const struct limiter *l)
{
    const struct memory *m = (const struct memory *)l;
    size_t bytes = 0;

    for (size_t i = 0; i < STRIPES; i++)
        bytes += m->stripes[i].bytes;
    return bytes;
}

static struct limiter *limiter(uint32_t max, size_t max_bytes)
{
    struct limit_memory_opts opts = {
        .max = max, .window_ms = MINUTE, .max_bytes = max_bytes, .seed = 42};

    return limit_memory_new(&opts);
}

static void bytes_stay_within_bounds_however_many_come(void **state)
{
    struct limiter *l = limiter(100, 2 * MIB);
    size_t most = 0;
    (void)state;

    for (uint64_t key = 0; key < 500000; key++) {
        for (uint64_t n = 0; n <= key % 7; n++)
            assert_true(limit_take(l, key, START + n).admitted);
        if (key % 1000 == 0 && bytes_of(l) > most)
            most = bytes_of(l);
    }
    assert_in_range(most, MIB, 2 * MIB);
    limit_free(l);
}

static void it_knows_what_it_takes(void **state)
{
    size_t before = mallinfo2().uordblks, taken, told;
    struct limiter *l = limiter(1000, 64 * MIB);
    (void)state;

    for (uint64_t key = 0; key < 50000; key++)
        for (uint64_t n = 0; n < key % 30; n++)
            limit_take(l, key, START + n);
    taken = mallinfo2().uordblks - before;
    told = bytes_of(l);
    limit_free(l);
    if (before == 0)
        skip(); /* the heap is a sanitizer's */
    assert_in_range(told, taken * 95 / 100, taken * 105 / 100);
}

static void those_who_ask_much_are_bounded_too(void **state)
{
    struct limiter *l = limiter(1000, MIB);
    (void)state;

    for (uint64_t ms = 0; ms < 1000; ms++)
        for (uint64_t key = 0; key < 500; key++)
            limit_take(l, key, START + ms);
    assert_in_range(bytes_of(l), 1, MIB);
    limit_free(l);
}

static void a_large_rule_takes_no_more_than_a_small_one(void **state)
{
    struct limiter *l = limiter(1000000000, MIB);
    (void)state;

    for (uint64_t ms = 0; ms < 3 * MINUTE; ms++)
        assert_true(limit_take(l, 7, START + ms).admitted);
    assert_in_range(bytes_of(l), 1, 16384);
    limit_free(l);
}

static void a_flood_of_others_does_not_free_who_is_at_the_limit(void **state)
{
    struct limiter *l = limiter(50, MIB);
    (void)state;

    for (uint64_t n = 0; n < 50; n++)
        assert_true(limit_take(l, 7, START + n).admitted);
    for (uint64_t key = 100; key < 500000; key++)
        limit_take(l, key, START + 100);
    assert_false(limit_take(l, 7, START + 200).admitted);
    limit_free(l);
}

static void what_is_idle_goes_before_what_is_not(void **state)
{
    struct limiter *l = limiter(2, MIB);
    uint64_t n_kept = 0;
    (void)state;

    /* The idle ones have two requests each, those who came later one. */
    for (uint64_t key = 0; key < 4000; key++) {
        limit_take(l, key, START);
        limit_take(l, key, START);
    }
    for (uint64_t key = 10000; key < 14000; key++)
        limit_take(l, key, START + MINUTE);
    for (uint64_t key = 10000; key < 14000; key++)
        n_kept += limit_take(l, key, START + MINUTE).left == 0;
    assert_int_equal(n_kept, 4000);
    limit_free(l);
}

static void memory_comes_back(void **state)
{
    struct limiter *l = limiter(100, 64 * MIB);
    size_t full, later;
    (void)state;

    for (uint64_t key = 0; key < 20000; key++)
        for (uint64_t n = 0; n < 20; n++)
            limit_take(l, key, START + n);
    full = bytes_of(l);
    for (uint64_t key = 100000; key < 120000; key++)
        limit_take(l, key, START + 2 * MINUTE);
    later = bytes_of(l);
    assert_in_range(full, 20000 * (20 * 8 + 64), 20000 * 512);
    assert_in_range(later, 20000 * 64, full * 6 / 10); /* as many keys, short logs */
    limit_free(l);
}

static void a_log_that_ran_empty_is_given_back(void **state)
{
    struct limiter *l = limiter(1000, MIB);
    size_t small, full;
    (void)state;

    limit_take(l, 7, START);
    small = bytes_of(l);
    for (uint64_t n = 0; n < 900; n++)
        limit_take(l, 7, START + n);
    full = bytes_of(l);
    assert_true(full >= small + 900 * 8);
    limit_take(l, 7, START + 2 * MINUTE);
    assert_int_equal(bytes_of(l), small);
    limit_free(l);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bytes_stay_within_bounds_however_many_come),
        cmocka_unit_test(it_knows_what_it_takes),
        cmocka_unit_test(those_who_ask_much_are_bounded_too),
        cmocka_unit_test(a_large_rule_takes_no_more_than_a_small_one),
        cmocka_unit_test(a_flood_of_others_does_not_free_who_is_at_the_limit),
        cmocka_unit_test(what_is_idle_goes_before_what_is_not),
        cmocka_unit_test(memory_comes_back),
        cmocka_unit_test(a_log_that_ran_empty_is_given_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
