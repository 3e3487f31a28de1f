#include "store/postgres_keep.h"

#include <stdio.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "link/pg.h"
#include "store/store.h"

enum {
    KEEP_LOCK = 0x506f6c79, /* "Poly": the advisory lock of this */
    ANSWER_MS = 10000,
    POLLS_BITS = 20, /* a partition of ballots holds 2^20 polls */
    DAYS_AHEAD = 2,
};

struct keep {
    struct pg *pg;
    bool is_locked; /* by this process, until its transaction ends */
};

/* ---- transactions ---- */

static int take_lock(void *user, const struct pg_row *row)
{
    ((struct keep *)user)->is_locked = pg_i64(row, 0) != 0;
    return 0;
}

/* Begin, and find out whether it is this process' turn. Nobody waits long for a table
 * that votes are written to. */
static int begin(struct keep *k)
{
    struct pg_args lock = {0};
    struct pg_statement statements[] = {
        {.sql = "SET LOCAL lock_timeout = '500ms'"},
        {.sql = "SELECT pg_try_advisory_xact_lock($1)",
         .args = &lock,
         .each = take_lock,
         .user = k},
    };
    int rc = pg_begin(k->pg);

    pg_arg_i64(&lock, KEEP_LOCK);
    k->is_locked = false;
    return rc == 0 ? pg_run_all(k->pg, statements, 2) : rc;
}

static int end(struct keep *k, int rc)
{
    if (rc == 0)
        rc = pg_commit(k->pg);
    pg_rollback(k->pg);
    return rc == 0 ? 0 : ERR_UNAVAILABLE;
}

/* ---- openings and closings ---- */

static const char DUE[] =
    "(SELECT poll_id FROM results WHERE NOT opened AND opens_ms IS NOT NULL"
    " AND opens_ms <= $1 ORDER BY opens_ms LIMIT $2)"
    " UNION (SELECT poll_id FROM results WHERE NOT closed AND closes_ms IS NOT NULL"
    " AND closes_ms <= $1 ORDER BY closes_ms LIMIT $2)";

struct due {
    keep_due_cb *due;
    void *user;
};

static int take_due(void *user, const struct pg_row *row)
{
    const struct due *d = user;

    d->due(d->user, (uint32_t)pg_i64(row, 0));
    return 0;
}

int keep_each_due(struct keep *k, int64_t now_ms, keep_due_cb *due, void *user)
{
    struct due d = {due, user};
    struct pg_args a = {0};

    pg_arg_i64(&a, now_ms);
    pg_arg_i64(&a, KEEP_DUE_MAX);
    return pg_run(k->pg, DUE, &a, take_due, &d) == 0 ? 0 : ERR_UNAVAILABLE;
}

/* ---- partitions ---- */

struct partition {
    const char *table, *column;
    int64_t number, from, until; /* until is not in it */
};

/* The first that is missing. */
static const char MISSING_BALLOTS[] =
    "SELECT n FROM generate_series(0, (coalesce(pg_sequence_last_value("
    "pg_get_serial_sequence('polls', 'id')::regclass), 0) >> $1::integer) + 1) AS n"
    " WHERE to_regclass('ballots_' || n) IS NULL ORDER BY n LIMIT 1";

static const char MISSING_DAYS[] =
    "SELECT n FROM generate_series($1, $1 + $2) AS n"
    " WHERE to_regclass('daily_votes_' || n) IS NULL ORDER BY n LIMIT 1";

static int take_number(void *user, const struct pg_row *row)
{
    *(int64_t *)user = pg_i64(row, 0);
    return 0;
}

/* p->table stays NULL where none is missing. */
static int find_missing(struct keep *k, int64_t today, struct partition *p)
{
    struct pg_args bits = {0}, days = {0};
    int64_t ballots = -1, day = -1;
    struct pg_statement statements[] = {
        {.sql = MISSING_BALLOTS, .args = &bits, .each = take_number, .user = &ballots},
        {.sql = MISSING_DAYS, .args = &days, .each = take_number, .user = &day},
    };
    int rc;

    pg_arg_i64(&bits, POLLS_BITS);
    pg_arg_i64(&days, today);
    pg_arg_i64(&days, DAYS_AHEAD);
    rc = pg_run_all(k->pg, statements, 2);
    if (ballots >= 0)
        *p = (struct partition){"ballots", "poll_id", ballots, ballots << POLLS_BITS,
                                (ballots + 1) << POLLS_BITS};
    else if (day >= 0)
        *p = (struct partition){"daily_votes", "day", day, day, day + 1};
    return rc;
}

/* As a table of its own first: CREATE TABLE … PARTITION OF would lock out votes. Only
 * the default partition is locked, which is empty as a rule. */
static int make(struct keep *k, const struct partition *p)
{
    struct buf sql = {0};
    long long n = p->number, from = p->from, until = p->until;
    int rc;

    buf_printf(&sql, "CREATE TABLE %s_%lld (LIKE %s INCLUDING ALL);", p->table, n,
               p->table);
    buf_printf(&sql, "LOCK TABLE %s_default IN ACCESS EXCLUSIVE MODE;", p->table);
    buf_printf(&sql,
               "WITH moved AS (DELETE FROM %s_default WHERE %s >= %lld AND %s < %lld"
               " RETURNING *) INSERT INTO %s_%lld SELECT * FROM moved;",
               p->table, p->column, from, p->column, until, p->table, n);
    buf_printf(&sql,
               "ALTER TABLE %s ATTACH PARTITION %s_%lld FOR VALUES FROM (%lld) TO"
               " (%lld)",
               p->table, p->table, n, from, until);
    buf_char(&sql, '\0');
    rc = pg_script(k->pg, sql.data);
    buf_done(&sql);
    return rc;
}

int keep_make_partition(struct keep *k, int64_t now_ms, bool *ret_more)
{
    struct partition p = {0};
    int rc = begin(k);

    *ret_more = false;
    if (rc == 0 && k->is_locked)
        rc = find_missing(k, now_ms / CLOCK_DAY_MS, &p);
    if (rc == 0 && p.table != NULL)
        rc = make(k, &p);
    rc = end(k, rc);
    *ret_more = rc == 0 && p.table != NULL;
    return rc;
}

/* ---- what is old ---- */

/* Ten minutes are longer than any process is behind that is not cut off. One that is
 * finds by kept_from that rows are missing. Rows go only when no transaction is left
 * that was running when they were written: so kept_from lies below whatever anybody
 * else may still have to read. */
#define TRIM_LOG(log, id)                                                              \
    "WITH gone AS (DELETE FROM " log " WHERE " id " IN (SELECT " id                    \
    " FROM (SELECT " id ", at, xid FROM " log " ORDER BY " id " LIMIT $1) AS oldest"   \
    " WHERE at < now() - interval '10 minutes'"                                        \
    " AND xid < pg_snapshot_xmin(pg_current_snapshot())) RETURNING xid),"              \
    " upto AS (SELECT (max(xid)::text::bigint + 1)::text::xid8 AS xid, count(*) AS n"  \
    " FROM gone), kept AS (UPDATE cluster SET kept_from = greatest(kept_from, "        \
    "upto.xid)"                                                                        \
    " FROM upto WHERE upto.n > 0) SELECT n FROM upto"

/* $1: how many rows. The rest: until when. */
#define TRIM(table, condition)                                                         \
    "WITH gone AS (DELETE FROM " table                                                 \
    " WHERE ctid = ANY (ARRAY(SELECT ctid FROM " table " WHERE " condition             \
    " LIMIT $1)) RETURNING 1) SELECT count(*) FROM gone"

static int take_count(void *user, const struct pg_row *row)
{
    bool *more = user;

    *more |= pg_i64(row, 0) >= KEEP_ROWS;
    return 0;
}

/* A day's partition goes whole. */
static const char OLD_DAY[] =
    "SELECT substr(c.relname, 13)::integer FROM pg_inherits i JOIN pg_class c"
    " ON c.oid = i.inhrelid WHERE i.inhparent = 'daily_votes'::regclass"
    " AND CASE WHEN c.relname ~ '^daily_votes_[0-9]+$' THEN"
    " substr(c.relname, 13)::integer < $1 END"
    " ORDER BY 1 LIMIT 1";

static int drop_day(struct keep *k, int64_t before, bool *ret_more)
{
    struct pg_args a = {0};
    char sql[64];
    int64_t day = -1;
    int rc;

    pg_arg_i64(&a, before);
    rc = pg_run(k->pg, OLD_DAY, &a, take_number, &day);
    if (rc != 0 || day < 0)
        return rc;
    *ret_more = true;
    snprintf(sql, sizeof sql, "DROP TABLE daily_votes_%lld", (long long)day);
    return pg_script(k->pg, sql);
}

static int trim_rows(struct keep *k, int64_t now_ms, int64_t before_day, bool *ret_more)
{
    struct pg_args rows = {0}, days = {0}, spans = {0};
    struct pg_statement statements[] = {
        {.sql = TRIM_LOG("batch_log", "id"), .args = &rows},
        {.sql = TRIM_LOG("poll_log", "seq"), .args = &rows},
        {.sql = TRIM("poll_edits", "made_at < now() - interval '1 hour'"),
         .args = &rows},
        {.sql = TRIM("daily_votes_default", "day < $2"), .args = &days},
        {.sql = TRIM("recent_votes", "span < $2"), .args = &spans},
    };
    const size_t n = sizeof statements / sizeof *statements;

    pg_arg_i64(&rows, KEEP_ROWS);
    pg_arg_i64(&days, KEEP_ROWS);
    pg_arg_i64(&days, before_day);
    pg_arg_i64(&spans, KEEP_ROWS);
    pg_arg_i64(&spans, (now_ms - STORE_RECENT_MS) / STORE_SPAN_MS - 1);
    for (size_t i = 0; i < n; i++) {
        statements[i].each = take_count;
        statements[i].user = ret_more;
    }
    return pg_run_all(k->pg, statements, n);
}

int keep_trim(struct keep *k, int64_t now_ms, bool *ret_more)
{
    int64_t yesterday = now_ms / CLOCK_DAY_MS - 1;
    int rc = begin(k);

    *ret_more = false;
    if (rc == 0 && k->is_locked)
        rc = trim_rows(k, now_ms, yesterday, ret_more);
    if (rc == 0 && k->is_locked)
        rc = drop_day(k, yesterday, ret_more);
    return end(k, rc);
}

/* ---- the whole ---- */

const char *keep_errmsg(const struct keep *k)
{
    return pg_errmsg(k->pg);
}

struct keep *keep_new(const char *dsn, uint64_t seed)
{
    struct keep *k = mem_zalloc(1, sizeof *k);

    k->pg = pg_new(&(struct pg_opts){
        .dsn = dsn, .name = "pollux keeper", .timeout_ms = ANSWER_MS, .seed = seed});
    return k;
}

struct keep *keep_free(struct keep *k)
{
    if (k != NULL) {
        pg_free(k->pg);
        mem_free(k);
    }
    return NULL;
}
