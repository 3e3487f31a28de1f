/* test_follow.c — who comes home finds what was there when they asked. */
#include "lib/check.h"

#include <sched.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "base/err.h"
#include "lib/lane_bench.h"
#include "work/follow.h"

enum { ASKS = 8 };

struct others {
    atomic_uint committed; /* by others */
    atomic_uint known;
    atomic_bool away;
    atomic_uint n_reads;
    int reports[4];
    atomic_uint n_reports;
    uint32_t every_ms;
    sem_t *entered, *gate; /* each read says that it has begun, and waits */
};

static int read_on(void *user)
{
    struct others *w = user;

    atomic_fetch_add(&w->n_reads, 1);
    if (w->gate != NULL) {
        sem_post(w->entered);
        bench_await(w->gate);
    }
    if (atomic_load(&w->away))
        return ERR_UNAVAILABLE;
    atomic_store(&w->known, atomic_load(&w->committed));
    return 0;
}

static void report(void *user, int err)
{
    struct others *w = user;

    w->reports[atomic_fetch_add(&w->n_reports, 1)] = err;
}

static struct follow *start_following(struct others *w)
{
    struct follow_opts opts = {ASKS, read_on, report, w, w->every_ms};
    struct follow *f = NULL;

    assert_int_equal(follow_start(&opts, &f), 0);
    return f;
}

struct asking {
    struct follow_ask ask; /* first */
    sem_t home;
};

static void on_home(struct mail *m)
{
    sem_post(&((struct asking *)m)->home);
}

static int ask(struct follow *f)
{
    struct asking a = {.ask = {.mail = {.on_home = on_home}}};
    int rc;

    sem_init(&a.home, 0, 0);
    rc = follow_submit(f, &a.ask);
    if (rc == 0) {
        bench_await(&a.home);
        rc = a.ask.rc;
    }
    sem_destroy(&a.home);
    return rc;
}

static void what_was_committed_before_is_known_after(void **state)
{
    struct others w = {0};
    struct follow *f = start_following(&w);

    (void)state;
    for (unsigned i = 1; i <= 100; i++) {
        atomic_store(&w.committed, i);
        assert_int_equal(ask(f), 0);
        assert_int_equal(atomic_load(&w.known), i);
    }
    follow_stop(f);
}

static void watchers_need_not_ask(void **state)
{
    struct others w = {0};
    struct follow *f = start_following(&w);
    uint64_t until_ms = clock_mono_ms() + 60000;

    (void)state;
    atomic_store(&w.committed, 7);
    while (atomic_load(&w.known) != 7 && clock_mono_ms() < until_ms)
        sched_yield();
    assert_int_equal(atomic_load(&w.known), 7);
    follow_stop(f);
}

enum { HOUR_MS = 3600000 };

/* By itself this one would not look for an hour. */
static void whoever_is_woken_reads_once_more_however_often(void **state)
{
    sem_t entered, gate;
    struct others w = {.every_ms = HOUR_MS, .entered = &entered, .gate = &gate};
    struct follow *f;

    (void)state;
    sem_init(&entered, 0, 0);
    sem_init(&gate, 0, 0);
    f = start_following(&w);
    bench_await(&entered); /* the first look */
    for (int i = 0; i < 100; i++)
        follow_wake(f); /* what it reads now may be older */
    sem_post(&gate);
    bench_await(&entered);
    sem_post(&gate);
    follow_wake(f);
    bench_await(&entered);
    sem_post(&gate);
    follow_stop(f);
    assert_int_equal(atomic_load(&w.n_reads), 3);
    sem_destroy(&entered);
    sem_destroy(&gate);
}

static void a_wake_and_an_ask_are_one_read(void **state)
{
    sem_t entered, gate;
    struct others w = {.every_ms = HOUR_MS, .entered = &entered, .gate = &gate};
    struct asking a = {.ask = {.mail = {.on_home = on_home}}};
    struct follow *f;

    (void)state;
    sem_init(&entered, 0, 0);
    sem_init(&gate, 0, 0);
    sem_init(&a.home, 0, 0);
    f = start_following(&w);
    bench_await(&entered);
    follow_wake(f);
    assert_int_equal(follow_submit(f, &a.ask), 0);
    sem_post(&gate);
    bench_await(&entered);
    sem_post(&gate);
    bench_await(&a.home);
    follow_stop(f);
    assert_int_equal(atomic_load(&w.n_reads), 2);
    sem_destroy(&a.home);
    sem_destroy(&entered);
    sem_destroy(&gate);
}

static void await_failing(const struct follow *f, bool fails)
{
    uint64_t until_ms = clock_mono_ms() + 60000;

    while (follow_fails(f) != fails && clock_mono_ms() < until_ms)
        sched_yield();
    assert_int_equal(follow_fails(f), fails);
}

static void it_says_how_old_its_knowledge_is(void **state)
{
    struct others w = {0};
    struct follow *f = start_following(&w);
    uint64_t until_ms = clock_mono_ms() + 60000, since_ms;

    (void)state;
    assert_int_equal(ask(f), 0);
    atomic_store(&w.away, true);
    await_failing(f, true);
    since_ms = clock_mono_ms();
    while (clock_mono_ms() < since_ms + 50 && clock_mono_ms() < until_ms)
        sched_yield();
    assert_true(follow_age_ms(f) >= 50);
    atomic_store(&w.away, false);
    await_failing(f, false);
    assert_true(follow_age_ms(f) <= clock_mono_ms() - since_ms);
    follow_stop(f);
}

static void a_failure_is_said_and_reported_once(void **state)
{
    struct others w = {.away = true};
    struct follow *f = start_following(&w);

    (void)state;
    for (int i = 0; i < 3; i++)
        assert_int_equal(ask(f), ERR_UNAVAILABLE);
    await_failing(f, true);
    assert_int_equal(ask(f), ERR_UNAVAILABLE);
    atomic_store(&w.away, false);
    await_failing(f, false); /* by itself, since nobody is let in to ask */
    for (int i = 0; i < 3; i++)
        assert_int_equal(ask(f), 0);
    follow_stop(f);
    assert_int_equal(atomic_load(&w.n_reports), 2);
    assert_int_equal(w.reports[0], ERR_UNAVAILABLE);
    assert_int_equal(w.reports[1], 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_committed_before_is_known_after),
        cmocka_unit_test(watchers_need_not_ask),
        cmocka_unit_test(whoever_is_woken_reads_once_more_however_often),
        cmocka_unit_test(a_wake_and_an_ask_are_one_read),
        cmocka_unit_test(it_says_how_old_its_knowledge_is),
        cmocka_unit_test(a_failure_is_said_and_reported_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
