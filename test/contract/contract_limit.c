/* contract_limit.c — what every limiter promises (limit.h), asked of each.
 *
 * Time is the tests' own: a millisecond passes when a test says so. */
#include "lib/check.h"

#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "lib/redis_rig.h"
#include "limit/memory.h"
#include "limit/redis.h"

enum { MINUTE = 60000, PATIENT_MS = 120000 };

static const uint64_t START = 5000000;

static struct limiter *open_memory(uint32_t max, uint32_t window_ms)
{
    struct limit_memory_opts opts = {
        .max = max, .window_ms = window_ms, .max_bytes = 256 << 20, .seed = 42};

    return limit_memory_new(&opts);
}

static struct redis_rig *rig;
static struct limit_redis *lane;

static void report(void *user, int err, const char *text)
{
    (void)user;
    fail_msg("Redis failed: %d, %s", err, text);
}

/* Each limiter of the tests starts with no keys, as one in memory does. */
static struct limiter *open_redis(uint32_t max, uint32_t window_ms)
{
    static const struct limit_redis_name name = {"user", "api"};

    redis_rig_say(rig, "FLUSHALL");
    return limit_redis_new(lane, &name, open_memory(max, window_ms));
}

static void start_redis(void)
{
    struct limit_redis_opts opts = {
        .max_waiting = 1000, .callers_time = true, .report = report};

    rig = redis_rig_start("");
    opts.redis = (struct redis_opts){.url = redis_rig_url(rig),
                                     .sentinels = "",
                                     .master = "",
                                     .timeout_ms = PATIENT_MS};
    assert_int_equal(limit_redis_start(&opts, &lane), 0);
}

static void stop_redis(void)
{
    assert_int_equal(limit_redis_own(lane), 0); /* it was Redis that was tested */
    limit_redis_stop(lane);
    redis_rig_stop(rig);
}

static void nothing(void)
{
}

static const struct backend {
    const char *name;
    struct limiter *(*open)(uint32_t max, uint32_t window_ms);
    void (*start)(void), (*stop)(void);
    size_t slow; /* as many times as memory: what takes long is done less often */
} backends[] = {{"memory", open_memory, nothing, nothing, 1},
                {"redis", open_redis, start_redis, stop_redis, 50}};

static size_t fewer(void **state, size_t n, size_t at_least)
{
    size_t slow = ((const struct backend *)*state)->slow;

    return n / slow > at_least ? n / slow : at_least;
}

static struct limiter *open_limiter(void **state, uint32_t max, uint32_t window_ms)
{
    const struct backend *b = *state;

    return b->open(max, window_ms);
}

/* ---- asking, whichever kind it is ---- */

struct asking {
    struct limit_ask ask; /* first */
    sem_t home;
};

static void on_home(struct mail *m)
{
    sem_post(&((struct asking *)m)->home);
}

static struct limit_state ask(struct limiter *l, uint64_t key, uint64_t now_ms,
                              bool gives_back)
{
    struct asking a = {.ask = {.mail = {.on_home = on_home},
                               .limiter = l,
                               .key = key,
                               .now_ms = now_ms,
                               .gives_back = gives_back}};

    sem_init(&a.home, 0, 0);
    if (!limit_ask(&a.ask))
        sem_wait(&a.home);
    sem_destroy(&a.home);
    return a.ask.state;
}

static struct limit_state take(struct limiter *l, uint64_t key, uint64_t now_ms)
{
    return ask(l, key, now_ms, false);
}

static void give_back(struct limiter *l, uint64_t key, uint64_t now_ms)
{
    ask(l, key, now_ms, true);
}

static bool admitted(struct limiter *l, uint64_t key, uint64_t now_ms)
{
    return take(l, key, now_ms).admitted;
}

/* ---- one key ---- */

static void the_101st_within_a_minute_is_refused(void **state)
{
    struct limiter *l = open_limiter(state, 100, MINUTE);
    struct limit_state s;

    for (uint32_t i = 0; i < 100; i++) {
        s = take(l, 7, START + i);
        assert_true(s.admitted);
        assert_int_equal(s.left, 99 - i);
        assert_int_equal(s.more_in_ms, MINUTE - i); /* the first one's end */
    }
    s = take(l, 7, START + MINUTE - 1);
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
        struct limit_state s = take(l, 7, START + rows[i].at_ms);

        CHECK_EQ_AT(rows[i].why, s.admitted, rows[i].admitted);
        CHECK_EQ_AT(rows[i].why, s.left, rows[i].left);
        CHECK_EQ_AT(rows[i].why, s.more_in_ms, rows[i].more_in_ms);
    }
    limit_free(l);
}

static void who_hammers_is_admitted_when_the_window_has_passed(void **state)
{
    struct limiter *l = open_limiter(state, 5, 1000);
    uint64_t step_ms = 10000 / fewer(state, 10000, 200);
    uint32_t n = 0;

    for (uint64_t ms = 0; ms < 10000; ms += step_ms)
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
        assert_int_equal(take(l, 7, START + silences[i]).left, 1);
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
        assert_int_equal(take(l, 7, starts[i] + 1000).more_in_ms, 20);
        assert_true(admitted(l, 7, starts[i] + 2000));
        limit_free(l);
    }
}

static void threads_may_come_out_of_order(void **state)
{
    struct limiter *l = open_limiter(state, 2, 1000);
    struct limit_state s;

    assert_true(admitted(l, 7, START + 5));
    s = take(l, 7, START);
    assert_true(s.admitted); /* counts as of START + 5 */
    assert_int_equal(s.more_in_ms, 1000);
    assert_int_equal(take(l, 7, START + 4).more_in_ms, 1000);
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

    give_back(l, 7, START); /* nobody has taken */
    assert_true(admitted(l, 7, START));
    give_back(l, 7, START);
    assert_int_equal(take(l, 7, START + 10).more_in_ms, MINUTE);
    assert_true(admitted(l, 7, START + 20));
    assert_false(admitted(l, 7, START + 20));
    give_back(l, 8, START + 20); /* another one's */
    assert_false(admitted(l, 7, START + 20));
    give_back(l, 7, START + 30); /* the newest, of 20 */
    assert_int_equal(take(l, 7, START + 30).left, 0);
    assert_false(admitted(l, 7, START + MINUTE + 9));
    assert_true(admitted(l, 7, START + MINUTE + 10));
    assert_int_equal(take(l, 7, START + MINUTE + 29).more_in_ms, 1);
    give_back(l, 7, START + 5 * MINUTE); /* it has left already */
    assert_int_equal(take(l, 7, START + 5 * MINUTE).left, 1);
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
    const size_t takes = fewer(state, MODEL_TAKES, 2000);

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct limiter *l = open_limiter(state, rows[i].max, rows[i].window_ms);
        struct model *models = calloc(MODEL_KEYS, sizeof *models);
        unsigned seed = (unsigned)i;
        uint64_t now_ms = START;

        for (size_t n = 0; n < takes; n++) {
            unsigned key = (unsigned)rand_r(&seed) % MODEL_KEYS;
            struct limit_state got, want;

            now_ms += (unsigned)rand_r(&seed) % rows[i].step_ms;
            if (rand_r(&seed) % 1000 == 0)
                now_ms += (unsigned)rand_r(&seed) % (2 * rows[i].window_ms);
            got = take(l, key, now_ms);
            want = model_take(&models[key], rows[i].max, rows[i].window_ms, now_ms);
            if (got.admitted && rand_r(&seed) % 8 == 0) {
                give_back(l, key, now_ms);
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
    enum { LATER = MINUTE / 1000 };
    const uint32_t step_ms = MINUTE / (uint32_t)fewer(state, MINUTE, MINUTE / 4);
    const uint32_t max = 20000 / step_ms;
    struct limiter *l = open_limiter(state, max, MINUTE);
    uint32_t n = 0, again = 0;
    struct limit_state s;

    for (uint64_t ms = 0; ms < MINUTE; ms += step_ms)
        n += admitted(l, 7, START + ms);
    assert_int_equal(n, max);
    s = take(l, 7, START + MINUTE - 1);
    assert_false(s.admitted);
    assert_in_range(s.more_in_ms, 1, LATER + 1);
    for (uint64_t ms = MINUTE; ms < MINUTE + 1000; ms += step_ms)
        again += admitted(l, 7, START + ms);
    assert_in_range(again, (1000 - LATER) / step_ms, 1000 / step_ms);
    assert_int_equal(take(l, 7, START + 3 * MINUTE).left, max - 1);
    limit_free(l);
}

/* ---- many ---- */

static void a_crowd_is_never_refused_for_its_size(void **state)
{
    struct limiter *l = open_limiter(state, 2, MINUTE);
    const size_t crowd = fewer(state, 1000000, 20000);

    for (uint64_t key = 0; key < crowd; key++)
        if (!admitted(l, key << 32, START + key / 1000))
            fail_msg("key %ju was refused at its first request", (uintmax_t)key);
    limit_free(l);
}

enum { THREADS = 50, TAKES = 5000 };

struct rush {
    struct limiter *l;
    size_t takes; /* of each */
    pthread_barrier_t start;
    atomic_uint n;
};

static void *rush_in(void *arg)
{
    struct rush *r = arg;

    pthread_barrier_wait(&r->start);
    for (uint64_t i = 0; i < r->takes; i++) {
        if (admitted(r->l, 7, START + i % 3))
            atomic_fetch_add(&r->n, 1);
        admitted(r->l, 100 + i, START + i % 3); /* others come and go meanwhile */
    }
    return NULL;
}

static void fifty_at_once_get_what_one_would(void **state)
{
    struct rush r = {.takes = fewer(state, TAKES, 100)};
    const uint32_t max = THREADS * (uint32_t)r.takes / 2;
    pthread_t threads[THREADS];

    r.l = open_limiter(state, max, MINUTE);
    pthread_barrier_init(&r.start, NULL, THREADS);
    for (size_t i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, rush_in, &r), 0);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    assert_int_equal(r.n, max);
    assert_false(admitted(r.l, 7, START + MINUTE - 1));
    assert_int_equal(take(r.l, 7, START + 2 * MINUTE).left, max - 1);
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
        backends[i].start();
        failed += cmocka_run_group_tests_name(backends[i].name, tests, NULL, NULL);
        backends[i].stop();
    }
    return failed;
}
