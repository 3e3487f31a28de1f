/* test_revocations.c — what a user's old tokens are worth after a change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>

#include "auth/revocations.h"
#include "base/err.h"

static const int64_t T = INT64_C(1767225600000); /* a whole second */
static const int64_t DAY = 86400000;

static int64_t plan(struct revocations *r, uint32_t user, int64_t now_ms)
{
    int64_t end_ms = -1;

    assert_int_equal(revocations_plan(r, user, now_ms, &end_ms), 0);
    return end_ms;
}

static void revoke(struct revocations *r, uint32_t user, int64_t now_ms)
{
    revocations_add(r, user, plan(r, user, now_ms));
}

/* With the accounts 1 to n, which are a day old. */
static struct revocations *with_accounts(uint32_t n)
{
    struct revocations *r = revocations_new();

    for (uint32_t user = 1; user <= n; user++)
        revocations_born(r, user, T - DAY);
    return r;
}

static void without_any_nothing_is_hit(void **state)
{
    struct revocations *r = revocations_new();

    (void)state;
    assert_false(revocations_hit(r, 1, T));
    assert_false(revocations_hit(r, UINT32_MAX, 1000));
    assert_int_equal(revocations_issue_ms(r, 1, T + 999), T);
    assert_null(revocations_free(r));
    assert_null(revocations_free(NULL));
}

static void an_end_is_of_one_user_and_of_older_tokens(void **state)
{
    struct revocations *r = with_accounts(300000);

    (void)state;
    revoke(r, 7, T);
    assert_true(revocations_hit(r, 7, T - 1000));
    assert_true(revocations_hit(r, 7, T));
    assert_false(revocations_hit(r, 7, T + 1000));
    for (uint32_t user = 1; user <= 300000; user++)
        if (user != 7 && revocations_hit(r, user, T - 1000))
            fail_msg("user %u was hit", user);
    revocations_free(r);
}

/* The picture in revocations.h. */
static void within_one_second_old_tokens_end_and_new_ones_work(void **state)
{
    struct revocations *r = with_accounts(7);
    int64_t first, second, third;

    (void)state;
    first = revocations_issue_ms(r, 7, T + 200);
    revoke(r, 7, T + 400);
    second = revocations_issue_ms(r, 7, T + 500);
    assert_true(revocations_hit(r, 7, first));
    assert_false(revocations_hit(r, 7, second));

    revoke(r, 7, T + 900);
    third = revocations_issue_ms(r, 7, T + 1000);
    assert_true(revocations_hit(r, 7, second));
    assert_false(revocations_hit(r, 7, third));

    assert_int_equal(first, T);
    assert_int_equal(second, T + 1000);
    assert_int_equal(third, T + 2000);
    assert_int_equal(revocations_issue_ms(r, 7, T + 5000), T + 5000);
    revocations_free(r);
}

static void a_token_asked_for_before_the_change_ends_with_it(void **state)
{
    struct revocations *r = with_accounts(7);
    int64_t issued;

    (void)state;
    revoke(r, 7, T + 100);
    issued = revocations_issue_ms(r, 7, T + 200); /* then reads the old hash, … */
    revoke(r, 7, T + 300);
    assert_true(revocations_hit(r, 7, issued)); /* … and hands the token out */
    revocations_free(r);
}

static void planning_changes_nothing(void **state)
{
    struct revocations *r = with_accounts(7);

    (void)state;
    assert_int_equal(plan(r, 7, T + 400), T);
    assert_false(revocations_hit(r, 7, T));
    revocations_free(r);
}

static void an_end_is_never_taken_back(void **state)
{
    struct revocations *r = with_accounts(7);

    (void)state;
    revocations_add(r, 7, T);
    revocations_add(r, 7, T - 5000);
    assert_true(revocations_hit(r, 7, T));
    revocations_free(r);
}

static void too_many_changes_a_second_are_refused(void **state)
{
    struct revocations *r = with_accounts(8);
    int64_t end_ms = -1;
    int n = 0;

    (void)state;
    while (revocations_plan(r, 7, T, &end_ms) == 0) {
        revocations_add(r, 7, end_ms);
        n++;
        end_ms = -1;
    }
    assert_int_equal(revocations_plan(r, 7, T, &end_ms), ERR_RATE_LIMITED);
    assert_int_equal(end_ms, -1);
    assert_int_equal(n, 31);
    assert_int_equal(plan(r, 8, T), T);                 /* others go on */
    assert_int_equal(plan(r, 7, T + 40000), T + 40000); /* and so does 7, later */
    revocations_free(r);
}

/* More than ever had room in a table. */
static void however_many_sign_out_nobody_is_refused(void **state)
{
    enum { CROWD = 1200000 };
    struct revocations *r = with_accounts(CROWD);

    (void)state;
    for (uint32_t user = 1; user <= CROWD; user++)
        revoke(r, user, T + user % 7 * 1000);
    for (uint32_t user = 1; user <= CROWD; user++)
        if (!revocations_hit(r, user, T + user % 7 * 1000) ||
            revocations_hit(r, user, T + user % 7 * 1000 + 1000))
            fail_msg("user %u has the wrong end", user);
    revocations_free(r);
}

/* --- accounts --- */

static void a_token_is_not_older_than_its_account(void **state)
{
    struct revocations *r = revocations_new();

    (void)state;
    revocations_born(r, 7, T + 5400);
    assert_true(revocations_hit(r, 7, T + 4000));
    assert_false(revocations_hit(r, 7, T + 5000)); /* its own, of the same second */
    assert_int_equal(revocations_issue_ms(r, 7, T), T + 5000); /* the clock was set */
    assert_int_equal(revocations_issue_ms(r, 7, T + 9000), T + 9000);
    revocations_free(r);
}

static void an_id_that_was_given_out_needs_an_account(void **state)
{
    struct revocations *r = revocations_new();

    (void)state;
    revocations_born(r, 7, T);
    assert_true(revocations_hit(r, 6, T + 1000));
    assert_false(revocations_hit(r, 8, T + 1000)); /* of pollux token */
    revocations_given(r, 10000);
    revocations_given(r, 9000); /* never fewer */
    assert_true(revocations_hit(r, 8, T + 1000));
    assert_true(revocations_hit(r, 10000, T + 1000)); /* in a part with no account */
    assert_false(revocations_hit(r, 10001, T + 1000));
    assert_false(revocations_hit(r, 7, T + 1000));
    revocations_born(r, UINT32_MAX, 0);
    assert_false(revocations_hit(r, UINT32_MAX, T));
    revocations_free(r);
}

static void an_end_before_the_account_was_made_changes_nothing(void **state)
{
    struct revocations *r = revocations_new();

    (void)state;
    revocations_born(r, 7, T);
    revocations_add(r, 7, T - 5000);
    assert_true(revocations_hit(r, 7, T - 1000));
    assert_false(revocations_hit(r, 7, T));
    revocations_free(r);
}

/* The clock was set back by some seconds after the account was made. */
static void tokens_of_an_account_from_the_future_end_too(void **state)
{
    struct revocations *r = revocations_new();
    int64_t issued;

    (void)state;
    revocations_born(r, 7, T + 5000);
    issued = revocations_issue_ms(r, 7, T);
    revoke(r, 7, T);
    assert_true(revocations_hit(r, 7, issued));
    assert_false(revocations_hit(r, 7, revocations_issue_ms(r, 7, T)));
    revocations_free(r);
}

/* Ends outlive their accounts in the store. */
static void an_end_does_not_make_an_account(void **state)
{
    struct revocations *r = revocations_new();

    (void)state;
    revocations_given(r, 9);
    revocations_add(r, 7, T);
    assert_true(revocations_hit(r, 7, T + 60000));
    revocations_free(r);
}

/* --- threads --- */

enum { READERS = 3, WRITES = 20000 };

struct crowd {
    struct revocations *r;
    atomic_uint n_done;   /* users 1..n_done have an end */
    atomic_uint n_missed; /* reads that did not see one */
};

static void *read_on(void *arg)
{
    struct crowd *c = arg;
    uint32_t n;

    do {
        n = atomic_load(&c->n_done);
        if (n > 0 && (!revocations_hit(c->r, n, T) || !revocations_hit(c->r, 1, T)))
            atomic_fetch_add(&c->n_missed, 1);
        (void)revocations_issue_ms(c->r, n + 1, T);
    } while (n < WRITES);
    return NULL;
}

static void what_was_added_is_seen_by_every_thread(void **state)
{
    struct crowd c = {.r = with_accounts(WRITES + 1)};
    pthread_t readers[READERS];

    (void)state;
    for (size_t i = 0; i < READERS; i++)
        assert_int_equal(pthread_create(&readers[i], NULL, read_on, &c), 0);
    for (uint32_t user = 1; user <= WRITES; user++) {
        revocations_add(c.r, user, T);
        atomic_store(&c.n_done, user);
    }
    for (size_t i = 0; i < READERS; i++)
        pthread_join(readers[i], NULL);
    assert_int_equal(atomic_load(&c.n_missed), 0);
    revocations_free(c.r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_any_nothing_is_hit),
        cmocka_unit_test(an_end_is_of_one_user_and_of_older_tokens),
        cmocka_unit_test(within_one_second_old_tokens_end_and_new_ones_work),
        cmocka_unit_test(a_token_asked_for_before_the_change_ends_with_it),
        cmocka_unit_test(planning_changes_nothing),
        cmocka_unit_test(an_end_is_never_taken_back),
        cmocka_unit_test(too_many_changes_a_second_are_refused),
        cmocka_unit_test(however_many_sign_out_nobody_is_refused),
        cmocka_unit_test(an_end_before_the_account_was_made_changes_nothing),
        cmocka_unit_test(tokens_of_an_account_from_the_future_end_too),
        cmocka_unit_test(an_end_does_not_make_an_account),
        cmocka_unit_test(a_token_is_not_older_than_its_account),
        cmocka_unit_test(an_id_that_was_given_out_needs_an_account),
        cmocka_unit_test(what_was_added_is_seen_by_every_thread),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
