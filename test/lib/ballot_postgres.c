/* ballot_postgres.c — the ballot of a cluster for ballot_world.h, over a PostgreSQL
 * that the group of tests starts. Each world begins with an empty schema. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "ballot/postgres.h"
#include "base/err.h"
#include "base/mem.h"
#include "lib/ballot_postgres.h"
#include "lib/check.h"
#include "lib/pg_rig.h"
#include "link/pg.h"

static struct pg_rig *rig; /* of the group that runs */
static struct pg_dsn dsn;

static int begin(void **state)
{
    (void)state;
    rig = pg_rig_start();
    dsn = pg_rig_dsn(rig, "postgres");
    return 0;
}

static int end(void **state)
{
    (void)state;
    rig = pg_rig_stop(rig);
    return 0;
}

static void read_file(const char *path, struct buf *ret_text)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n;

    assert_true(fd >= 0);
    while ((n = read(fd, buf_reserve(ret_text, 4096), 4096)) > 0)
        ret_text->len += (size_t)n;
    close(fd);
    buf_char(ret_text, '\0');
}

/* An owner, and a schema without polls. */
static void make_schema(void)
{
    struct pg *pg = pg_new(&(struct pg_opts){.dsn = dsn.text});
    struct buf sql = {0};

    buf_text(&sql, "SET client_min_messages = warning;"
                   " DROP SCHEMA public CASCADE; CREATE SCHEMA public;");
    read_file(SOURCE_ROOT "/sql/postgres/0001_first.sql", &sql);
    CHECK_EQ_AT(pg_errmsg(pg), pg_script(pg, sql.data), 0);
    CHECK_EQ_AT(pg_errmsg(pg),
                pg_script(pg, "INSERT INTO accounts (id, kind, created_ms)"
                              " VALUES (1, 'guest', 0)"),
                0);
    buf_done(&sql);
    pg_free(pg);
}

/* The texts are the store's: here they have none. */
static int write_edit(void *user, struct pg *pg, uint32_t poll,
                      const struct poll_edit *edit)
{
    (void)user;
    (void)pg;
    (void)poll;
    (void)edit;
    return 0;
}

static void report(void *user, int err, const char *text)
{
    struct ballot_world *w = user;

    (void)text;
    pthread_mutex_lock(&w->lock);
    w->reports[w->n_reports++ % LENGTH(w->reports)] = err;
    pthread_mutex_unlock(&w->lock);
}

static struct ballot *start_ballot(struct ballot_world *w,
                                   const struct ballot_events *events, uint64_t origin)
{
    struct ballot_postgres_opts opts = {.clock = &w->clock,
                                        .dsn = dsn.text,
                                        .origin = origin,
                                        .votes_per_day = w->per_day,
                                        .max_waiting = w->max_waiting,
                                        .events = *events,
                                        .write_edit = write_edit,
                                        .report = report,
                                        .user = w};
    struct ballot *b;

    assert_int_equal(ballot_postgres_start(&opts, &b), 0);
    return b;
}

static void start_postgres(struct ballot_world *w)
{
    struct ballot_events events = event_watch_events(&w->watch);

    if (!w->made)
        make_schema();
    w->made = true;
    w->b = start_ballot(w, &events, 7);
}

static void stop_postgres(struct ballot_world *w)
{
    w->b = ballot_stop(w->b);
}

static void add_postgres(struct ballot_world *w, uint32_t poll)
{
    static const char *const visibilities[] = {"always", "after_vote", "after_close"};
    static const char *const voters[] = {"anyone", "registered"};
    const struct poll_rules *r = &w->rules[poll];
    struct buf sql = {0};

    assert_int_equal(r->owner_id, OWNER);
    buf_printf(&sql,
               "INSERT INTO polls (id, owner_id, created_ms, title, options, tags,"
               " words, lexemes) VALUES (%u, 1, 0, '', '[]', '{}', '', '');"
               "INSERT INTO results (poll_id, opens_ms, closes_ms, visibility, voters,"
               " vote_change, counts) VALUES (%u, nullif(%lld, 0), nullif(%lld, 0),"
               " '%s', '%s', %s, array_fill(0, ARRAY[%u]))",
               poll, poll, (long long)r->opens_ms, (long long)r->closes_ms,
               visibilities[r->visibility], voters[r->voters],
               r->vote_change ? "true" : "false", r->n_options);
    buf_char(&sql, '\0');
    pg_rig_admin(rig, sql.data);
    buf_done(&sql);
}

/* Writing fails, reading does not. */
static void break_disk(struct ballot_world *w, bool fails)
{
    (void)w;
    pg_rig_admin(rig, fails ? "ALTER TABLE batch_log RENAME TO away"
                            : "ALTER TABLE away RENAME TO batch_log");
}

const struct ballot_backend ballot_backend_postgres = {.name = "postgres",
                                                       .begin = begin,
                                                       .end = end,
                                                       .start = start_postgres,
                                                       .stop = stop_postgres,
                                                       .add = add_postgres,
                                                       .break_disk = break_disk};

/* ---- another process ---- */

static void pass_durable(void *user, const struct change *changes, size_t n,
                         uint64_t position)
{
    (void)user;
    (void)changes;
    (void)n;
    (void)position;
}

static void pass_published(void *user, const struct result *r,
                           const struct poll_rules *rules)
{
    (void)user;
    (void)r;
    (void)rules;
}

struct ballot *ballot_postgres_another(struct ballot_world *w, uint64_t origin)
{
    static const struct ballot_events unwatched = {.durable = pass_durable,
                                                   .published = pass_published};

    return start_ballot(w, &unwatched, origin);
}

/* ---- the server ---- */

const char *ballot_postgres_dsn(void)
{
    return dsn.text;
}

void ballot_postgres_sql(const char *sql)
{
    pg_rig_admin(rig, sql);
}

static int take_number(void *user, const struct pg_row *row)
{
    *(int64_t *)user = pg_i64(row, 0);
    return 0;
}

int64_t ballot_postgres_number(const char *sql)
{
    struct pg *pg = pg_new(&(struct pg_opts){.dsn = dsn.text});
    int64_t n = INT64_MIN;

    CHECK_EQ_AT(pg_errmsg(pg), pg_run(pg, sql, NULL, take_number, &n), 0);
    pg_free(pg);
    return n;
}

void ballot_postgres_kill(void)
{
    pg_rig_kill(rig);
}

void ballot_postgres_restart(void)
{
    pg_rig_restart(rig);
}
