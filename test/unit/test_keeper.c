/* test_keeper.c — what is due is done again and again, and tidying goes on while there
 * is more. */
#include "lib/check.h"

#include <sched.h>
#include <stdatomic.h>

#include "base/err.h"
#include "work/keeper.h"

enum { LIMIT_MS = 60000, NOW_MS = 1234 };

struct house {
    struct clock clock; /* first */
    atomic_int n_due, n_tidy, more, n_reports, last_report;
    atomic_bool away, saw_another_time;
};

static int64_t now_ms(const struct clock *c)
{
    (void)c;
    return NOW_MS;
}

static int due(void *user, int64_t at_ms)
{
    struct house *h = user;

    if (at_ms != NOW_MS)
        atomic_store(&h->saw_another_time, true);
    atomic_fetch_add(&h->n_due, 1);
    return atomic_load(&h->away) ? ERR_UNAVAILABLE : 0;
}

static int tidy(void *user, int64_t at_ms, bool *ret_more)
{
    struct house *h = user;

    if (at_ms != NOW_MS)
        atomic_store(&h->saw_another_time, true);
    atomic_fetch_add(&h->n_tidy, 1);
    *ret_more = atomic_fetch_sub(&h->more, 1) > 0;
    return 0;
}

static void report(void *user, int err)
{
    struct house *h = user;

    atomic_store(&h->last_report, err);
    atomic_fetch_add(&h->n_reports, 1);
}

static void await(const atomic_int *n, int least)
{
    uint64_t until_ms = clock_mono_ms() + LIMIT_MS;

    while (atomic_load(n) < least && clock_mono_ms() < until_ms)
        sched_yield();
    assert_true(atomic_load(n) >= least);
}

static struct keeper *start(struct house *h)
{
    struct keeper_opts opts = {&h->clock, due, tidy, report, h};
    struct keeper *k;

    h->clock.now_ms = now_ms;
    assert_int_equal(keeper_start(&opts, &k), 0);
    return k;
}

static void it_goes_on_while_there_is_more(void **state)
{
    struct house h = {.more = 2};
    struct keeper *k = start(&h);

    (void)state;
    await(&h.n_tidy, 3); /* long before it would tidy again by itself */
    await(&h.n_due, 4);
    keeper_stop(k);
    assert_false(h.saw_another_time);
    assert_int_equal(h.n_reports, 0);
}

static void a_failure_is_reported_once_and_tried_again(void **state)
{
    struct house h = {.away = true};
    struct keeper *k = start(&h);

    (void)state;
    await(&h.n_due, 3);
    assert_int_equal(h.n_reports, 1);
    assert_int_equal(h.last_report, ERR_UNAVAILABLE);
    assert_int_equal(h.n_tidy, 0);
    atomic_store(&h.away, false);
    await(&h.n_reports, 2);
    keeper_stop(k);
    assert_int_equal(h.last_report, 0);
    assert_true(h.n_tidy >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_goes_on_while_there_is_more),
        cmocka_unit_test(a_failure_is_reported_once_and_tried_again),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
