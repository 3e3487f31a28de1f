#include "bus/redis.h"

#include <stdatomic.h>
#include <stdio.h>

#include "base/lane.h"
#include "base/mem.h"
#include "base/metric.h"

/* HEAR_MS is also how long hushing may take. */
enum { HEAR_MS = 100, TRY_MS = 100 };

#define CHANNEL STR("pollux:wake")

struct bus_redis {
    struct bus base; /* first */
    struct bus_redis_opts opts;
    char origin[24];

    struct lane *tell_lane;
    struct redis *tells;
    struct mail wake;   /* in the mailbox, or the lane's, while waking is true */
    atomic_bool waking; /* set by whoever puts wake; cleared by the lane */
    struct counter sent;

    struct lane *hear_lane; /* NULL: hushed */
    struct redis *hears;
    atomic_bool is_heard; /* the hear lane writes */
    bool reported;        /* that it is not; the hear lane's */
    struct counter heard;
};

/* ---- telling ---- */

static void tell(struct mail *batch, void *user)
{
    struct bus_redis *b = user;

    (void)batch; /* there is only the one */
    /* First let the next in, then send: what is committed later sends another. */
    atomic_store(&b->waking, false);
    if (redis_publish(b->tells, CHANNEL, str_of(b->origin)) == 0)
        counter_add(&b->sent, 1);
}

static void redis_wake(struct bus *base)
{
    struct bus_redis *b = (struct bus_redis *)base;

    if (!atomic_exchange(&b->waking, true))
        mailbox_force(lane_box(b->tell_lane), &b->wake);
}

/* ---- hearing ---- */

static void note(struct bus_redis *b, int rc)
{
    atomic_store(&b->is_heard, rc == 0);
    if ((rc != 0) != b->reported)
        b->opts.report(b->opts.user, rc, redis_errmsg(b->hears));
    b->reported = rc != 0;
}

static int hear_one(struct bus_redis *b)
{
    struct str text;
    int rc = redis_hear(b->hears, HEAR_MS, &text);

    if (rc != 0 || text.at == NULL || str_eq(text, str_of(b->origin)))
        return rc;
    counter_add(&b->heard, 1);
    b->opts.heard(b->opts.user);
    return 0;
}

static int begin_to_hear(struct bus_redis *b)
{
    int rc = redis_subscribe(b->hears, CHANNEL);

    if (rc == 0)
        b->opts.heard(b->opts.user); /* what was said meanwhile is not known */
    return rc;
}

static void hear(struct mail *batch, void *user)
{
    struct bus_redis *b = user;

    (void)batch; /* nobody sends any */
    note(b, redis_is_connected(b->hears) ? hear_one(b) : begin_to_hear(b));
}

/* Hearing itself waits. */
static int until_hearing(void *user)
{
    const struct bus_redis *b = user;

    return b->reported ? TRY_MS : 0;
}

/* ---- the port ---- */

static void redis_hush(struct bus *base)
{
    struct bus_redis *b = (struct bus_redis *)base;

    b->hear_lane = lane_stop(b->hear_lane);
    atomic_store(&b->is_heard, false);
}

static struct bus_figures redis_figures(const struct bus *base)
{
    const struct bus_redis *b = (const struct bus_redis *)base;

    return (struct bus_figures){.hears = atomic_load(&b->is_heard),
                                .sent = counter_get(&b->sent),
                                .heard = counter_get(&b->heard)};
}

static struct bus *redis_bus_stop(struct bus *base)
{
    struct bus_redis *b = (struct bus_redis *)base;

    redis_hush(base);
    lane_stop(b->tell_lane);
    redis_free(b->hears);
    redis_free(b->tells);
    mem_free(b);
    return NULL;
}

static const struct bus_ops redis_bus_ops = {.name = "redis",
                                             .wake = redis_wake,
                                             .hush = redis_hush,
                                             .figures = redis_figures,
                                             .stop = redis_bus_stop};

static int start_lanes(struct bus_redis *b)
{
    struct lane_opts tells = {
        .name = "bus tell", .max_waiting = 1, .run = tell, .user = b};
    struct lane_opts hears = {.name = "bus hear",
                              .max_waiting = 1,
                              .run = hear,
                              .wake_in_ms = until_hearing,
                              .user = b};
    int rc = lane_start(&tells, &b->tell_lane);

    return rc == 0 ? lane_start(&hears, &b->hear_lane) : rc;
}

int bus_redis_start(const struct bus_redis_opts *opts, struct bus **ret)
{
    struct bus_redis *b = mem_zalloc(1, sizeof *b);
    int rc;

    b->base.ops = &redis_bus_ops;
    b->opts = *opts;
    snprintf(b->origin, sizeof b->origin, "%ju", (uintmax_t)opts->origin);
    b->tells = redis_new(&opts->redis);
    b->hears = redis_new(&opts->redis);
    rc = start_lanes(b);
    if (rc == 0)
        *ret = &b->base;
    else
        redis_bus_stop(&b->base);
    return rc;
}
