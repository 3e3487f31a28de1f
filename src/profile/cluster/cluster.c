/* cluster.c — the backends of many processes: PostgreSQL decides, each process follows.
 *
 * DESIGN
 *
 *   loop ─▶ ballot/postgres ─▶ COMMIT ─▶ index of this process ─▶ 201
 *   loop ─▶ work/follow ─▶ store/postgres_news ─▶ index of this process ─▶ any answer
 *
 * Where there is a Redis, each COMMIT wakes the follow lanes of the others by it.
 *
 * Nothing is kept on this machine: any process may be killed at any time, and another
 * takes over its clients.
 */
#include "profile/cluster/cluster.h"

#include <sodium.h>
#include <stdio.h>

#include "app/app.h"
#include "auth/revocations.h"
#include "auth/secret.h"
#include "ballot/ballot.h"
#include "ballot/postgres.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "config/config.h"
#include "config/roles.h"
#include "index/index.h"
#include "profile/cluster/clock_guard.h"
#include "profile/cluster/cluster_redis.h"
#include "profile/cluster/keeping.h"
#include "profile/cluster/patience.h"
#include "server/load.h"
#include "server/profile.h"
#include "store/postgres.h"
#include "store/postgres_news.h"
#include "store/store.h"
#include "work/follow.h"
#include "work/store_lane.h"

enum {
    READS_WAITING = 65536,
    STORE_WAITING = 4096,
    FOLLOW_WAITING = 65536,
    STORE_MS = 10000, /* how long PostgreSQL may take to answer: a search is slow */
};

struct cluster {
    struct profile base; /* first */
    const struct app *app;
    uint64_t seed; /* also says which process wrote a ballot's row */
    struct store *store;
    struct store_lane *writer;
    struct read_lane *reads;
    struct news *news;
    struct cluster_redis redis;
    struct clock_guard clock;
    struct keeping *keeping;
    struct follow *follow;     /* the server's */
    atomic_bool ballot_failed; /* votes cannot be made durable */
};

static struct ready_checks ready_of(struct cluster *k);

/* ---- the store ---- */

/* The ballot writes its rows itself: there is nothing to project. */
static int no_changes(void *user, uint64_t position, struct change *changes, size_t max,
                      size_t *ret_n, uint64_t *ret_next)
{
    (void)user;
    (void)changes;
    (void)max;
    *ret_n = 0;
    *ret_next = position;
    return 0;
}

static void nothing_projected(void *user, uint64_t position)
{
    (void)user;
    (void)position;
}

static void report_store(void *user, int err, const char *text)
{
    struct cluster *k = user;

    if (err != 0)
        LOG(&k->app->log, LOG_ERROR, "store_failed", LOG_STR("error", text),
            LOG_STR("effect", "answers that need the database are 503, retrying"));
    else
        LOG(&k->app->log, LOG_INFO, "store_works_again", LOG_STR("effect", "none"));
}

static void wake_others(void *user)
{
    struct cluster *k = user;

    cluster_redis_wake(&k->redis);
}

static int start_lanes(struct cluster *k)
{
    static const struct change_source none = {no_changes, nothing_projected, NULL};
    struct store_lane_opts writer = {.store = k->store,
                                     .source = &none,
                                     .max_waiting = STORE_WAITING,
                                     .report = report_store,
                                     .committed = wake_others,
                                     .user = k};
    struct read_lane_opts reads = {k->store, READS_WAITING, report_store, k};
    int rc = store_lane_start(&writer, NULL, &k->writer);

    return rc == 0 ? read_lane_start(&reads, &k->reads) : rc;
}

static int cluster_open(struct profile *p, const struct app *app,
                        struct profile_stores *ret_stores, char *errmsg, size_t size)
{
    struct cluster *k = (struct cluster *)p;
    struct postgres_opts opts = {
        .dsn = app->config->postgres_dsn, .timeout_ms = STORE_MS, .seed = k->seed};
    int rc;

    k->app = app;
    k->base.ready = ready_of(k);
    rc = cluster_has_dsn(app->config, errmsg, size);
    if (rc == 0)
        rc = patient_open(&opts, app, &k->store, errmsg, size);
    if (rc == 0)
        rc = start_lanes(k);
    if (rc != 0)
        return rc;
    k->news = news_new(&(struct news_opts){opts.dsn, app->clock, k->seed});
    *ret_stores = (struct profile_stores){k->store, k->writer, k->reads, 1};
    return cluster_redis_open(&k->redis, app, k->seed, errmsg, size);
}

/* ---- secret, limiters ---- */

static int cluster_secret(struct profile *p, struct secret *ret_secret, char *errmsg,
                          size_t size)
{
    return cluster_load_secret(((struct cluster *)p)->app->config, ret_secret, errmsg,
                               size);
}

static struct limiter *cluster_limiter(struct profile *p,
                                       const struct profile_limit *limit)
{
    return cluster_redis_limiter(&((struct cluster *)p)->redis, limit);
}

/* ---- following the others ---- */

static int take_poll(void *user, struct poll *poll, const struct result *r)
{
    struct app *app = user;

    index_take(app->index, poll, r);
    return 0;
}

static int take_poll_gone(void *user, uint32_t poll)
{
    struct app *app = user;

    index_drop(app->index, poll);
    return 0;
}

static int take_account(void *user, uint32_t id, int64_t created_ms, struct str name)
{
    struct app *app = user;

    (void)name; /* comes with their polls */
    revocations_born(app->revocations, id, created_ms);
    return 0;
}

/* Their tokens end, which is told as well. */
static int take_account_gone(void *user, uint32_t id)
{
    (void)user;
    (void)id;
    return 0;
}

static int take_tokens_end(void *user, uint32_t id, int64_t end_ms)
{
    struct app *app = user;

    revocations_add(app->revocations, id, end_ms);
    return 0;
}

static int take_voter(void *user, uint32_t id)
{
    struct app *app = user;

    seen_forget(app->index->seen, id);
    return 0;
}

static int take_all_told(void *user, const uint32_t *polls, size_t n)
{
    struct app *app = user;

    index_keep_only(app->index, polls, n);
    return 0;
}

static int read_news(struct cluster *k, struct app *app)
{
    const struct news_sink to = {.poll = take_poll,
                                 .poll_gone = take_poll_gone,
                                 .account = take_account,
                                 .account_gone = take_account_gone,
                                 .tokens_end = take_tokens_end,
                                 .voter = take_voter,
                                 .all_told = take_all_told,
                                 .user = app};
    int rc = news_read(k->news, &to);

    if (rc == 0)
        clock_guard_see(&k->clock, news_clock_off_ms(k->news), &app->log);
    return rc;
}

static int take_recent(void *user, uint32_t poll, int64_t start_ms, uint32_t votes)
{
    struct app *app = user;

    index_add_recent(app->index, poll, start_ms, votes);
    return 0;
}

static int cluster_load(struct profile *p, struct app *app, char *errmsg, size_t size)
{
    struct cluster *k = (struct cluster *)p;
    int64_t from_ms = clock_now_ms(app->clock) - STORE_RECENT_MS;
    int rc = read_news(k, app);

    if (rc == 0)
        rc = k->store->ops->recent_each(k->store, from_ms, take_recent, app);
    if (rc != 0)
        snprintf(errmsg, size, "%s", news_errmsg(k->news));
    else
        LOG(&app->log, LOG_INFO, "loaded",
            LOG_INT("polls", catalogue_count(app->index->catalogue)));
    return rc;
}

static int follow_news(void *user)
{
    struct cluster *k = user;

    return read_news(k, (struct app *)k->app);
}

static void report_follow(void *user, int err)
{
    struct cluster *k = user;

    if (err != 0)
        LOG(&k->app->log, LOG_ERROR, "follow_failed",
            LOG_STR("error", news_errmsg(k->news)),
            LOG_STR("effect", "what is shown may be old, retrying"));
    else
        LOG(&k->app->log, LOG_INFO, "follow_works_again", LOG_STR("effect", "none"));
}

static int cluster_start_follow(struct profile *p, struct app *app,
                                struct follow **ret_follow)
{
    struct cluster *k = (struct cluster *)p;
    struct follow_opts opts = {FOLLOW_WAITING, follow_news, report_follow, k, 0};
    int rc;

    (void)app;
    rc = follow_start(&opts, ret_follow);
    if (rc != 0)
        return rc;
    k->follow = *ret_follow;
    return cluster_redis_start_bus(&k->redis, k->follow);
}

/* ---- the ballot ---- */

static int write_edit(void *user, struct pg *pg, uint32_t poll,
                      const struct poll_edit *edit)
{
    (void)user;
    return store_postgres_write_edit(pg, poll, edit);
}

static bool may_judge(void *user)
{
    const struct cluster *k = user;

    return clock_guard_is_right(&k->clock);
}

static void in_doubt(void *user)
{
    struct cluster *k = user;

    news_doubt(k->news);
}

static void report_ballot(void *user, int err, const char *text)
{
    struct cluster *k = user;

    atomic_store(&k->ballot_failed, err != 0);
    if (err != 0)
        LOG(&k->app->log, LOG_ERROR, "ballot_failed", LOG_STR("error", text),
            LOG_STR("effect", "votes are refused with 503, retrying"));
    else
        LOG(&k->app->log, LOG_INFO, "ballot_works_again", LOG_STR("effect", "none"));
}

static int cluster_start_ballot(struct profile *p, const struct ballot_events *events,
                                struct ballot **ret_ballot, char *errmsg, size_t size)
{
    struct cluster *k = (struct cluster *)p;
    const struct config *config = k->app->config;
    struct ballot_postgres_opts opts = {.clock = k->app->clock,
                                        .dsn = config->postgres_dsn,
                                        .origin = k->seed,
                                        .votes_per_day =
                                            (uint32_t)config->limits_votes_per_day,
                                        .max_waiting = (size_t)config->ballot_queue,
                                        .events = *events,
                                        .write_edit = write_edit,
                                        .committed = wake_others,
                                        .may_judge = may_judge,
                                        .doubt = in_doubt,
                                        .report = report_ballot,
                                        .user = k};

    (void)errmsg;
    (void)size;
    return ballot_postgres_start(&opts, ret_ballot);
}

/* ---- readiness ---- */

static const char *check_postgres(void *user)
{
    const struct cluster *k = user;

    if (atomic_load(&k->ballot_failed))
        return "votes cannot be made durable";
    return k->follow != NULL && follow_fails(k->follow) ? "PostgreSQL does not answer"
                                                        : NULL;
}

static const char *check_redis(void *user)
{
    const struct cluster *k = user;

    return cluster_redis_check(&k->redis);
}

static const char *check_clock(void *user)
{
    const struct cluster *k = user;

    return clock_guard_is_right(&k->clock)
               ? NULL
               : "this machine's clock is wrong, so votes are refused";
}

/* Without PostgreSQL polls are shown as they were last known, without Redis each
 * process goes on by itself. */
static const struct ready_check checks[] = {
    {.name = "postgres", .check = check_postgres, .leaves_work = true},
    {.name = "redis", .check = check_redis, .leaves_work = true},
    {.name = "clock", .check = check_clock, .leaves_work = true},
};

/* Who shows nothing can do nothing without PostgreSQL. */
static const struct ready_check checks_of_writers[] = {
    {.name = "postgres", .check = check_postgres},
    {.name = "redis", .check = check_redis, .leaves_work = true},
    {.name = "clock", .check = check_clock},
};

static struct ready_checks ready_of(struct cluster *k)
{
    bool shows = (k->app->config->roles & (ROLE_POLLS | ROLE_LIVE)) != 0;

    return (struct ready_checks){.checks = shows ? checks : checks_of_writers,
                                 .n = sizeof checks / sizeof *checks,
                                 .user = k,
                                 .without_store = true};
}

/* ---- the address, and the end ---- */

/* Clients find it by their load balancer. The ballot, which the keeper needs, is there.
 */
static int cluster_announce(struct profile *p, const char *address, char *errmsg,
                            size_t size)
{
    struct cluster *k = (struct cluster *)p;

    (void)address;
    (void)errmsg;
    (void)size;
    return keeping_start(k->app, k->seed, &k->keeping);
}

static void cluster_retract(struct profile *p)
{
    struct cluster *k = (struct cluster *)p;

    cluster_redis_hush(&k->redis);
    k->keeping = keeping_stop(k->keeping);
}

static void cluster_close(struct profile *p)
{
    struct cluster *k = (struct cluster *)p;

    cluster_redis_close(&k->redis);
    news_free(k->news);
    k->store->ops->free(k->store);
    mem_free(k);
}

static const struct profile_ops cluster_ops = {
    .name = "cluster",
    .open = cluster_open,
    .secret = cluster_secret,
    .load = cluster_load,
    .limiter = cluster_limiter,
    .start_ballot = cluster_start_ballot,
    .start_follow = cluster_start_follow,
    .announce = cluster_announce,
    .retract = cluster_retract,
    .close = cluster_close,
};

struct profile *cluster_new(void)
{
    struct cluster *k = mem_zalloc(1, sizeof *k);

    k->base.ops = &cluster_ops;
    k->base.metrics = cluster_redis_metrics(&k->redis);
    randombytes_buf(&k->seed, sizeof k->seed);
    k->seed &= INT64_MAX;
    return &k->base;
}
