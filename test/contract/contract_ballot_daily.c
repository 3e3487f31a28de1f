/* contract_ballot_daily.c — a user's votes of one UTC day, however they come: fifty at
 * once, and over midnight. The clock is the test's. */
#include "lib/check.h"

#include <pthread.h>

#include "base/err.h"
#include "lib/ballot_world.h"

enum { USER = 10, THREADS = 50, FIRST_POLL = 1, N_POLLS = 120 };

static const struct poll_rules usual = {.owner_id = OWNER, .n_options = 3};
static const int64_t MIDNIGHT = (T0 / CLOCK_DAY_MS + 1) * CLOCK_DAY_MS;

static const struct ballot_backend *const backends[] = {
    &ballot_backend_journaled, &ballot_backend_mem, &ballot_backend_postgres};

static struct ballot_world *open_world(void **state, uint32_t per_day)
{
    const struct ballot_backend *const *b = *state;
    struct ballot_world *w = ballot_world_new(*b);

    ballot_world_stop(w);
    w->per_day = per_day;
    ballot_world_start(w);
    for (uint32_t i = 0; i < N_POLLS; i++)
        add_poll_with(w, FIRST_POLL + i, &usual);
    return w;
}

/* ---- fifty at once ---- */

struct rush {
    struct ballot_world *w;
    pthread_barrier_t start;
    atomic_uint n_before, n_after; /* midnight: votes that were entered */
    atomic_uint n_full;            /* refusals because of the day */
    atomic_uint n_other;           /* neither entered, nor voted already, nor full */
    atomic_bool midnight_passed;
};

static void count(struct rush *r, const struct ballot_op *op)
{
    if (op->rc == 0 && !op->replay && op->change.at_ms < MIDNIGHT)
        atomic_fetch_add(&r->n_before, 1);
    else if (op->rc == 0 && !op->replay)
        atomic_fetch_add(&r->n_after, 1);
    else if (op->rc == ERR_DAILY_LIMIT)
        atomic_fetch_add(&r->n_full, 1);
    else if (op->rc != ERR_ALREADY_VOTED)
        atomic_fetch_add(&r->n_other, 1);
}

static void vote_on_all(struct rush *r, uint32_t from)
{
    for (uint32_t i = 0; i < N_POLLS; i++) {
        struct task t;

        task_change(&t, CHANGE_VOTE, FIRST_POLL + (from + i) % N_POLLS, USER, 0);
        run_task(r->w, &t);
        count(r, &t.op);
    }
}

static void *rush_in(void *arg)
{
    struct rush *r = arg;

    pthread_barrier_wait(&r->start);
    vote_on_all(r, 0);
    return NULL;
}

/* Everybody begins elsewhere, and goes on until the new day has begun, and once more
 * through all polls then. */
static void *rush_over_midnight(void *arg)
{
    struct rush *r = arg;
    uint32_t from = (uint32_t)pthread_barrier_wait(&r->start) % N_POLLS;

    while (!atomic_load(&r->midnight_passed))
        vote_on_all(r, from++);
    vote_on_all(r, from);
    return NULL;
}

static void run_rush(struct rush *r, void *(*work)(void *arg),
                     void (*meanwhile)(struct rush *r))
{
    pthread_t threads[THREADS];

    pthread_barrier_init(&r->start, NULL, THREADS);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, work, r), 0);
    if (meanwhile != NULL)
        meanwhile(r);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    pthread_barrier_destroy(&r->start);
}

static unsigned votes_shown(struct ballot_world *w)
{
    unsigned n = 0;

    for (uint32_t i = 0; i < N_POLLS; i++)
        n += choice_of(w, FIRST_POLL + i, USER) >= 0;
    return n;
}

static void fifty_at_once_get_the_days_hundred(void **state)
{
    struct rush r = {.w = open_world(state, 100)};

    run_rush(&r, rush_in, NULL);
    assert_int_equal(r.n_before, 100);
    assert_int_equal(r.n_after, 0);
    assert_int_equal(r.n_other, 0);
    assert_true(r.n_full >= 20); /* each of the others, once at least */
    assert_int_equal(votes_shown(r.w), 100);
    assert_int_equal(left_of(r.w, USER), 0);
    ballot_world_free(r.w);
}

static void midnight_comes(struct rush *r)
{
    while (atomic_load(&r->n_before) < 10)
        sched_yield();
    atomic_store(&r->w->now_ms, MIDNIGHT);
    atomic_store(&r->midnight_passed, true);
}

static void each_side_of_midnight_has_its_own(void **state)
{
    struct rush r = {.w = open_world(state, 50)};

    atomic_store(&r.w->now_ms, MIDNIGHT - 1);
    run_rush(&r, rush_over_midnight, midnight_comes);
    assert_in_range(r.n_before, 10, 50);
    assert_int_equal(r.n_after, 50);
    assert_int_equal(r.n_other, 0);
    assert_int_equal(votes_shown(r.w), r.n_before + 50);
    assert_int_equal(left_of(r.w, USER), 0);
    ballot_world_free(r.w);
}

/* ---- the moment ---- */

static void a_day_ends_at_midnight_utc_to_the_millisecond(void **state)
{
    struct ballot_world *w = open_world(state, 1);
    struct task t;

    atomic_store(&w->now_ms, MIDNIGHT - CLOCK_DAY_MS);
    assert_int_equal(cast_vote(w, 1, USER, 0), 0);
    atomic_store(&w->now_ms, MIDNIGHT - 1);
    task_change(&t, CHANGE_VOTE, 2, USER, 0);
    assert_int_equal(run_task(w, &t), ERR_DAILY_LIMIT);
    assert_true(t.op.at_ms == MIDNIGHT - 1); /* Retry-After is reckoned from it */
    atomic_store(&w->now_ms, MIDNIGHT);
    assert_int_equal(left_of(w, USER), 1);
    assert_int_equal(cast_vote(w, 2, USER, 0), 0);
    assert_int_equal(cast_vote(w, 3, USER, 0), ERR_DAILY_LIMIT);
    ballot_world_free(w);
}

int main(void)
{
    int failed = 0;

    for (size_t i = 0; i < LENGTH(backends); i++) {
        void *b = (void *)(uintptr_t)&backends[i];
        const struct CMUnitTest tests[] = {
            cmocka_unit_test_prestate(fifty_at_once_get_the_days_hundred, b),
            cmocka_unit_test_prestate(each_side_of_midnight_has_its_own, b),
            cmocka_unit_test_prestate(a_day_ends_at_midnight_utc_to_the_millisecond, b),
        };

        failed += cmocka_run_group_tests_name(backends[i]->name, tests,
                                              backends[i]->begin, backends[i]->end);
    }
    return failed;
}
