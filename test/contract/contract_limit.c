/* contract_limit.c — what every limiter promises (limit.h), asked of each.
 *
 * Time is the tests' own: a millisecond passes when a test says so. */
#include "lib/check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "limit/memory.h"

enum { MINUTE = 60000 };

static const uint64_t START = 5000000;

static struct limiter *open_memory(uint32_t max, uint32_t window_ms)
{
    struct limit_memory_opts opts = {
        .max = max, .window_ms = window_ms, .max_bytes = 256 << 20, .seed = 42};

    return limit_memory_new(&opts);
}

static const struct backend {
    const char *name;
    struct limiter *(*open)(uint32_t max, uint32_t window_ms);
} backends[] = {{"memory", open_memory}};

static struct limiter *open_limiter(void **state, uint32_t max, uint32_t window_ms)
{
    const struct backend *b = *state;

    return b->open(max, window_ms);
}

static bool admitted(struct limiter *l, uint64_t key, uint64_t now_ms)
{
    return limit_take(l, key, now_ms).admitted;
}

/* ---- one key ---- */

static void the_101st_within_a_minute_is_refused(void **state)
{
    struct limiter *l = open_limiter(state, 100, MINUTE);
    struct limit_state s;

    for (uint32_t i = 0; i < 100; i++) {
        s = limit_take(l, 7, START + i);
        assert_true(s.admitted);
        assert_int_equal(s.left, 99 - i);
        assert_int_equal(s.more_in_ms, MINUTE - i); /* the first one's end */
    }
    s = limit_take(l, 7, START + MINUTE - 1);
    assert_false(s.admitted);
    assert_int_equal(s.left, 0);
    assert_int_equal(s.more_in_ms, 1);
    limit_free(l);
}

static void the_window_slides(void **state)
{
    struct limiter *l = open_limiter(state, 3, MINUTE);
    static const struct {
        const char *why;
        uint32_t at_ms;
        bool admitted;
        uint32_t left, more_in_ms;
    } rows[] = {
        {"the first", 0, true, 2, 60000},
        {"the second", 20000, true, 1, 40000},
        {"the third", 50000, true, 0, 10000},
        {"one too many", 50000, false, 0, 10000},
        {"a moment too early", 59999, false, 0, 1},
        {"the first has left, not one more", 60000, true, 0, 20000},
        {"a fixed window would be empty now", 60001, false, 0, 19999},
        {"the second has left", 80000, true, 0, 30000},
        {"the third and fourth have left", 120000, true, 1, 20000},
        {"all but the last have left", 140000, true, 1, 40000},
        {"all have left", 200000, true, 2, 60000},
    };

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct limit_state s = limit_take(l, 7, START + rows[i].at_ms);

        CHECK_EQ_AT(rows[i].why, s.admitted, rows[i].admitted);
        CHECK_EQ_AT(rows[i].why, s.left, rows[i].left);
        CHECK_EQ_AT(rows[i].why, s.more_in_ms, rows[i].more_in_ms);
    }
    limit_free(l);
}

static void who_hammers_is_admitted_when_the_window_has_passed(void **state)
{
    struct limiter *l = open_limiter(state, 5, 1000);
    uint32_t n = 0;

    for (uint64_t ms = 0; ms < 10000; ms++)
        for (int i = 0; i < 3; i++)
            n += admitted(l, 7, START + ms);
    assert_int_equal(n, 50); /* five in each of ten seconds: no refusal has cost one */
    limit_free(l);
}

static void a_long_silence_forgets_everything(void **state)
{
    static const uint64_t silences[] = {MINUTE, MINUTE + 1, UINT32_MAX,
                                        (UINT64_C(1) << 32) + 1, UINT64_C(1) << 40};

    for (size_t i = 0; i < LENGTH(silences); i++) {
        struct limiter *l = open_limiter(state, 2, MINUTE);

        assert_true(admitted(l, 7, START));
        assert_true(admitted(l, 7, START));
        assert_false(admitted(l, 7, START));
        assert_int_equal(limit_take(l, 7, START + silences[i]).left, 1);
        limit_free(l);
    }
}

static void time_may_be_anything(void **state)
{
    static const uint64_t starts[] = {0, 1, UINT32_MAX - 10, (UINT64_C(1) << 32) - 1,
                                      UINT64_C(1) << 45};

    for (size_t i = 0; i < LENGTH(starts); i++) {
        struct limiter *l = open_limiter(state, 2, 1000);

        assert_true(admitted(l, 7, starts[i]));
        assert_true(admitted(l, 7, starts[i] + 20));
        assert_false(admitted(l, 7, starts[i] + 999));
        assert_int_equal(limit_take(l, 7, starts[i] + 1000).more_in_ms, 20);
        assert_true(admitted(l, 7, starts[i] + 2000));
        limit_free(l);
    }
}

static void threads_may_come_out_of_order(void **state)
{
    struct limiter *l = open_limiter(state, 2, 1000);
    struct limit_state s;

    assert_true(admitted(l, 7, START + 5));
    s = limit_take(l, 7, START);
    assert_true(s.admitted); /* counts as of START + 5 */
    assert_int_equal(s.more_in_ms, 1000);
    assert_int_equal(limit_take(l, 7, START + 4).more_in_ms, 1000);
    assert_false(admitted(l, 7, START + 1000));
    assert_false(admitted(l, 7, START + 1004));
    assert_true(admitted(l, 7, START + 1005));
    limit_free(l);
}

static void keys_do_not_share(void **state)
{
    static const uint64_t keys[] = {
        0, 1, 2, UINT32_MAX, UINT64_C(1) << 32, UINT64_C(1) << 63, UINT64_MAX};
    struct limiter *l = open_limiter(state, 1, MINUTE);

    for (size_t i = 0; i < LENGTH(keys); i++)
        assert_true(admitted(l, keys[i], START));
    for (size_t i = 0; i < LENGTH(keys); i++)
        assert_false(admitted(l, keys[i], START));
    limit_free(l);
}

static void what_is_given_back_does_not_count(void **state)
{
    struct limiter *l = open_limiter(state, 2, MINUTE);

    limit_give_back(l, 7, START); /* nobody has taken */
    assert_true(admitted(l, 7, START));
    limit_give_back(l, 7, START);
    assert_int_equal(limit_take(l, 7, START + 10).more_in_ms, MINUTE);
    assert_true(admitted(l, 7, START + 20));
    assert_false(admitted(l, 7, START + 20));
    limit_give_back(l, 8, START + 20); /* another one's */
    assert_false(admitted(l, 7, START + 20));
    limit_give_back(l, 7, START + 30); /* the newest, of 20 */
    assert_int_equal(limit_take(l, 7, START + 30).left, 0);
    assert_false(admitted(l, 7, START + MINUTE + 9));
    assert_true(admitted(l, 7, START + MINUTE + 10));
    assert_int_equal(limit_take(l, 7, START + MINUTE + 29).more_in_ms, 1);
    limit_give_back(l, 7, START + 5 * MINUTE); /* it has left already */
    assert_int_equal(limit_take(l, 7, START + 5 * MINUTE).left, 1);
    limit_free(l);
}

/* ---- against a model: every request that was admitted, and a search ---- */

enum { MODEL_TAKES = 20000, MODEL_KEYS = 3 };

struct model {
    uint64_t at[MODEL_TAKES];
    size_t first, n; /* those before first have left */
};

static struct limit_state model_take(struct model *m, uint32_t max, uint32_t window_ms,
                                     uint64_t now_ms)
{
    struct limit_state s;

    while (m->first < m->n && m->at[m->first] + window_ms <= now_ms)
        m->first++;
    s.admitted = m->n - m->first < max;
    if (s.admitted)
        m->at[m->n++] = now_ms;
    s.left = max - (uint32_t)(m->n - m->first);
    s.more_in_ms = (uint32_t)(m->at[m->first] + window_ms - now_ms);
    return s;
}

static void it_agrees_with_a_list_of_all_requests(void **state)
{
    static const struct {
        uint32_t max, window_ms, step_ms;
    } rows[] = {{1, 1, 2},        {1, 50, 20},       {3, 50, 20},
                {100, 1000, 15},  {200, 1000, 4},    {7, 60000, 30},
                {100, 60000, 90}, {1000, 60000, 30}, {1000, 1000, 1}};

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct limiter *l = open_limiter(state, rows[i].max, rows[i].window_ms);
        struct model *models = calloc(MODEL_KEYS, sizeof *models);
        unsigned seed = (unsigned)i;
        uint64_t now_ms = START;

        for (size_t n = 0; n < MODEL_TAKES; n++) {
            unsigned key = (unsigned)rand_r(&seed) % MODEL_KEYS;
            struct limit_state got, want;

            now_ms += (unsigned)rand_r(&seed) % rows[i].step_ms;
            if (rand_r(&seed) % 1000 == 0)
                now_ms += (unsigned)rand_r(&seed) % (2 * rows[i].window_ms);
            got = limit_take(l, key, now_ms);
            want = model_take(&models[key], rows[i].max, rows[i].window_ms, now_ms);
            if (got.admitted && rand_r(&seed) % 8 == 0) {
                limit_give_back(l, key, now_ms);
                models[key].n--;
            }
            assert_int_equal(got.admitted, want.admitted);
            assert_int_equal(got.left, want.left);
            assert_int_equal(got.more_in_ms, want.more_in_ms);
        }
        free(models);
        limit_free(l);
    }
}

static void a_large_rule_admits_no_more_and_hardly_later(void **state)
{
    enum { MAX = 20000, LATER = MINUTE / 1000 };
    struct limiter *l = open_limiter(state, MAX, MINUTE);
    uint32_t n = 0, again = 0;
    struct limit_state s;

    for (uint64_t ms = 0; ms < MINUTE; ms++)
        n += admitted(l, 7, START + ms);
    assert_int_equal(n, MAX);
    s = limit_take(l, 7, START + MINUTE - 1);
    assert_false(s.admitted);
    assert_in_range(s.more_in_ms, 1, LATER + 1);
    for (uint64_t ms = MINUTE; ms < MINUTE + 1000; ms++)
        again += admitted(l, 7, START + ms);
    assert_in_range(again, 1000 - LATER, 1000);
    assert_int_equal(limit_take(l, 7, START + 3 * MINUTE).left, MAX - 1);
    limit_free(l);
}

/* ---- many ---- */

static void a_crowd_is_never_refused_for_its_size(void **state)
{
    struct limiter *l = open_limiter(state, 2, MINUTE);

    for (uint64_t key = 0; key < 1000000; key++)
        if (!admitted(l, key << 32, START + key / 1000))
            fail_msg("key %ju was refused at its first request", (uintmax_t)key);
    limit_free(l);
}

enum { THREADS = 50, TAKES = 5000, THREAD_MAX = THREADS * TAKES / 2 };

struct rush {
    struct limiter *l;
    pthread_barrier_t start;
    atomic_uint n;
};

static void *rush_in(void *arg)
{
    struct rush *r = arg;

    pthread_barrier_wait(&r->start);
    for (uint64_t i = 0; i < TAKES; i++) {
        if (admitted(r->l, 7, START + i % 3))
            atomic_fetch_add(&r->n, 1);
        admitted(r->l, 100 + i, START + i % 3); /* others come and go meanwhile */
    }
    return NULL;
}

static void fifty_at_once_get_what_one_would(void **state)
{
    struct rush r = {.l = open_limiter(state, THREAD_MAX, MINUTE)};
    pthread_t threads[THREADS];

    pthread_barrier_init(&r.start, NULL, THREADS);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, rush_in, &r), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(r.n, THREAD_MAX);
    assert_false(admitted(r.l, 7, START + MINUTE - 1));
    assert_int_equal(limit_take(r.l, 7, START + 2 * MINUTE).left, THREAD_MAX - 1);
    pthread_barrier_destroy(&r.start);
    limit_free(r.l);
}

int main(void)
{
    int failed = 0;

    for (size_t i = 0; i < LENGTH(backends); i++) {
        void *b = (void *)(uintptr_t)&backends[i];
        const struct CMUnitTest tests[] = {
            cmocka_unit_test_prestate(the_101st_within_a_minute_is_refused, b),
            cmocka_unit_test_prestate(the_window_slides, b),
            cmocka_unit_test_prestate(
                who_hammers_is_admitted_when_the_window_has_passed, b),
            cmocka_unit_test_prestate(a_long_silence_forgets_everything, b),
            cmocka_unit_test_prestate(time_may_be_anything, b),
            cmocka_unit_test_prestate(threads_may_come_out_of_order, b),
            cmocka_unit_test_prestate(keys_do_not_share, b),
            cmocka_unit_test_prestate(what_is_given_back_does_not_count, b),
            cmocka_unit_test_prestate(it_agrees_with_a_list_of_all_requests, b),
            cmocka_unit_test_prestate(a_large_rule_admits_no_more_and_hardly_later, b),
            cmocka_unit_test_prestate(a_crowd_is_never_refused_for_its_size, b),
            cmocka_unit_test_prestate(fifty_at_once_get_what_one_would, b),
        };

        print_message("limiter: %s\n", backends[i].name);
        failed += cmocka_run_group_tests_name(backends[i].name, tests, NULL, NULL);
    }
    return failed;
}
