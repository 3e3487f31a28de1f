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

enum { AGAIN_MS = 250, LET_IN_MAX = 10 };

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
    int let_in;        /* so often in succession */
    bool has_said;
};

/* Is it worth another try? A busy machine may let us in and be too slow for a limit all
 * the same; what is wrong for good is not worth so many tries. */
static bool may_come(struct patience *p)
{
    enum pg_reach reach;

    if (clock_mono_ms() >= p->until_ms || is_told_to_end())
        return false;
    reach = pg_reach(p->opts->dsn);
    p->let_in = reach == PG_THERE ? p->let_in + 1 : 0;
    return reach != PG_REFUSES && p->let_in < LET_IN_MAX;
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
    struct patience p = {opts, app, clock_mono_ms() + wait_ms, 0, false};
    int rc = store_postgres_open(opts, ret_store, errmsg, size);

    while (rc == ERR_UNAVAILABLE && may_come(&p)) {
        say(&p, errmsg);
        pause_ms(AGAIN_MS);
        rc = store_postgres_open(opts, ret_store, errmsg, size);
    }
    return rc;
}
