/* test_bus_redis.c — wake-ups over Redis: who hears them, and after a loss. */
#include "lib/check.h"

#include <sched.h>
#include <stdatomic.h>

#include "base/clock.h"
#include "bus/redis.h"
#include "lib/redis_rig.h"

enum { PATIENT_MS = 120000 };

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
    struct bus *bus;
    atomic_uint n_calls, n_losses;
};

static void heard(void *user)
{
    atomic_fetch_add(&((struct node *)user)->n_calls, 1);
}

static void report(void *user, int err, const char *text)
{
    assert_non_null(text);
    if (err != 0)
        atomic_fetch_add(&((struct node *)user)->n_losses, 1);
}

static void open_node(struct node *n, uint64_t origin, int timeout_ms)
{
    struct bus_redis_opts opts = {.redis = {.url = redis_rig_url(rig),
                                            .sentinels = "",
                                            .master = "",
                                            .timeout_ms = timeout_ms},
                                  .origin = origin,
                                  .heard = heard,
                                  .report = report,
                                  .user = n};

    *n = (struct node){0};
    assert_int_equal(bus_redis_start(&opts, &n->bus), 0);
}

#define AWAIT(condition)                                                               \
    do {                                                                               \
        uint64_t until_ms = clock_mono_ms() + PATIENT_MS;                              \
        while (!(condition) && clock_mono_ms() < until_ms)                             \
            sched_yield();                                                             \
        assert_true(condition);                                                        \
    } while (0)

static void one_is_heard_by_all_others_and_not_by_itself(void **state)
{
    struct node n[3];

    (void)state;
    for (unsigned i = 0; i < LENGTH(n); i++)
        open_node(&n[i], i + 1, PATIENT_MS);
    for (unsigned i = 0; i < LENGTH(n); i++)
        AWAIT(bus_figures(n[i].bus).hears);
    bus_wake(n[0].bus);
    for (unsigned i = 1; i < LENGTH(n); i++)
        AWAIT(bus_figures(n[i].bus).heard == 1);
    bus_wake(n[1].bus); /* comes after the first */
    AWAIT(bus_figures(n[0].bus).heard == 1);
    AWAIT(bus_figures(n[2].bus).heard == 2);
    assert_int_equal(bus_figures(n[1].bus).heard, 1);
    AWAIT(bus_figures(n[0].bus).sent == 1); /* it is told when others know already */
    for (unsigned i = 0; i < LENGTH(n); i++) {
        assert_int_equal(atomic_load(&n[i].n_losses), 0);
        /* once when it began to hear, too; it counts before it calls */
        AWAIT(atomic_load(&n[i].n_calls) == bus_figures(n[i].bus).heard + 1);
        bus_stop(n[i].bus);
    }
}

static void after_a_loss_it_looks_once_and_hears_again(void **state)
{
    struct node here, there;
    unsigned n_calls;

    (void)state;
    open_node(&here, 1, PATIENT_MS);
    open_node(&there, 2, PATIENT_MS);
    AWAIT(bus_figures(here.bus).hears && bus_figures(there.bus).hears);
    n_calls = atomic_load(&there.n_calls);
    redis_rig_kill(rig);
    AWAIT(!bus_figures(there.bus).hears && !bus_figures(here.bus).hears);
    bus_wake(here.bus); /* nobody hears it */
    redis_rig_restart(rig);
    AWAIT(bus_figures(there.bus).hears && bus_figures(here.bus).hears);
    assert_true(atomic_load(&there.n_calls) > n_calls);
    AWAIT(({
        bus_wake(here.bus); /* until its connection is there again, too */
        bus_figures(there.bus).heard > 0;
    }));
    assert_int_equal(atomic_load(&there.n_losses), 1);
    bus_stop(here.bus);
    bus_stop(there.bus);
}

static void what_waits_to_be_sent_is_one(void **state)
{
    enum { WAKES = 10000 };
    struct node here;
    uint64_t sent;

    (void)state;
    open_node(&here, 1, PATIENT_MS);
    bus_wake(here.bus);
    AWAIT(bus_figures(here.bus).sent == 1);
    redis_rig_halt(rig);
    for (int i = 0; i < WAKES; i++)
        bus_wake(here.bus);
    sent = bus_figures(here.bus).sent; /* some, until it stood still */
    redis_rig_go_on(rig);
    AWAIT(bus_figures(here.bus).sent > sent);
    bus_wake(here.bus);
    AWAIT(bus_figures(here.bus).sent > sent + 1);
    assert_in_range(bus_figures(here.bus).sent, sent + 2, sent + 3);
    bus_stop(here.bus);
}

static void who_is_hushed_still_wakes(void **state)
{
    struct node here, there;

    (void)state;
    open_node(&here, 1, PATIENT_MS);
    open_node(&there, 2, PATIENT_MS);
    AWAIT(bus_figures(here.bus).hears && bus_figures(there.bus).hears);
    bus_hush(here.bus);
    assert_false(bus_figures(here.bus).hears);
    bus_wake(here.bus);
    AWAIT(bus_figures(there.bus).heard == 1);
    bus_wake(there.bus);
    bus_stop(there.bus);
    assert_int_equal(bus_figures(here.bus).heard, 0);
    bus_stop(here.bus);
    bus_wake(NULL);
    bus_hush(NULL);
    assert_null(bus_stop(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_is_heard_by_all_others_and_not_by_itself),
        cmocka_unit_test(after_a_loss_it_looks_once_and_hears_again),
        cmocka_unit_test(what_waits_to_be_sent_is_one),
        cmocka_unit_test(who_is_hushed_still_wakes),
    };

    return cmocka_run_group_tests(tests, start_rig, stop_rig);
}
