/* test_scheduler.c — appointments are kept in order, not before their time. */
#include "lib/check.h"

#include <errno.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <time.h>

#include "work/scheduler.h"

enum { DUE_MAX = 2048, LIMIT_S = 30, WAKE = 1, HOLD = 2 };

/* The clock is the test's; an appointment in the past makes the lane look: WAKE, or
 * HOLD that keeps the lane where it is for as long as the test wants. */
struct world {
    struct clock clock; /* first: the world is found by a cast from it */
    _Atomic int64_t now_ms;
    struct scheduler *s;

    /* written by the lane before it posts `came` */
    uint32_t due[DUE_MAX];
    int n;
    sem_t came;
    sem_t held, gate;
    atomic_int refuse; /* so many are told to come back */
};

static int64_t world_now(const struct clock *c)
{
    return atomic_load(&((const struct world *)(const void *)c)->now_ms);
}

static bool on_due(void *user, uint32_t poll)
{
    struct world *w = user;

    if (poll == HOLD) {
        sem_post(&w->held);
        sem_wait(&w->gate);
        return true;
    }
    w->due[w->n++] = poll;
    sem_post(&w->came);
    return atomic_fetch_sub(&w->refuse, 1) <= 0;
}

static void start(struct world *w)
{
    struct scheduler_opts opts = {&w->clock, on_due, w};

    w->clock.now_ms = world_now;
    sem_init(&w->came, 0, 0);
    sem_init(&w->held, 0, 0);
    sem_init(&w->gate, 0, 0);
    w->s = scheduler_new(&opts);
    assert_int_equal(scheduler_start(w->s), 0);
}

static void finish(struct world *w)
{
    scheduler_stop(w->s);
    w->s = scheduler_free(w->s);
}

static void await(sem_t *s)
{
    struct timespec limit;

    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec += LIMIT_S;
    while (sem_timedwait(s, &limit) != 0)
        assert_int_equal(errno, EINTR);
}

static void wait_for(struct world *w, int n)
{
    while (n-- > 0)
        await(&w->came);
}

/* The lane looks at its clock, and has kept everything that is due by then. */
static void wake(struct world *w, uint32_t n_due)
{
    scheduler_at(w->s, WAKE, INT64_MIN);
    wait_for(w, (int)n_due + 1);
}

/* It is now_ms when the lane next looks, and WAKE is there then: the lane, which looks
 * by itself too, cannot come between the two. */
static void wake_at(struct world *w, int64_t now_ms, uint32_t n_due)
{
    scheduler_at(w->s, HOLD, INT64_MIN);
    await(&w->held);
    atomic_store(&w->now_ms, now_ms);
    scheduler_at(w->s, WAKE, INT64_MIN);
    sem_post(&w->gate);
    wait_for(w, (int)n_due + 1);
}

static void nothing_comes_before_its_time(void **state)
{
    static struct world w;
    (void)state;

    w.now_ms = 1000000;
    start(&w);
    scheduler_at(w.s, 7, 1000000 + 3600000);
    wake(&w, 0);
    wake_at(&w, 1000000 + 3599999, 0);
    wake_at(&w, 1000000 + 3600000, 1);
    wake(&w, 0); /* and once only */
    finish(&w);
    assert_int_equal(w.n, 5);
    assert_int_equal(w.due[2], WAKE); /* the oldest appointment first */
    assert_int_equal(w.due[3], 7);
}

static void what_is_past_comes_at_once(void **state)
{
    static struct world w;
    (void)state;

    w.now_ms = 1000;
    start(&w);
    scheduler_at(w.s, 7, 1000);
    wait_for(&w, 1);
    scheduler_at(w.s, 8, -5);
    wait_for(&w, 1);
    finish(&w);
    assert_int_equal(w.n, 2);
}

static void many_come_in_the_order_of_their_times(void **state)
{
    enum { N = 1000 };
    static struct world w;
    (void)state;

    w.now_ms = 1000;
    start(&w);
    for (uint32_t i = 0; i < N; i++) { /* 7 and 1000 have no common divisor */
        uint32_t k = i * 7 % N;

        scheduler_at(w.s, 100 + k, 10000000 + k);
    }
    wake(&w, 0);
    wake_at(&w, 10000000 + N / 2, N / 2 + 1);
    wake_at(&w, 10000000 + N, N / 2 - 1);
    finish(&w);
    for (uint32_t i = 0, k = 0; i < (uint32_t)w.n; i++)
        if (w.due[i] != WAKE) {
            assert_int_equal(w.due[i], 100 + k);
            k++;
        }
    assert_int_equal(w.n, N + 3);
}

static void what_is_refused_comes_back(void **state)
{
    static struct world w;
    (void)state;

    w.now_ms = 1000;
    atomic_store(&w.refuse, 1);
    start(&w);
    scheduler_at(w.s, 7, 1000);
    wait_for(&w, 1);
    wake_at(&w, 1019, 0);
    wake_at(&w, 1020, 1);
    wake(&w, 0);
    finish(&w);
    assert_int_equal(w.n, 5);
    assert_int_equal(w.due[1], WAKE); /* not before its 20 ms have passed */
    assert_int_equal(w.due[2], WAKE);
    assert_int_equal(w.due[3], 7);
}

/* What is due by then too: nobody is asked before. */
static void appointments_before_the_start_are_kept_until_then(void **state)
{
    static struct world w;
    struct scheduler_opts opts = {&clock_system, on_due, &w};
    int64_t now_ms = clock_now_ms(&clock_system);
    (void)state;

    sem_init(&w.came, 0, 0);
    w.s = scheduler_new(&opts);
    scheduler_at(w.s, 8, now_ms - 1);
    scheduler_at(w.s, 7, now_ms - 2);
    assert_int_equal(w.n, 0);
    assert_int_equal(scheduler_start(w.s), 0);
    wait_for(&w, 2);
    finish(&w);
    assert_int_equal(w.due[0], 7);
    assert_int_equal(w.due[1], 8);
    w.s = scheduler_new(&opts);
    scheduler_at(w.s, 9, now_ms);
    finish(&w); /* it never ran */
    assert_int_equal(w.n, 2);
}

/* The ballot and the store end later, and still make some. */
static void appointments_after_the_end_are_dropped(void **state)
{
    static struct world w;
    (void)state;

    start(&w);
    scheduler_stop(w.s);
    scheduler_at(w.s, 7, INT64_MIN);
    scheduler_stop(w.s);
    w.s = scheduler_free(w.s);
    assert_int_equal(w.n, 0);
}

/* By the system's clock: it wakes up by itself. */
static void it_wakes_for_an_appointment(void **state)
{
    static struct world w;
    struct scheduler_opts opts = {&clock_system, on_due, &w};
    int64_t at_ms = clock_now_ms(&clock_system) + 30;
    (void)state;

    sem_init(&w.came, 0, 0);
    w.s = scheduler_new(&opts);
    assert_int_equal(scheduler_start(w.s), 0);
    scheduler_at(w.s, 8, at_ms + 3600000);
    scheduler_at(w.s, 7, at_ms);
    wait_for(&w, 1);
    assert_true(clock_now_ms(&clock_system) >= at_ms);
    finish(&w);
    assert_int_equal(w.n, 1);
    assert_int_equal(w.due[0], 7);
    scheduler_stop(NULL);
    assert_null(scheduler_free(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_comes_before_its_time),
        cmocka_unit_test(what_is_past_comes_at_once),
        cmocka_unit_test(many_come_in_the_order_of_their_times),
        cmocka_unit_test(what_is_refused_comes_back),
        cmocka_unit_test(appointments_before_the_start_are_kept_until_then),
        cmocka_unit_test(appointments_after_the_end_are_dropped),
        cmocka_unit_test(it_wakes_for_an_appointment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
