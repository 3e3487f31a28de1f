#include "server/server.h"

#include <stdio.h>
#include <unistd.h>

#include "app/app.h"
#include "auth/jwt.h"
#include "auth/password.h"
#include "auth/revocations.h"
#include "auth/secret.h"
#include "ballot/ballot.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/lane.h"
#include "base/mem.h"
#include "config/config.h"
#include "hub/hub.h"
#include "index/feed.h"
#include "index/index.h"
#include "index/leaderboard.h"
#include "live/live.h"
#include "net/listen.h"
#include "ops/scrape.h"
#include "picture/pictures.h"
#include "server/limits.h"
#include "server/load.h"
#include "server/loops.h"
#include "server/profile.h"
#include "work/follow.h"
#include "work/scheduler.h"
#include "work/store_lane.h"

enum {
    REFRESH_MS = 2000,
    SEEN_BYTES = 64 << 20,
};

struct server {
    struct app app;
    struct profile *profile;
    struct store *store; /* owned by the profile */
    struct scheduler *scheduler;
    struct lane *refresher; /* refreshes the feed's orders */
    char *errmsg;           /* SERVER_ERRMSG_BYTES; only during the start */
};

/* ---- for the scheduler and the index ---- */

static void touched(struct mail *m)
{
    mem_free(m); /* the op's first field is its mail */
}

static bool touch(void *user, uint32_t poll)
{
    struct server *s = user;
    struct ballot_op *op = mem_zalloc(1, sizeof *op);

    op->mail.on_home = touched;
    op->verb = BALLOT_TOUCH;
    op->poll = poll;
    if (ballot_submit(s->app.ballot, op) == 0)
        return true;
    mem_free(op);
    return false;
}

static void appoint(void *user, uint32_t poll, int64_t at_ms)
{
    struct server *s = user;

    scheduler_at(s->scheduler, poll, at_ms);
}

static void poll_changed(void *user, uint32_t poll)
{
    struct server *s = user;

    hub_publish(s->app.hub, poll);
}

/* ---- start: each step needs those before it ---- */

typedef int start_step(struct server *s);

/* The feed starts before the store lane, which trims the index. */
static int make_index(struct server *s)
{
    struct index_opts index = {SEEN_BYTES, appoint, poll_changed, s};
    struct scheduler_opts scheduler = {s->app.clock, touch, s};

    s->app.index = index_new(&index);
    s->scheduler = scheduler_new(&scheduler);
    return 0;
}

static int open_stores(struct server *s)
{
    struct profile_stores stores;
    int rc = s->profile->ops->open(s->profile, &s->app, &stores, s->errmsg,
                                   SERVER_ERRMSG_BYTES);
    if (rc != 0)
        return rc;
    s->store = stores.store;
    s->app.store = stores.writer;
    s->app.reads = stores.reads;
    s->app.first_version = stores.first_version;
    return 0;
}

static int start_accounts(struct server *s)
{
    const struct config *config = s->app.config;
    struct password_opts passwords = {
        .n_lanes = (unsigned)config->accounts_hash_concurrency,
        .max_waiting = (size_t)config->accounts_hash_queue,
        .memory_bytes = config->accounts_hash_memory_bytes,
        .passes = PASSWORD_PASSES,
    };
    struct jwt_lifetimes lifetimes = config_lifetimes(config);
    struct secret secret;
    int rc =
        s->profile->ops->secret(s->profile, &secret, s->errmsg, SERVER_ERRMSG_BYTES);

    if (rc != 0)
        return rc;
    rc = jwt_signer_new(secret_str(&secret), &lifetimes, &s->app.signer);
    secret_done(&secret);
    s->app.revocations = revocations_new();
    if (rc == 0)
        rc = passwords_start(&passwords, &s->app.passwords);
    return rc;
}

static int load(struct server *s)
{
    return s->profile->ops->load(s->profile, &s->app, s->errmsg, SERVER_ERRMSG_BYTES);
}

static int make_hub(struct server *s)
{
    const struct config *config = s->app.config;
    struct hub_opts hub = {.n_shards = loops_wanted(config),
                           .min_gap_ms = (uint32_t)config->live_min_gap_ms,
                           .budget_pct = 25,
                           .slice = 256,
                           .source = {live_encode, &s->app}};

    s->app.hub = hub_new(&hub);
    s->app.watchers = &live_news;
    return 0;
}

static int make_limits(struct server *s)
{
    server_limits_make(&s->app, s->profile);
    return 0;
}

static void refresh_feed(struct mail *batch, void *user)
{
    struct server *s = user;

    (void)batch;
    feed_refresh(s->app.index->feed);
}

static int until_refresh(void *user)
{
    (void)user;
    return REFRESH_MS;
}

static int start_refreshing(struct server *s)
{
    struct lane_opts opts = {.name = "feed",
                             .nice = 10,
                             .run = refresh_feed,
                             .wake_in_ms = until_refresh,
                             .user = s};

    return lane_start(&opts, &s->refresher);
}

static int start_leaderboard(struct server *s)
{
    struct leaderboard_opts opts = {s->app.clock, s->app.index, s->app.hub};

    return leaderboard_start(&opts, &s->app.leaderboard);
}

static int start_pictures(struct server *s)
{
    return pictures_start(PICTURES_WAITING, &s->app.pictures);
}

static int start_ballot(struct server *s)
{
    struct ballot_events events = index_events(s->app.index);

    server_tidy(&s->app);
    return s->profile->ops->start_ballot(s->profile, &events, &s->app.ballot, s->errmsg,
                                         SERVER_ERRMSG_BYTES);
}

static int start_follow(struct server *s)
{
    if (s->profile->ops->start_follow == NULL)
        return 0;
    return s->profile->ops->start_follow(s->profile, &s->app, &s->app.follow);
}

/* Only now: the scheduler touches polls through the ballot. */
static int start_scheduler(struct server *s)
{
    return scheduler_start(s->scheduler);
}

static int start_scrapes(struct server *s)
{
    return scrapes_start(&s->app, &s->profile->metrics, &s->app.scrapes);
}

/* The loops' sockets are open: announce the address, then serve. */
static int serve(struct server *s, uint16_t port)
{
    struct buf address = {0};
    int rc;

    listen_address(&address, s->app.config->server_address, port);
    buf_char(&address, '\0');
    rc = s->profile->ops->announce(s->profile, address.data, s->errmsg,
                                   SERVER_ERRMSG_BYTES);
    if (rc == 0)
        rc = loops_start(&s->app);
    if (rc == 0)
        LOG(&s->app.log, LOG_INFO, "listening", LOG_STR("address", address.data),
            LOG_STR("version", POLLUX_VERSION), LOG_INT("loops", s->app.n_loops));
    buf_done(&address);
    return rc;
}

static int start_clients(struct server *s)
{
    char text[LOOPS_ERRMSG_BYTES] = "";
    uint16_t port;
    int rc = loops_open(&s->app, &port, text);

    if (rc == 0)
        return serve(s, port);
    snprintf(s->errmsg, SERVER_ERRMSG_BYTES, "%s", text);
    return rc;
}

static start_step *const steps[] = {
    make_index,   open_stores,      start_accounts,    load,           make_hub,
    make_limits,  start_refreshing, start_leaderboard, start_pictures, start_ballot,
    start_follow, start_scheduler,  start_scrapes,     start_clients,
};

int server_start(struct profile *profile, const struct config *config,
                 const struct log *log, struct server **ret_server,
                 char errmsg[SERVER_ERRMSG_BYTES])
{
    struct server *s = mem_zalloc(1, sizeof *s);
    int rc = 0;

    errmsg[0] = '\0';
    s->errmsg = errmsg;
    s->profile = profile;
    s->app.config = config;
    s->app.clock = &clock_system;
    s->app.log = *log;
    s->app.ready = &profile->ready;
    for (size_t i = 0; rc == 0 && i < sizeof steps / sizeof *steps; i++)
        rc = steps[i](s);
    s->errmsg = NULL;
    if (rc == 0)
        *ret_server = s;
    else if (errmsg[0] == '\0')
        snprintf(errmsg, SERVER_ERRMSG_BYTES, "%s", err_title(rc));
    return rc;
}

/* ---- end ---- */

/* A lane answers what it was asked before it ends, so those that ask end first. While
 * ending, ballot and store still make appointments and tell the hub, which both live to
 * the end. */
static void stop_lanes(struct server *s)
{
    struct app *app = &s->app;

    app->scrapes = scrapes_stop(app->scrapes);
    s->profile->ops->retract(s->profile);
    scheduler_stop(s->scheduler);
    s->refresher = lane_stop(s->refresher);
    leaderboard_stop(app->leaderboard);
    app->passwords = passwords_stop(app->passwords);
    app->pictures = pictures_stop(app->pictures);
    app->follow = follow_stop(app->follow);
    app->ballot = ballot_stop(app->ballot);
    app->reads = read_lane_stop(app->reads);
    app->store = store_lane_stop(app->store);
}

static void free_rest(struct server *s)
{
    struct app *app = &s->app;

    loops_free(app);
    hub_free(app->hub);
    leaderboard_free(app->leaderboard);
    scheduler_free(s->scheduler);
    index_free(app->index);
    jwt_signer_free(app->signer);
    revocations_free(app->revocations);
    mem_free(s);
}

void server_stop(struct server *s)
{
    struct log log = s->app.log;
    enum loops_end end;

    loops_drain(&s->app);
    end = loops_join(&s->app);
    stop_lanes(s);
    server_limits_free(&s->app);
    s->profile->ops->close(s->profile);
    if (end == LOOPS_ALL_ANSWERED)
        LOG(&log, LOG_INFO, "stopped", LOG_STR("clients", "all answered"));
    else
        LOG(&log, LOG_WARN, "stopped", LOG_STR("clients", "some were cut off"));
    if (end == LOOPS_CALLS_LEFT)
        _exit(0); /* lanes still hold calls, and everything durable is safe */
    free_rest(s);
}
