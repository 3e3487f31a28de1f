#include "profile/embedded/limits.h"

#include <sodium.h>

#include "app/app.h"
#include "auth/login_guard.h"
#include "config/config.h"
#include "limit/limit.h"
#include "limit/memory.h"
#include "server/rate_limit.h"

enum {
    USERS_BYTES = 64 << 20,     /* some 500,000 users who ask now and then */
    ADDRESSES_BYTES = 32 << 20, /* of each kind */
    LOGINS_BYTES = 8 << 20,     /* some 50,000 of each kind */
};

static struct limiter *make_limit(uint32_t max, uint32_t window_ms, size_t max_bytes)
{
    struct limit_memory_opts opts = {
        .max = max, .window_ms = window_ms, .max_bytes = max_bytes};

    if (max == 0)
        return NULL;
    randombytes_buf(&opts.seed, sizeof opts.seed);
    return limit_memory_new(&opts);
}

static struct limiter *make_login_limit(uint32_t max, uint32_t window_ms)
{
    return make_limit(max, window_ms, LOGINS_BYTES);
}

static void limit_address(struct app *app, enum rate rate, int max, uint32_t window_ms)
{
    app->rates[rate] = make_limit((uint32_t)max, window_ms, ADDRESSES_BYTES);
}

static void limit_addresses(struct app *app)
{
    const struct config *c = app->config;

    limit_address(app, RATE_ADDRESS, c->limits_burst_per_second, RATE_LIMIT_SECOND_MS);
    limit_address(app, RATE_READ, c->limits_poll_reads_per_second,
                  RATE_LIMIT_SECOND_MS);
    limit_address(app, RATE_JOIN, c->limits_guests_per_minute, RATE_LIMIT_MINUTE_MS);
    limit_address(app, RATE_REGISTER, c->limits_registrations_per_minute,
                  RATE_LIMIT_MINUTE_MS);
}

void embedded_limits_make(struct app *app)
{
    const struct config *config = app->config;

    app->rates[RATE_USER] = make_limit((uint32_t)config->limits_requests_per_minute,
                                       RATE_LIMIT_MINUTE_MS, USERS_BYTES);
    if (config->limits_burst_per_second != 0)
        limit_addresses(app);
    app->logins = login_guard_new((uint32_t)config->limits_login_failures,
                                  (uint32_t)config->limits_login_failures_per_address,
                                  make_login_limit);
}

void embedded_limits_free(struct app *app)
{
    app->logins = login_guard_free(app->logins);
    for (int i = 0; i < RATE__KINDS; i++)
        app->rates[i] = limit_free(app->rates[i]);
}
