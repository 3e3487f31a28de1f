#include "profile/embedded/embedded.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "app/app.h"
#include "app/settled.h"
#include "auth/jwt.h"
#include "auth/password.h"
#include "auth/revocations.h"
#include "auth/secret.h"
#include "ballot/ballot.h"
#include "ballot/journal.h"
#include "ballot/journaled.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/lane.h"
#include "base/mem.h"
#include "hub/hub.h"
#include "index/feed.h"
#include "index/index.h"
#include "index/leaderboard.h"
#include "live/live.h"
#include "ops/scrape.h"
#include "profile/embedded/data_dir.h"
#include "profile/embedded/limits.h"
#include "profile/embedded/load.h"
#include "profile/embedded/watch.h"
#include "server/loops.h"
#include "store/sqlite.h"
#include "store/store.h"
#include "work/scheduler.h"
#include "work/store_lane.h"

enum {
    READS_WAITING = 65536,
    STORE_WAITING = 4096,
    REFRESH_MS = 2000,
    SEEN_BYTES = 64 << 20,
};

struct embedded {
    struct app app;
    struct data_dir dir;
    struct embedded_watch watch;
    struct acknowledged acknowledged;
    struct store *store;
    struct journal *journal;
    struct quota *quota;    /* until the ballot has it */
    uint64_t journal_bytes; /* at the start, for the progress */
    struct change_source source;
    struct lane *refresher; /* of the feed's orders */
};

/* ---- what the ballot asks for ---- */

struct load_job {
    struct store_job job; /* first */
    struct tally_load *load;
};

static int read_tally(struct store *s, struct store_job *job)
{
    struct tally_load *l = ((struct load_job *)job)->load;

    return s->ops->tally_load(s, l->poll, &l->tally);
}

/* On the read lane: the job has no home, its load has. */
static void tally_read(struct mail *m)
{
    struct load_job *j = (struct load_job *)m;

    j->load->rc = j->job.rc;
    mail_return(&j->load->mail);
    mem_free(j);
}

static int load_tally(void *user, struct tally_load *l)
{
    struct embedded *e = user;
    struct load_job *j = mem_zalloc(1, sizeof *j);
    int rc;

    j->job.work = read_tally;
    j->job.mail.on_home = tally_read;
    j->load = l;
    rc = read_lane_submit(e->app.reads, &j->job);
    if (rc != 0)
        mem_free(j);
    return rc;
}

static void synced(void *user)
{
    struct embedded *e = user;

    store_lane_wake(e->app.store);
}

static uint64_t acknowledged_position(void *user)
{
    struct embedded *e = user;

    return journal_synced(e->journal);
}

static uint64_t projected_position(void *user)
{
    struct embedded *e = user;

    return store_lane_position(e->app.store);
}

static void report_journal(void *user, int err)
{
    struct embedded *e = user;

    atomic_store(&e->watch.journal_failed, err != 0);
    if (err != 0)
        LOG(&e->app.log, LOG_ERROR, "journal_failed", LOG_STR("error", strerror(errno)),
            LOG_STR("effect", "votes are refused with 503, retrying"));
    else
        LOG(&e->app.log, LOG_INFO, "journal_works_again", LOG_STR("effect", "none"));
}

/* ---- what the store lane asks for ---- */

static int read_changes(void *user, uint64_t position, struct change *changes,
                        size_t max, size_t *ret_n, uint64_t *ret_next)
{
    struct embedded *e = user;

    return journal_read(e->journal, position, changes, max, ret_n, ret_next);
}

static void changes_projected(void *user, uint64_t position)
{
    struct embedded *e = user;

    index_trim(e->app.index, position);
    journal_release(e->journal, position);
}

static void report_store(void *user, int err, const char *text)
{
    struct embedded *e = user;

    if (err != 0)
        LOG(&e->app.log, LOG_ERROR, "store_failed", LOG_STR("error", text),
            LOG_STR("effect", "votes are kept in the journal, retrying"));
    else
        LOG(&e->app.log, LOG_INFO, "store_works_again", LOG_STR("effect", "none"));
}

static void report_progress(void *user, uint64_t done_bytes)
{
    struct embedded *e = user;

    LOG(&e->app.log, LOG_INFO, "recovering", LOG_INT("done_bytes", done_bytes),
        LOG_INT("journal_bytes", e->journal_bytes));
}

/* ---- what the scheduler asks for ---- */

static void touched(struct mail *m)
{
    mem_free(m); /* the op's first field is its mail */
}

static bool touch(void *user, uint32_t poll)
{
    struct embedded *e = user;
    struct ballot_op *op = mem_zalloc(1, sizeof *op);

    op->mail.on_home = touched;
    op->verb = BALLOT_TOUCH;
    op->poll = poll;
    if (ballot_submit(e->app.ballot, op) == 0)
        return true;
    mem_free(op);
    return false;
}

/* ---- what the index asks for ---- */

static void appoint(void *user, uint32_t poll, int64_t at_ms)
{
    struct embedded *e = user;

    scheduler_at(e->app.scheduler, poll, at_ms);
}

static void poll_changed(void *user, uint32_t poll)
{
    struct embedded *e = user;

    hub_publish(e->app.hub, poll);
}

/* ---- the orders of the feed ---- */

static void refresh_feed(struct mail *batch, void *user)
{
    struct embedded *e = user;

    (void)batch;
    feed_refresh(e->app.index->feed);
}

static int until_refresh(void *user)
{
    (void)user;
    return REFRESH_MS;
}

static int start_refreshing(struct embedded *e)
{
    struct lane_opts opts = {.name = "feed",
                             .nice = 10,
                             .run = refresh_feed,
                             .wake_in_ms = until_refresh,
                             .user = e};

    return lane_start(&opts, &e->refresher);
}

/* ---- start ---- */

static int open_data(struct embedded *e, char *errmsg, size_t size)
{
    struct sqlite_opts sqlite = {.path = e->dir.database};
    const struct config *config = e->app.config;
    struct journal_opts journal = {.dir = e->dir.journal,
                                   .segment_bytes = config->journal_segment_bytes,
                                   .max_bytes = config->journal_max_bytes};
    struct journal_found found;
    int rc = store_sqlite_open(&sqlite, &e->store, errmsg, size);

    if (rc == 0)
        rc = e->store->ops->position(e->store, &journal.first_position);
    if (rc == 0)
        rc = journal_open(&journal, &e->journal, &found, errmsg, size);
    if (rc != 0)
        return rc;
    e->journal_bytes = journal_synced(e->journal) - journal_start(e->journal);
    if (found.torn_bytes > 0)
        LOG(&e->app.log, LOG_WARN, "journal_torn_end",
            LOG_INT("wiped_bytes", found.torn_bytes));
    return 0;
}

static int start_store_lanes(struct embedded *e, char *errmsg, size_t size)
{
    struct store_lane_opts opts = {.store = e->store,
                                   .source = &e->source,
                                   .max_waiting = STORE_WAITING,
                                   .report = report_store,
                                   .user = e};
    struct read_lane_opts reads = {e->store, READS_WAITING, report_store, e};
    int rc;

    e->source = (struct change_source){read_changes, changes_projected, e};
    rc = store_lane_start(&opts, report_progress, &e->app.store);
    if (rc != 0)
        snprintf(errmsg, size, "the journal cannot be brought into the database: %s",
                 rc == ERR_CONFLICT ? "it does not hold what the database expects; run "
                                      "pollux verify"
                                    : e->store->ops->errmsg(e->store, STORE_WRITER));
    if (rc != 0)
        return rc;
    /* Also when there was nothing to project, or a full journal would stay full. */
    journal_release(e->journal, store_lane_position(e->app.store));
    rc = read_lane_start(&reads, &e->app.reads);
    return rc;
}

static int start_ballot(struct embedded *e)
{
    struct journaled_opts opts = {
        .journal = e->journal,
        .clock = e->app.clock,
        .quota = e->quota,
        .max_waiting = (size_t)e->app.config->ballot_queue,
        .load = load_tally,
        .events = index_events(e->app.index),
        .synced = synced,
        .projected = projected_position,
        .report = report_journal,
        .user = e,
    };
    int rc = journaled_start(&opts, &e->app.ballot);

    if (rc == 0)
        e->quota = NULL;
    return rc;
}

static int start_accounts(struct embedded *e, char *errmsg, size_t size)
{
    const struct config *config = e->app.config;
    struct password_opts passwords = {
        .n_lanes = (unsigned)config->accounts_hash_concurrency,
        .max_waiting = (size_t)config->accounts_hash_queue,
        .memory_bytes = config->accounts_hash_memory_bytes,
        .passes = PASSWORD_PASSES,
    };
    struct secret secret;
    int rc =
        secret_load(str_of(config->jwt_secret), e->dir.path, &secret, errmsg, size);

    if (rc != 0)
        return rc;
    if (config->jwt_secret[0] == '\0' && secret_is_short(&secret))
        LOG(&e->app.log, LOG_WARN, "short_secret",
            LOG_STR("reason", "jwt.secret in the data directory is shorter than 32 "
                              "bytes, so it can be guessed from a token"),
            LOG_STR("advice", "replace it: `openssl rand -hex 32` makes one"));
    rc = jwt_signer_new(secret_str(&secret), config->jwt_ttl_ms, &e->app.signer);
    secret_done(&secret);
    e->app.revocations = revocations_new(config->jwt_ttl_ms, REVOCATIONS_USERS);
    if (rc == 0)
        rc = passwords_start(&passwords, &e->app.passwords);
    return rc;
}

static void make_hub(struct embedded *e)
{
    const struct config *config = e->app.config;
    struct hub_opts hub = {.n_shards = loops_wanted(config),
                           .min_gap_ms = (uint32_t)config->live_min_gap_ms,
                           .budget_pct = 25,
                           .slice = 256,
                           .source = {live_encode, &e->app}};

    e->app.hub = hub_new(&hub);
}

static int start_clients(struct embedded *e, char *errmsg, size_t size)
{
    uint16_t port;
    char text[LOOPS_ERRMSG_BYTES] = "";
    int rc = loops_open(&e->app, &port, text);

    if (rc == 0)
        rc = data_dir_write_address(&e->dir, e->app.config->server_address, port, text,
                                    sizeof text);
    if (rc == 0)
        rc = loops_start(&e->app);
    if (rc != 0) {
        snprintf(errmsg, size, "%s", text);
        return rc;
    }
    LOG(&e->app.log, LOG_INFO, "listening", LOG_STR("address", e->dir.address),
        LOG_STR("version", POLLUX_VERSION), LOG_INT("loops", e->app.n_loops));
    return 0;
}

static int start_all(struct embedded *e, char *errmsg, size_t size)
{
    struct index_opts index = {SEEN_BYTES, appoint, poll_changed, e};
    struct scheduler_opts scheduler = {e->app.clock, touch, e};
    struct leaderboard_opts board;
    int rc;

    e->app.index = index_new(&index); /* the store lane trims it from its start on */
    rc = data_dir_open(e->app.config->data_dir, &e->dir, errmsg, size);

    if (rc == 0)
        rc = open_data(e, errmsg, size);
    if (rc == 0)
        rc = start_store_lanes(e, errmsg, size);
    if (rc == 0)
        rc = start_accounts(e, errmsg, size);
    if (rc == 0)
        rc = scheduler_start(&scheduler, &e->app.scheduler);
    if (rc == 0)
        rc = embedded_load(&e->app, e->store, &e->quota);
    make_hub(e);
    board = (struct leaderboard_opts){e->app.clock, e->app.index, e->app.hub};
    embedded_limits_make(&e->app);
    if (rc == 0)
        rc = start_refreshing(e);
    if (rc == 0)
        rc = leaderboard_start(&board, &e->app.leaderboard);
    if (rc == 0) {
        embedded_tidy(&e->app);
        rc = start_ballot(e);
    }
    embedded_watch_init(&e->watch, &e->app, e->journal, e->dir.path);
    if (rc == 0)
        rc = scrapes_start(&e->app, &e->app.scrapes);
    if (rc == 0)
        rc = start_clients(e, errmsg, size);
    if (rc != 0 && errmsg[0] == '\0')
        snprintf(errmsg, size, "%s", err_title(rc));
    return rc;
}

int embedded_start(const struct config *config, const struct log *log,
                   struct embedded **ret_e, char errmsg[EMBEDDED_ERRMSG_BYTES])
{
    struct embedded *e = mem_zalloc(1, sizeof *e);
    int rc;

    errmsg[0] = '\0';
    e->app.config = config;
    e->app.clock = &clock_system;
    e->acknowledged = (struct acknowledged){acknowledged_position, e};
    e->app.acknowledged = &e->acknowledged;
    e->app.log = *log;
    rc = start_all(e, errmsg, EMBEDDED_ERRMSG_BYTES);
    if (rc == 0)
        *ret_e = e; /* a start that failed ends the process: nothing is undone */
    return rc;
}

void embedded_stop(struct embedded *e)
{
    struct app *app = &e->app;
    enum loops_end end;

    loops_drain(app);
    end = loops_join(app);
    app->scrapes = scrapes_stop(app->scrapes);
    data_dir_remove_address(&e->dir);
    app->scheduler = scheduler_stop(app->scheduler);
    e->refresher = lane_stop(e->refresher);
    leaderboard_stop(app->leaderboard);
    app->passwords = passwords_stop(app->passwords);
    app->ballot = ballot_stop(app->ballot);
    app->reads = read_lane_stop(app->reads);
    app->store = store_lane_stop(app->store);
    e->journal = journal_close(e->journal);
    e->store = e->store->ops->free(e->store);
    if (end == LOOPS_ALL_ANSWERED)
        LOG(&app->log, LOG_INFO, "stopped", LOG_STR("clients", "all answered"));
    else
        LOG(&app->log, LOG_WARN, "stopped", LOG_STR("clients", "some were cut off"));
    if (end == LOOPS_CALLS_LEFT)
        _exit(0); /* nothing durable is at stake any more, and calls are still held */
    loops_free(app);
    hub_free(app->hub);
    leaderboard_free(app->leaderboard);
    embedded_limits_free(app);
    index_free(app->index);
    jwt_signer_free(app->signer);
    revocations_free(app->revocations);
    data_dir_done(&e->dir);
    mem_free(e);
}
