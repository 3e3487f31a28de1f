#include "profile/cluster/cluster_redis.h"

#include <sodium.h>
#include <stdio.h>

#include "app/app.h"
#include "base/err.h"
#include "bus/redis.h"
#include "config/config.h"
#include "limit/memory.h"
#include "limit/redis.h"
#include "server/profile.h"
#include "work/follow.h"

enum {
    LIMIT_WAITING = 16384,
    BUS_TIMEOUT_MS = 1000, /* nobody waits for it */
};

static bool is_configured(const struct config *config)
{
    return config->redis_url[0] != '\0' || config->redis_sentinels[0] != '\0';
}

static struct redis_opts connection(const struct cluster_redis *r, int timeout_ms)
{
    const struct config *config = r->app->config;

    return (struct redis_opts){.url = config->redis_url,
                               .sentinels = config->redis_sentinels,
                               .master = config->redis_master,
                               .timeout_ms = timeout_ms,
                               .seed = r->seed};
}

/* ---- limits ---- */

static void report_limits(void *user, int err, const char *text)
{
    struct cluster_redis *r = user;

    if (err != 0)
        LOG(&r->app->log, LOG_ERROR, "redis_failed", LOG_STR("error", text),
            LOG_STR("effect", "each process limits requests by itself, retrying"));
    else
        LOG(&r->app->log, LOG_INFO, "redis_works_again", LOG_STR("effect", "none"));
}

static int start_limits(struct cluster_redis *r)
{
    int timeout_ms = (int)r->app->config->redis_timeout_ms;
    struct limit_redis_opts opts = {.redis = connection(r, timeout_ms),
                                    .max_waiting = LIMIT_WAITING,
                                    .report = report_limits,
                                    .user = r};

    return limit_redis_start(&opts, &r->limits);
}

int cluster_redis_open(struct cluster_redis *r, const struct app *app, uint64_t seed,
                       char *errmsg, size_t size)
{
    const struct config *config = app->config;
    char why[128];
    int rc;

    r->app = app;
    r->seed = seed;
    if (!is_configured(config))
        return 0;
    rc = redis_check(config->redis_url, config->redis_sentinels, why, sizeof why);
    if (rc != 0) {
        snprintf(errmsg, size, "redis.url or redis.sentinels: %s", why);
        return rc;
    }
    return start_limits(r);
}

static struct limiter *limiter_here(const struct profile_limit *limit)
{
    struct limit_memory_opts opts = {.max = limit->max,
                                     .window_ms = limit->window_ms,
                                     .max_bytes = limit->max_bytes};

    randombytes_buf(&opts.seed, sizeof opts.seed);
    return limit_memory_new(&opts);
}

struct limiter *cluster_redis_limiter(struct cluster_redis *r,
                                      const struct profile_limit *limit)
{
    const struct limit_redis_name name = {limit->whose, limit->what};
    struct limiter *own = limiter_here(limit);

    if (r->limits == NULL || limit->whose == NULL)
        return own;
    return limit_redis_new(r->limits, &name, own);
}

/* ---- wake-ups ---- */

static void report_bus(void *user, int err, const char *text)
{
    struct cluster_redis *r = user;

    if (err != 0)
        LOG(&r->app->log, LOG_ERROR, "bus_failed", LOG_STR("error", text),
            LOG_STR("effect", "watchers hear of other processes' votes a little later, "
                              "retrying"));
    else
        LOG(&r->app->log, LOG_INFO, "bus_works_again", LOG_STR("effect", "none"));
}

static void heard(void *user)
{
    follow_wake(((struct cluster_redis *)user)->follow);
}

int cluster_redis_start_bus(struct cluster_redis *r, struct follow *follow)
{
    struct bus_redis_opts opts = {.redis = connection(r, BUS_TIMEOUT_MS),
                                  .origin = r->seed,
                                  .heard = heard,
                                  .report = report_bus,
                                  .user = r};
    struct bus *bus = NULL;
    int rc;

    r->follow = follow;
    rc = is_configured(r->app->config) ? bus_redis_start(&opts, &bus) : 0;
    r->bus = bus;
    return rc;
}

void cluster_redis_wake(struct cluster_redis *r)
{
    bus_wake(r->bus);
}

void cluster_redis_hush(struct cluster_redis *r)
{
    bus_hush(r->bus);
}

/* ---- what is told of it ---- */

const char *cluster_redis_check(const struct cluster_redis *r)
{
    if (r->limits == NULL)
        return NULL;
    if (!limit_redis_works(r->limits))
        return "it does not answer in time: each process limits requests by itself";
    return bus_figures(r->bus).hears
               ? NULL
               : "wake-ups are not heard: live results come a little later";
}

static void write_up(struct scrape *s, void *user)
{
    const struct cluster_redis *r = user;

    if (r->limits != NULL) {
        scrape_count(s, "use=\"limits\"", limit_redis_works(r->limits));
        scrape_count(s, "use=\"wakeups\"", bus_figures(r->bus).hears);
    }
}

static void write_alone(struct scrape *s, void *user)
{
    const struct cluster_redis *r = user;

    if (r->limits != NULL)
        scrape_count(s, "", limit_redis_own(r->limits));
}

static void write_wakeups(struct scrape *s, void *user)
{
    const struct cluster_redis *r = user;

    if (r->bus != NULL) {
        scrape_count(s, "direction=\"sent\"", bus_figures(r->bus).sent);
        scrape_count(s, "direction=\"heard\"", bus_figures(r->bus).heard);
    }
}

static const struct own_metric metrics[] = {
#define X(type, name, write, help) {#type, name, write, help},
    METRIC_TABLE_REDIS(X)
#undef X
};

struct own_metrics cluster_redis_metrics(struct cluster_redis *r)
{
    return (struct own_metrics){metrics, sizeof metrics / sizeof *metrics, r};
}

/* ---- the end ---- */

void cluster_redis_close(struct cluster_redis *r)
{
    r->bus = bus_stop(r->bus);
    r->limits = limit_redis_stop(r->limits);
}
