/* test_login_guard.c — who may still try a password when others have tried many. */
#include "lib/check.h"

#include <stdio.h>

#include "auth/login_guard.h"
#include "limit/memory.h"

enum { FAILURES = 10, ADDRESS_FAILURES = 100, HOME = 1, ELSEWHERE = 2, FAR = 1000 };

static const uint64_t START = 5000000;
static const struct str ADA = {"ada@example.org", 15};

static struct limiter *limiter(void *user, uint32_t max, uint32_t window_ms)
{
    struct limit_memory_opts opts = {
        .max = max, .window_ms = window_ms, .max_bytes = 8 << 20, .seed = 42};

    (void)user;
    return limit_memory_new(&opts);
}

static struct login_guard *guard(void)
{
    return login_guard_new(FAILURES, ADDRESS_FAILURES, limiter, NULL);
}

static bool wrong(struct login_guard *g, struct str email, uint64_t address,
                  uint64_t now_ms)
{
    struct login_try t;
    uint32_t wait_ms;

    return login_guard_begin(g, email, address, now_ms, &t, &wait_ms);
}

static bool right(struct login_guard *g, struct str email, uint64_t address,
                  uint64_t now_ms)
{
    struct login_try t;
    uint32_t wait_ms;

    if (!login_guard_begin(g, email, address, now_ms, &t, &wait_ms))
        return false;
    login_guard_right(g, &t, now_ms);
    return true;
}

static unsigned wrongs(struct login_guard *g, struct str email, uint64_t address,
                       unsigned n, uint64_t now_ms)
{
    unsigned tried = 0;

    for (unsigned i = 0; i < n; i++)
        tried += wrong(g, email, address, now_ms);
    return tried;
}

/* Every address of a botnet tries what it may. */
static unsigned attack(struct login_guard *g, struct str email, unsigned addresses)
{
    unsigned tried = 0;

    for (unsigned i = 0; i < addresses; i++)
        tried += wrongs(g, email, FAR + i, 100, START);
    return tried;
}

static void ten_wrong_ones_from_one_address_and_then_it_waits(void **state)
{
    struct login_guard *g = guard();
    struct login_try t;
    uint32_t wait_ms;
    (void)state;

    for (unsigned i = 0; i < FAILURES; i++)
        assert_true(wrong(g, ADA, HOME, START + i * 1000));
    assert_false(login_guard_begin(g, ADA, HOME, START + 10000, &t, &wait_ms));
    assert_int_equal(wait_ms, LOGIN_WINDOW_MS - 10000);
    assert_false(right(g, ADA, HOME, START + LOGIN_WINDOW_MS - 1));
    assert_true(right(g, ADA, HOME, START + LOGIN_WINDOW_MS)); /* exactly then */
    assert_true(wrong(g, ADA, HOME, START + LOGIN_WINDOW_MS));
    assert_false(wrong(g, ADA, HOME, START + LOGIN_WINDOW_MS));
    login_guard_free(g);
}

static void right_ones_do_not_count_nor_those_not_looked_at(void **state)
{
    struct login_guard *g = guard();
    struct login_try t;
    uint32_t wait_ms;
    (void)state;

    for (unsigned i = 0; i < 1000; i++) {
        assert_true(right(g, ADA, HOME, START));
        assert_true(login_guard_begin(g, ADA, ELSEWHERE, START, &t, &wait_ms));
        login_guard_untried(g, &t, START);
    }
    assert_int_equal(wrongs(g, ADA, HOME, 100, START), FAILURES);
    assert_int_equal(wrongs(g, ADA, ELSEWHERE, 100, START), FAILURES);
    login_guard_free(g);
}

static void an_address_is_one_account_in_any_spelling(void **state)
{
    struct login_guard *g = guard();
    (void)state;

    assert_int_equal(wrongs(g, ADA, HOME, 100, START), FAILURES);
    assert_false(wrong(g, STR("ADA@Example.org"), HOME, START));
    assert_true(wrong(g, STR("adb@example.org"), HOME, START));
    login_guard_free(g);
}

static void lists_of_accounts_are_tried_a_hundred_times_an_address(void **state)
{
    struct login_guard *g = guard();
    unsigned tried = 0;
    (void)state;

    for (unsigned i = 0; i < 1000; i++) {
        char email[32];

        snprintf(email, sizeof email, "u%u@example.org", i);
        tried += wrong(g, str_of(email), HOME, START);
    }
    assert_int_equal(tried, ADDRESS_FAILURES);
    assert_false(wrong(g, ADA, HOME, START));
    assert_true(wrong(g, ADA, ELSEWHERE, START));
    login_guard_free(g);
}

static void many_addresses_do_not_lock_the_owner_out(void **state)
{
    struct login_guard *g = guard();
    unsigned tried;
    (void)state;

    assert_true(right(g, ADA, HOME, START - 1000));
    tried = attack(g, ADA, 1000);
    assert_int_equal(tried, 5 * FAILURES + (1000 - 5) * LOGIN_STRANGER);

    assert_int_equal(wrongs(g, ADA, HOME, FAILURES - 1, START), FAILURES - 1);
    assert_true(right(g, ADA, HOME, START)); /* all tries, where they are known */
    assert_int_equal(wrongs(g, ADA, ELSEWHERE, LOGIN_STRANGER - 1, START),
                     LOGIN_STRANGER - 1);
    assert_true(right(g, ADA, ELSEWHERE, START)); /* a few where they are not */
    assert_int_equal(wrongs(g, STR("bob@example.org"), HOME, 100, START), FAILURES);
    login_guard_free(g);
}

static void who_is_known_does_not_pay_for_the_neighbours(void **state)
{
    struct login_guard *g = guard();
    (void)state;

    assert_true(right(g, ADA, HOME, START));
    for (unsigned i = 0; i < 1000; i++) {
        char email[32];

        snprintf(email, sizeof email, "u%u@example.org", i);
        wrong(g, str_of(email), HOME, START);
    }
    assert_true(right(g, ADA, HOME, START));
    assert_false(right(g, STR("bob@example.org"), HOME, START));
    login_guard_free(g);
}

static void who_was_known_a_day_ago_is_not(void **state)
{
    static const struct {
        const char *why;
        uint64_t later_ms;
        bool admitted;
    } rows[] = {{"nearly a day", LOGIN_KNOWN_MS - 1, true},
                {"a day", LOGIN_KNOWN_MS, false}};
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct login_guard *g = login_guard_new(FAILURES, 1, limiter, NULL);
        uint64_t now_ms = START + rows[i].later_ms;

        assert_true(right(g, ADA, HOME, START));
        assert_true(wrong(g, STR("bob@example.org"), HOME, now_ms));
        CHECK_EQ_AT(rows[i].why, right(g, ADA, HOME, now_ms), rows[i].admitted);
        login_guard_free(g);
    }
}

static void a_stranger_waits_exactly_too(void **state)
{
    struct login_guard *g = guard();
    struct login_try t;
    uint32_t wait_ms;
    (void)state;

    attack(g, ADA, 100);
    for (unsigned i = 0; i < LOGIN_STRANGER; i++)
        assert_true(wrong(g, ADA, HOME, START + i));
    assert_false(login_guard_begin(g, ADA, HOME, START + 10, &t, &wait_ms));
    assert_int_equal(wait_ms, LOGIN_WINDOW_MS - 10);
    assert_true(wrong(g, ADA, HOME, START + LOGIN_WINDOW_MS));
    login_guard_free(g);
}

static void limits_can_be_off(void **state)
{
    struct login_guard *none = login_guard_new(0, 0, limiter, NULL);
    struct login_guard *one = login_guard_new(0, ADDRESS_FAILURES, limiter, NULL);
    (void)state;

    assert_int_equal(wrongs(none, ADA, HOME, 10000, START), 10000);
    assert_int_equal(wrongs(one, ADA, HOME, 10000, START), ADDRESS_FAILURES);
    login_guard_free(none);
    login_guard_free(one);
    assert_null(login_guard_free(NULL));
}

static void what_is_too_long_is_nobody(void **state)
{
    static char text[70000];
    struct login_guard *g = guard();
    (void)state;

    memset(text, 'a', sizeof text);
    assert_int_equal(wrongs(g, (struct str){text, sizeof text}, HOME, 100, START),
                     FAILURES);
    assert_false(wrong(g, (struct str){text, 300}, HOME, START));
    assert_true(wrong(g, ADA, HOME, START));
    login_guard_free(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ten_wrong_ones_from_one_address_and_then_it_waits),
        cmocka_unit_test(right_ones_do_not_count_nor_those_not_looked_at),
        cmocka_unit_test(an_address_is_one_account_in_any_spelling),
        cmocka_unit_test(lists_of_accounts_are_tried_a_hundred_times_an_address),
        cmocka_unit_test(many_addresses_do_not_lock_the_owner_out),
        cmocka_unit_test(who_is_known_does_not_pay_for_the_neighbours),
        cmocka_unit_test(who_was_known_a_day_ago_is_not),
        cmocka_unit_test(a_stranger_waits_exactly_too),
        cmocka_unit_test(limits_can_be_off),
        cmocka_unit_test(what_is_too_long_is_nobody),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
