/* test_quota.c — so many votes a user and day. */
#include "lib/check.h"

#include "base/err.h"
#include "core/quota.c" /* how much room it takes, nobody else asks */

static size_t bytes_of(const struct quota *q)
{
    return sizeof *q + q->n_pages * sizeof *q->pages +
           q->n_used * PAGE * sizeof **q->pages;
}

static void the_limit_is_reached_and_not_passed(void **state)
{
    struct quota *q = quota_new(3);
    (void)state;

    quota_set_day(q, 20000);
    for (uint32_t i = 0; i < 3; i++) {
        assert_int_equal(quota_used(q, 5), i);
        assert_int_equal(quota_left(q, 5), 3 - i);
        assert_int_equal(quota_take(q, 5), 0);
    }
    assert_int_equal(quota_take(q, 5), ERR_DAILY_LIMIT);
    assert_int_equal(quota_take(q, 5), ERR_DAILY_LIMIT);
    assert_int_equal(quota_used(q, 5), 3);
    assert_int_equal(quota_left(q, 5), 0);
    assert_int_equal(quota_take(q, 6), 0); /* another user's */
    assert_int_equal(quota_used(q, 5), 3);
    quota_free(q);
}

static void what_is_given_back_can_be_taken_again(void **state)
{
    struct quota *q = quota_new(1);
    (void)state;

    assert_int_equal(quota_take(q, 5), 0);
    quota_give_back(q, 5);
    assert_int_equal(quota_used(q, 5), 0);
    assert_int_equal(quota_take(q, 5), 0);
    assert_int_equal(quota_take(q, 5), ERR_DAILY_LIMIT);
    quota_give_back(q, 5);
    quota_give_back(q, 5); /* more than was taken */
    quota_give_back(q, 4000000000);
    assert_int_equal(quota_used(q, 5), 0);
    assert_int_equal(quota_left(q, 5), 1);
    quota_free(q);
}

static void a_new_day_forgets_everybody(void **state)
{
    struct quota *q = quota_new(2);
    (void)state;

    quota_set_day(q, 20000);
    assert_int_equal(quota_take(q, 5), 0);
    assert_int_equal(quota_take(q, 50000), 0);
    quota_set_day(q, 20000);
    assert_int_equal(quota_used(q, 5), 1);
    quota_set_day(q, 20001);
    assert_int_equal(quota_used(q, 5), 0);
    assert_int_equal(quota_used(q, 50000), 0);
    assert_int_equal(quota_left(q, 5), 2);
    assert_int_equal(quota_take(q, 5), 0);
    quota_set_day(q, 20000); /* the clock was set back over midnight: it goes on */
    assert_int_equal(quota_used(q, 5), 1);
    quota_set_day(q, 20001);
    assert_int_equal(quota_used(q, 5), 1);
    quota_set_day(q, 19999); /* the clock was wrong: nobody stays locked out */
    assert_int_equal(quota_used(q, 5), 0);
    quota_free(q);
}

static void without_a_limit_votes_are_counted_all_the_same(void **state)
{
    struct quota *q = quota_new(0);
    (void)state;

    for (int i = 0; i < 70000; i++)
        assert_int_equal(quota_take(q, 5), 0);
    assert_int_equal(quota_used(q, 5), 70000);
    assert_int_equal(quota_left(q, 5), UINT32_MAX);
    quota_free(q);
}

static void a_limit_may_be_large(void **state)
{
    struct quota *q = quota_new(1000000000);
    (void)state;

    quota_load(q, 5, 65535);
    assert_int_equal(quota_take(q, 5), 0);
    assert_int_equal(quota_used(q, 5), 65536);
    quota_load(q, 5, 999999999);
    assert_int_equal(quota_take(q, 5), 0);
    assert_int_equal(quota_take(q, 5), ERR_DAILY_LIMIT);
    quota_free(q);
}

static void ids_may_be_large(void **state)
{
    static const uint32_t ids[] = {0, 4095, 4096, 65535, 65536, 1u << 24, UINT32_MAX};
    struct quota *q = quota_new(100);
    (void)state;

    for (size_t i = 0; i < LENGTH(ids); i++)
        for (size_t n = 0; n <= i; n++)
            assert_int_equal(quota_take(q, ids[i]), 0);
    for (size_t i = 0; i < LENGTH(ids); i++)
        assert_int_equal(quota_used(q, ids[i]), i + 1);
    assert_int_equal(quota_used(q, 4094), 0);
    assert_int_equal(quota_used(q, UINT32_MAX - 1), 0);
    quota_free(q);
}

static void loading_says_how_many_were_used(void **state)
{
    struct quota *q = quota_new(5);
    (void)state;

    quota_load(q, 7, 4);
    assert_int_equal(quota_left(q, 7), 1);
    quota_load(q, 8, 9); /* the limit has been lowered */
    assert_int_equal(quota_left(q, 8), 0);
    assert_int_equal(quota_take(q, 8), ERR_DAILY_LIMIT);
    quota_free(q);
}

static void memory_is_taken_by_those_who_vote(void **state)
{
    struct quota *q = quota_new(5);
    size_t empty = bytes_of(q), one;
    (void)state;

    assert_int_equal(quota_left(q, 1u << 30), 5);
    assert_int_equal(bytes_of(q), empty); /* asking takes none */
    quota_take(q, 1);
    one = bytes_of(q);
    assert_true(one >= empty + 4096);
    quota_take(q, 2);
    assert_int_equal(bytes_of(q), one);
    quota_take(q, 5000);
    assert_true(bytes_of(q) >= one + 4096);
    quota_set_day(q, 1);
    assert_int_equal(bytes_of(q), empty);
    quota_free(q);
    assert_null(quota_free(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_limit_is_reached_and_not_passed),
        cmocka_unit_test(what_is_given_back_can_be_taken_again),
        cmocka_unit_test(a_new_day_forgets_everybody),
        cmocka_unit_test(without_a_limit_votes_are_counted_all_the_same),
        cmocka_unit_test(a_limit_may_be_large),
        cmocka_unit_test(ids_may_be_large),
        cmocka_unit_test(loading_says_how_many_were_used),
        cmocka_unit_test(memory_is_taken_by_those_who_vote),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
