/* test_limit_redis.c — limiters on one Redis: shared by processes, by its clock, with a
 * fall-back that comes and goes. What every limiter promises is in contract_limit.c. */
#include "lib/check.h"

#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "lib/redis_rig.h"
#include "limit/memory.h"
#include "limit/redis.h"

enum { MINUTE = 60000, PATIENT_MS = 120000 };

static struct redis_rig *rig;

static int start_rig(void **state)
{
    (void)state;
    rig = redis_rig_start("");
    return 0;
}

static int stop_rig(void **state)
{
    (void)state;
    rig = redis_rig_stop(rig);
    return 0;
}

/* As one process has it. */
struct node {
    struct limit_redis *lane;
    struct limiter *limiter;
    atomic_int n_reports, last_report;
};

static void report(void *user, int err, const char *text)
{
    struct node *n = user;

    assert_non_null(text);
    atomic_store(&n->last_report, err);
    atomic_fetch_add(&n->n_reports, 1);
}

static void open_node(struct node *n, uint32_t max, int timeout_ms)
{
    static const struct limit_redis_name name = {"user", "api"};
    struct limit_memory_opts memory = {max, MINUTE, LIMIT_MEMORY_BYTES_MIN, 42};
    struct limit_redis_opts opts = {.redis = {.url = redis_rig_url(rig),
                                              .sentinels = "",
                                              .master = "",
                                              .timeout_ms = timeout_ms},
                                    .max_waiting = 100,
                                    .report = report,
                                    .user = n};

    *n = (struct node){0};
    assert_int_equal(limit_redis_start(&opts, &n->lane), 0);
    n->limiter = limit_redis_new(n->lane, &name, limit_memory_new(&memory));
}

static void close_node(struct node *n)
{
    limit_free(n->limiter);
    limit_redis_stop(n->lane);
}

struct asking {
    struct limit_ask ask; /* first */
    sem_t home;
};

static void on_home(struct mail *m)
{
    sem_post(&((struct asking *)m)->home);
}

static struct limit_state take(struct node *n, uint64_t key)
{
    struct asking a = {.ask = {.mail = {.on_home = on_home},
                               .limiter = n->limiter,
                               .key = key,
                               .now_ms = clock_mono_ms()}};

    sem_init(&a.home, 0, 0);
    if (!limit_ask(&a.ask))
        sem_wait(&a.home);
    sem_destroy(&a.home);
    return a.ask.state;
}

static bool works_within_patience(const struct node *n)
{
    uint64_t until_ms = clock_mono_ms() + PATIENT_MS;

    while (!limit_redis_works(n->lane) && clock_mono_ms() < until_ms)
        sched_yield();
    return limit_redis_works(n->lane);
}

static void processes_share_one_count(void **state)
{
    struct node here, there;

    (void)state;
    redis_rig_say(rig, "FLUSHALL");
    open_node(&here, 100, PATIENT_MS);
    open_node(&there, 100, PATIENT_MS);
    for (uint32_t i = 0; i < 100; i++) {
        struct limit_state s = take(i % 2 == 0 ? &here : &there, 42);

        assert_true(s.admitted);
        assert_int_equal(s.left, 99 - i);
        assert_in_range(s.more_in_ms, 1, MINUTE);
    }
    assert_false(take(&here, 42).admitted);
    assert_false(take(&there, 42).admitted);
    assert_true(take(&there, 43).admitted);
    assert_int_equal(limit_redis_own(here.lane) + limit_redis_own(there.lane), 0);
    close_node(&here);
    close_node(&there);
}

static void a_key_is_named_and_goes_by_itself(void **state)
{
    struct node n;
    long ttl_ms;

    (void)state;
    redis_rig_say(rig, "FLUSHALL");
    open_node(&n, 1, PATIENT_MS);
    assert_true(take(&n, 42).admitted);
    assert_string_equal(redis_rig_say(rig, "KEYS *"), "rate:user:42:api");
    ttl_ms = strtol(redis_rig_say(rig, "PTTL rate:user:42:api"), NULL, 10);
    assert_in_range(ttl_ms, 1, MINUTE + 1001);
    redis_rig_say(rig, "PEXPIRE rate:user:42:api 3600000");
    assert_false(take(&n, 42).admitted); /* a refusal writes nothing */
    ttl_ms = strtol(redis_rig_say(rig, "PTTL rate:user:42:api"), NULL, 10);
    assert_true(ttl_ms > 2 * MINUTE);
    close_node(&n);
}

static void what_redis_forgets_starts_afresh(void **state)
{
    struct node n;

    (void)state;
    redis_rig_say(rig, "FLUSHALL");
    open_node(&n, 2, PATIENT_MS);
    assert_int_equal(take(&n, 42).left, 1);
    redis_rig_say(rig, "FLUSHALL");
    redis_rig_say(rig, "SCRIPT FLUSH");
    assert_int_equal(take(&n, 42).left, 1);
    assert_int_equal(limit_redis_own(n.lane), 0);
    close_node(&n);
}

/* A wall clock may be set back: nobody is refused for ever. */
static void a_count_from_the_future_is_dropped(void **state)
{
    struct node n;

    (void)state;
    redis_rig_say(rig, "FLUSHALL");
    redis_rig_say(rig, "RPUSH rate:user:42:api 2 99999999999999 2");
    open_node(&n, 2, PATIENT_MS);
    assert_int_equal(take(&n, 42).left, 1);
    close_node(&n);
}

static void without_redis_memory_goes_on_where_redis_was(void **state)
{
    struct node n;

    (void)state;
    redis_rig_say(rig, "FLUSHALL");
    open_node(&n, 3, PATIENT_MS);
    assert_int_equal(take(&n, 42).left, 2);
    redis_rig_kill(rig);
    assert_int_equal(take(&n, 42).left, 1);
    assert_false(limit_redis_works(n.lane));
    assert_int_equal(take(&n, 42).left, 0);
    assert_false(take(&n, 42).admitted);
    assert_int_equal(limit_redis_own(n.lane), 3);
    redis_rig_restart(rig);
    assert_true(works_within_patience(&n));
    assert_int_equal(take(&n, 42).left, 2); /* Redis has not heard of them */
    assert_int_equal(limit_redis_own(n.lane), 3);
    close_node(&n);
    assert_int_equal(atomic_load(&n.n_reports), 2);
    assert_int_equal(atomic_load(&n.last_report), 0);
}

static void a_redis_that_hangs_is_waited_for_once(void **state)
{
    struct node n;

    (void)state;
    open_node(&n, 1000, 1000);
    assert_true(take(&n, 42).admitted);
    redis_rig_halt(rig);
    assert_true(take(&n, 42).admitted); /* waits for the timeout */
    for (int i = 0; i < 100; i++) {
        struct limit_ask at_once = {
            .limiter = n.limiter, .key = 42, .now_ms = clock_mono_ms()};

        assert_true(limit_ask(&at_once));
        assert_true(at_once.state.admitted);
    }
    redis_rig_go_on(rig);
    assert_true(works_within_patience(&n));
    close_node(&n);
}

static void it_starts_without_redis(void **state)
{
    struct node n;

    (void)state;
    redis_rig_kill(rig);
    open_node(&n, 2, PATIENT_MS);
    assert_int_equal(take(&n, 42).left, 1);
    redis_rig_restart(rig);
    assert_true(works_within_patience(&n));
    close_node(&n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(processes_share_one_count),
        cmocka_unit_test(a_key_is_named_and_goes_by_itself),
        cmocka_unit_test(what_redis_forgets_starts_afresh),
        cmocka_unit_test(a_count_from_the_future_is_dropped),
        cmocka_unit_test(without_redis_memory_goes_on_where_redis_was),
        cmocka_unit_test(a_redis_that_hangs_is_waited_for_once),
        cmocka_unit_test(it_starts_without_redis),
    };

    return cmocka_run_group_tests(tests, start_rig, stop_rig);
}
