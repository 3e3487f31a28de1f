#include "profile/embedded/limits.h"

#include <sodium.h>

#include "app/app.h"
#include "auth/login_guard.h"
#include "config/config.h"
#include "limit/limit.h"
#include "limit/memory.h"
#include "server/rate_limit.h"

enum {
    USERS_BYTES = 64 << 20, /* some 500,000 users who ask now and then */
    ADDRESSES_BYTES = 32 << 20,
    LOGINS_BYTES = 8 << 20, /* some 50,000 of each kind */
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

void embedded_limits_make(struct app *app)
{
    const struct config *config = app->config;

    app->user_limit = make_limit((uint32_t)config->limits_requests_per_minute,
                                 RATE_LIMIT_USER_MS, USERS_BYTES);
    app->address_limit = make_limit((uint32_t)config->limits_burst_per_second,
                                    RATE_LIMIT_ADDRESS_MS, ADDRESSES_BYTES);
    app->logins = login_guard_new((uint32_t)config->limits_login_failures,
                                  (uint32_t)config->limits_login_failures_per_address,
                                  make_login_limit);
}

void embedded_limits_free(struct app *app)
{
    app->logins = login_guard_free(app->logins);
    app->user_limit = limit_free(app->user_limit);
    app->address_limit = limit_free(app->address_limit);
}
