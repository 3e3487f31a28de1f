/* embedded.c — the backends of one machine: SQLite, the journal, limiters in memory. */
#include "profile/embedded/embedded.h"

#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <string.h>

#include "app/app.h"
#include "auth/secret.h"
#include "ballot/ballot.h"
#include "ballot/journal.h"
#include "ballot/journaled.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "config/config.h"
#include "core/quota.h"
#include "index/index.h"
#include "limit/memory.h"
#include "profile/embedded/data_dir.h"
#include "profile/embedded/identity.h"
#include "profile/embedded/watch.h"
#include "server/load.h"
#include "server/profile.h"
#include "store/sqlite.h"
#include "store/store.h"
#include "work/store_lane.h"

enum {
    READS_WAITING = 65536,
    STORE_WAITING = 4096,
};

struct embedded {
    struct profile base; /* first */
    const struct app *app;
    struct data_dir dir;
    struct identity_found identity;
    struct embedded_watch watch;
    struct store *store;
    struct store_lane *writer;
    struct read_lane *reads;
    struct journal *journal;
    uint64_t journal_bytes; /* at the start, to show progress */
    struct change_source source;
};

/* ---- for the ballot ---- */

struct load_job {
    struct store_job job; /* first */
    struct tally_load *load;
};

static int read_tally(struct store *s, struct store_job *job)
{
    struct tally_load *l = ((struct load_job *)job)->load;

    return s->ops->tally_load(s, l->poll, &l->tally);
}

/* On the read lane: the job has no home, but its load has one. */
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
    rc = read_lane_submit(e->reads, &j->job);
    if (rc != 0)
        mem_free(j);
    return rc;
}

static void synced(void *user)
{
    struct embedded *e = user;

    store_lane_wake(e->writer);
}

static uint64_t projected_position(void *user)
{
    struct embedded *e = user;

    return store_lane_position(e->writer);
}

static void report_journal(void *user, int err)
{
    struct embedded *e = user;

    atomic_store(&e->watch.journal_failed, err != 0);
    if (err != 0)
        LOG(&e->app->log, LOG_ERROR, "journal_failed",
            LOG_STR("error", strerror(errno)),
            LOG_STR("effect", "votes are refused with 503, retrying"));
    else
        LOG(&e->app->log, LOG_INFO, "journal_works_again", LOG_STR("effect", "none"));
}

/* ---- for the store lane ---- */

static int read_changes(void *user, uint64_t position, struct change *changes,
                        size_t max, size_t *ret_n, uint64_t *ret_next)
{
    struct embedded *e = user;

    return journal_read(e->journal, position, changes, max, ret_n, ret_next);
}

static void changes_projected(void *user, uint64_t position)
{
    struct embedded *e = user;

    index_trim(e->app->index, position);
    journal_release(e->journal, position);
}

static void report_store(void *user, int err, const char *text)
{
    struct embedded *e = user;

    if (err != 0)
        LOG(&e->app->log, LOG_ERROR, "store_failed", LOG_STR("error", text),
            LOG_STR("effect", "votes are kept in the journal, retrying"));
    else
        LOG(&e->app->log, LOG_INFO, "store_works_again", LOG_STR("effect", "none"));
}

static void report_progress(void *user, uint64_t done_bytes)
{
    struct embedded *e = user;

    LOG(&e->app->log, LOG_INFO, "recovering", LOG_INT("done_bytes", done_bytes),
        LOG_INT("journal_bytes", e->journal_bytes));
}

/* ---- the store ---- */

/* Runs on the store lane, which starts only after the journal is open. */
static void database_committed(void *user, uint64_t commits, uint64_t in_file)
{
    struct embedded *e = user;

    journal_database_reached(e->journal, commits, in_file);
}

static int open_data(struct embedded *e, char *errmsg, size_t size)
{
    struct sqlite_opts sqlite = {
        .path = e->dir.database, .committed = database_committed, .user = e};
    const struct config *config = e->app->config;
    struct journal_opts journal = {.dir = e->dir.journal,
                                   .segment_bytes = config->journal_segment_bytes,
                                   .max_bytes = config->journal_max_bytes};
    struct journal_found found;
    int rc = identity_check(&e->dir, &e->identity, errmsg, size);

    sqlite.in_file = e->identity.in_file;
    if (rc == 0)
        rc = store_sqlite_open(&sqlite, &e->store, errmsg, size);
    if (rc == 0)
        rc = identity_expect(&e->dir, &e->identity, &journal, errmsg, size);
    if (rc == 0)
        rc = journal_open(&journal, &e->journal, &found, errmsg, size);
    if (rc == 0)
        rc = identity_check_polls(e->journal, &e->identity.set, errmsg, size);
    if (rc == 0)
        rc = identity_adopt_journal(&e->dir, &e->identity, e->journal, errmsg, size);
    if (rc != 0)
        return rc;
    e->journal_bytes = journal_synced(e->journal) - journal_start(e->journal);
    if (found.torn_bytes > 0)
        LOG(&e->app->log, LOG_WARN, "journal_torn_end",
            LOG_INT("wiped_bytes", found.torn_bytes));
    return 0;
}

static int start_lanes(struct embedded *e, char *errmsg, size_t size)
{
    struct store_lane_opts opts = {.store = e->store,
                                   .source = &e->source,
                                   .max_waiting = STORE_WAITING,
                                   .report = report_store,
                                   .user = e};
    struct read_lane_opts reads = {e->store, READS_WAITING, report_store, e};
    int rc;

    e->source = (struct change_source){read_changes, changes_projected, e};
    rc = store_lane_start(&opts, report_progress, &e->writer);
    if (rc != 0)
        snprintf(errmsg, size, "the journal cannot be brought into the database: %s",
                 rc == ERR_CONFLICT ? "it does not hold what the database expects; run "
                                      "pollux verify"
                                    : e->store->ops->errmsg(e->store, STORE_WRITER));
    if (rc != 0)
        return rc;
    /* Do this even if there was nothing to project, or a full journal would stay
     * full. */
    journal_release(e->journal, store_lane_position(e->writer));
    return read_lane_start(&reads, &e->reads);
}

static int embedded_open(struct profile *p, const struct app *app,
                         struct profile_stores *ret_stores, char *errmsg, size_t size)
{
    struct embedded *e = (struct embedded *)p;
    int rc = data_dir_open(app->config->data_dir, &e->dir, errmsg, size);

    e->app = app;
    if (rc == 0)
        rc = open_data(e, errmsg, size);
    if (rc == 0)
        rc = start_lanes(e, errmsg, size);
    if (rc != 0)
        return rc;
    e->watch.lane = e->writer;
    e->watch.journal = e->journal;
    e->watch.journal_max_bytes = (uint64_t)app->config->journal_max_bytes;
    e->watch.dir = e->dir.path;
    *ret_stores = (struct profile_stores){e->store, e->writer, e->reads,
                                          e->identity.set.first_version};
    return 0;
}

/* ---- secret, limiters, ballot ---- */

static int embedded_secret(struct profile *p, struct secret *ret_secret, char *errmsg,
                           size_t size)
{
    struct embedded *e = (struct embedded *)p;
    const char *configured = e->app->config->jwt_secret;
    int rc = secret_load(str_of(configured), e->dir.path, e->identity.set.id,
                         ret_secret, errmsg, size);

    if (rc == 0 && configured[0] == '\0')
        rc = identity_check_secret(ret_secret, &e->identity.set, errmsg, size);
    if (rc == 0 && configured[0] == '\0' && secret_is_short(ret_secret))
        LOG(&e->app->log, LOG_WARN, "short_secret",
            LOG_STR("reason", "jwt.secret in the data directory is shorter than 32 "
                              "bytes, so it can be guessed from a token"),
            LOG_STR("advice", "replace it: `openssl rand -hex 32` makes one"));
    return rc;
}

static int embedded_load(struct profile *p, struct app *app, char *errmsg, size_t size)
{
    (void)errmsg;
    (void)size;
    return server_load(app, ((struct embedded *)p)->store);
}

static struct limiter *embedded_limiter(struct profile *p,
                                        const struct profile_limit *limit)
{
    struct limit_memory_opts opts = {.max = limit->max,
                                     .window_ms = limit->window_ms,
                                     .max_bytes = limit->max_bytes};

    (void)p;
    randombytes_buf(&opts.seed, sizeof opts.seed);
    return limit_memory_new(&opts);
}

static int take_daily(void *user, uint32_t user_id, uint32_t votes)
{
    quota_load(user, user_id, votes);
    return 0;
}

/* Load today's votes from the store. */
static int load_quota(struct embedded *e, struct quota **ret_quota)
{
    int64_t day = clock_now_ms(e->app->clock) / CLOCK_DAY_MS;
    struct quota *quota = quota_new((uint32_t)e->app->config->limits_votes_per_day);
    int rc;

    quota_set_day(quota, day);
    rc = e->store->ops->each_daily(e->store, day, take_daily, quota);
    if (rc == 0)
        *ret_quota = quota;
    else
        quota_free(quota);
    return rc;
}

static int embedded_start_ballot(struct profile *p, const struct ballot_events *events,
                                 struct ballot **ret_ballot, char *errmsg, size_t size)
{
    struct embedded *e = (struct embedded *)p;
    struct journaled_opts opts = {
        .journal = e->journal,
        .clock = e->app->clock,
        .max_waiting = (size_t)e->app->config->ballot_queue,
        .load = load_tally,
        .events = *events,
        .synced = synced,
        .projected = projected_position,
        .report = report_journal,
        .user = e,
    };
    int rc = load_quota(e, &opts.quota);

    (void)errmsg;
    (void)size;
    return rc == 0 ? journaled_start(&opts, ret_ballot) : rc;
}

/* ---- the address, and the end ---- */

static int embedded_announce(struct profile *p, const char *address, char *errmsg,
                             size_t size)
{
    return data_dir_write_address(&((struct embedded *)p)->dir, address, errmsg, size);
}

static void embedded_retract(struct profile *p)
{
    data_dir_remove_address(&((struct embedded *)p)->dir);
}

static void embedded_close(struct profile *p)
{
    struct embedded *e = (struct embedded *)p;

    journal_close(e->journal);
    e->store->ops->free(e->store);
    data_dir_done(&e->dir);
    mem_free(e);
}

static const struct profile_ops embedded_ops = {
    .name = "embedded",
    .open = embedded_open,
    .secret = embedded_secret,
    .load = embedded_load,
    .limiter = embedded_limiter,
    .start_ballot = embedded_start_ballot,
    .announce = embedded_announce,
    .retract = embedded_retract,
    .close = embedded_close,
};

struct profile *embedded_new(void)
{
    struct embedded *e = mem_zalloc(1, sizeof *e);

    e->base.ops = &embedded_ops;
    e->base.metrics = embedded_watch_metrics(&e->watch);
    e->base.ready = embedded_watch_ready(&e->watch);
    return &e->base;
}
