#include "profile/cluster/patience.h"

#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <time.h>

#include "app/app.h"
#include "base/clock.h"
#include "base/err.h"
#include "config/config.h"
#include "link/pg.h"
#include "store/postgres.h"

enum { AGAIN_MS = 250 };

/* Somebody wants the server to end before it has begun. */
static bool is_told_to_end(void)
{
    sigset_t pending;

    return sigpending(&pending) == 0 &&
           (sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1);
}

static void pause_ms(int ms)
{
    const struct timespec t = {.tv_nsec = ms * 1000000L};

    nanosleep(&t, NULL);
}

struct patience {
    const struct postgres_opts *opts;
    const struct app *app;
    uint64_t until_ms; /* monotonic */
    bool has_said, was_there;
};

/* Is it worth another try? Who lets us in, and fails all the same, gets one more. */
static bool may_come(struct patience *p)
{
    enum pg_reach reach;

    if (clock_mono_ms() >= p->until_ms || is_told_to_end())
        return false;
    reach = pg_reach(p->opts->dsn);
    if (reach == PG_REFUSES || (reach == PG_THERE && p->was_there))
        return false;
    p->was_there = reach == PG_THERE;
    return true;
}

static void say(struct patience *p, const char *errmsg)
{
    int64_t wait_ms = p->app->config->postgres_start_wait_ms;

    if (!p->has_said)
        LOG(&p->app->log, LOG_WARN, "postgres_awaited", LOG_STR("error", errmsg),
            LOG_INT("for_s", wait_ms / 1000),
            LOG_STR("effect", "the server starts when PostgreSQL is there"));
    p->has_said = true;
}

int patient_open(const struct postgres_opts *opts, const struct app *app,
                 struct store **ret_store, char *errmsg, size_t size)
{
    uint64_t wait_ms = (uint64_t)app->config->postgres_start_wait_ms;
    struct patience p = {opts, app, clock_mono_ms() + wait_ms, false, false};
    int rc = store_postgres_open(opts, ret_store, errmsg, size);

    while (rc == ERR_UNAVAILABLE && may_come(&p)) {
        say(&p, errmsg);
        pause_ms(AGAIN_MS);
        rc = store_postgres_open(opts, ret_store, errmsg, size);
    }
    return rc;
}
