#include "profile/cluster/cluster_redis.h"

#include <sodium.h>
#include <stdio.h>

#include "app/app.h"
#include "base/err.h"
#include "config/config.h"
#include "limit/memory.h"
#include "limit/redis.h"
#include "server/profile.h"

enum { LIMIT_WAITING = 16384 };

static void report_limits(void *user, int err, const char *text)
{
    struct cluster_redis *r = user;

    if (err != 0)
        LOG(&r->app->log, LOG_ERROR, "redis_failed", LOG_STR("error", text),
            LOG_STR("effect", "each process limits requests by itself, retrying"));
    else
        LOG(&r->app->log, LOG_INFO, "redis_works_again", LOG_STR("effect", "none"));
}

static bool is_configured(const struct config *config)
{
    return config->redis_url[0] != '\0' || config->redis_sentinels[0] != '\0';
}

static int start_limits(struct cluster_redis *r, uint64_t seed)
{
    const struct config *config = r->app->config;
    struct limit_redis_opts opts = {
        .redis = {.url = config->redis_url,
                  .sentinels = config->redis_sentinels,
                  .master = config->redis_master,
                  .timeout_ms = (int)config->redis_timeout_ms,
                  .seed = seed},
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
    if (!is_configured(config))
        return 0;
    rc = redis_check(config->redis_url, config->redis_sentinels, why, sizeof why);
    if (rc != 0) {
        snprintf(errmsg, size, "redis.url or redis.sentinels: %s", why);
        return rc;
    }
    return start_limits(r, seed);
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

void cluster_redis_close(struct cluster_redis *r)
{
    r->limits = limit_redis_stop(r->limits);
}
