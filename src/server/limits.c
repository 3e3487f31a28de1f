#include "server/limits.h"

#include <string.h>

#include "app/app.h"
#include "auth/login_guard.h"
#include "base/mem.h"
#include "config/config.h"
#include "limit/limit.h"
#include "server/profile.h"
#include "server/rate_limit.h"

enum {
    USERS_BYTES = 64 << 20,     /* some 500,000 occasional users */
    ADDRESSES_BYTES = 32 << 20, /* per kind of limit */
    LOGINS_BYTES = 8 << 20,     /* some 50,000 entries per kind */
};

static struct limiter *make(struct profile *p, const char *whose, const char *what,
                            int max, uint32_t window_ms)
{
    bool is_user = strcmp(whose, "user") == 0;
    struct profile_limit limit = {whose, what, (uint32_t)max, window_ms,
                                  is_user ? USERS_BYTES : ADDRESSES_BYTES};

    return max != 0 ? p->ops->limiter(p, &limit) : NULL;
}

static void limit_addresses(struct rate_limits *rates, const struct config *c,
                            struct profile *p)
{
    struct limiter **of = rates->of;

    of[RATE_ADDRESS] =
        make(p, "address", "api", c->limits_burst_per_second, RATE_LIMIT_SECOND_MS);
    of[RATE_READ] = make(p, "address", "read", c->limits_poll_reads_per_second,
                         RATE_LIMIT_SECOND_MS);
    of[RATE_JOIN] =
        make(p, "address", "join", c->limits_guests_per_minute, RATE_LIMIT_MINUTE_MS);
    of[RATE_REGISTER] = make(p, "address", "register",
                             c->limits_registrations_per_minute, RATE_LIMIT_MINUTE_MS);
}

/* The guard asks while it works, so its limiters have to say at once. */
static struct limiter *for_logins(void *user, uint32_t max, uint32_t window_ms)
{
    struct profile *p = user;

    return p->ops->limiter(
        p, &(struct profile_limit){NULL, NULL, max, window_ms, LOGINS_BYTES});
}

void server_limits_make(struct app *app, struct profile *profile)
{
    const struct config *config = app->config;
    struct rate_limits *rates = mem_zalloc(1, sizeof *rates);

    rates->of[RATE_USER] =
        make(profile, "user", "api", config->limits_requests_per_minute,
             RATE_LIMIT_MINUTE_MS);
    if (config->limits_burst_per_second != 0)
        limit_addresses(rates, config, profile);
    app->rates = rates;
    app->logins = login_guard_new((uint32_t)config->limits_login_failures,
                                  (uint32_t)config->limits_login_failures_per_address,
                                  for_logins, profile);
}

void server_limits_free(struct app *app)
{
    app->logins = login_guard_free(app->logins);
    for (int i = 0; i < RATE__KINDS; i++)
        limit_free(app->rates->of[i]);
    mem_free(app->rates);
    app->rates = NULL;
}
