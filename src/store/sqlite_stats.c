/* sqlite_stats.c — reads what users have done, and when the votes of a poll came. */
#include "base/err.h"
#include "core/receipt_blob.h"
#include "store/sqlite_db.h"

static void bind_page(sqlite3_stmt *st, uint32_t user, int64_t before_ms,
                      uint32_t before_poll, size_t max)
{
    sqlite3_bind_int64(st, 1, user);
    sqlite3_bind_int64(st, 2, before_ms);
    sqlite3_bind_int64(st, 3, before_poll);
    sqlite3_bind_int64(st, 4, max < INT32_MAX ? (sqlite3_int64)max : INT32_MAX);
}

int sqlite_user_votes(struct store *s, uint32_t user, int64_t before_ms,
                      uint32_t before_poll, size_t max, store_vote_cb *each,
                      void *user_data)
{
    struct db *d = db_reader(s);
    sqlite3_stmt *st = db_use(d, SQL_USER_VOTES);
    int rc = 0;

    bind_page(st, user, before_ms, before_poll, max);
    while (db_next(d, st, &rc))
        rc = each(user_data, (uint32_t)sqlite3_column_int64(st, 0),
                  (uint32_t)sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 2));
    return rc;
}

int sqlite_user_skips(struct store *s, uint32_t user, int64_t before_ms,
                      uint32_t before_poll, size_t max, store_skip_cb *each,
                      void *user_data)
{
    struct db *d = db_reader(s);
    sqlite3_stmt *st = db_use(d, SQL_USER_SKIPS);
    int rc = 0;

    bind_page(st, user, before_ms, before_poll, max);
    while (db_next(d, st, &rc))
        rc = each(user_data, (uint32_t)sqlite3_column_int64(st, 0),
                  sqlite3_column_int64(st, 1));
    return rc;
}

int sqlite_user_withdrawn(struct store *s, uint32_t user, store_vote_cb *each,
                          void *user_data)
{
    struct db *d = db_reader(s);
    sqlite3_stmt *st = db_use(d, SQL_USER_WITHDRAWN);
    struct receipt r = {0};
    int rc = 0;

    sqlite3_bind_int64(st, 1, user);
    while (db_next(d, st, &rc)) {
        uint32_t poll = (uint32_t)sqlite3_column_int64(st, 0);

        if (receipt_decode(db_column_blob(st, 2), &r) != 0)
            rc = db_fail_with(d, "poll %u: the receipt of user %u cannot be read", poll,
                              user);
        else
            rc = each(user_data, poll, r.option, sqlite3_column_int64(st, 1));
    }
    return rc;
}

int sqlite_recent_each(struct store *s, int64_t since_ms, store_recent_cb *each,
                       void *user_data)
{
    struct db *d = db_reader(s);
    sqlite3_stmt *st = db_use(d, SQL_RECENT);
    int rc = 0;

    sqlite3_bind_int64(st, 1, (since_ms + STORE_SPAN_MS - 1) / STORE_SPAN_MS);
    while (db_next(d, st, &rc))
        rc = each(user_data, (uint32_t)sqlite3_column_int64(st, 0),
                  sqlite3_column_int64(st, 1) * STORE_SPAN_MS,
                  (uint32_t)sqlite3_column_int64(st, 2));
    return rc;
}

/* ---- a poll ---- */

static int read_poll(struct db *d, uint32_t poll, struct store_stats *ret)
{
    sqlite3_stmt *st = db_use(d, SQL_POLL_RULES);
    int rc;

    sqlite3_bind_int64(st, 1, poll);
    rc = db_step(d, st);
    if (rc <= 0)
        return rc == 0 ? ERR_NOT_FOUND : rc;
    rc = sqlite_poll_row(d, st, &ret->rules, &ret->p);
    db_reset(st);
    return rc;
}

static void note_times(struct store_stats *ret, int64_t first_ms, int64_t last_ms)
{
    if (ret->first_ms == 0 || first_ms < ret->first_ms)
        ret->first_ms = first_ms;
    if (last_ms > ret->last_ms)
        ret->last_ms = last_ms;
}

static int read_timeline(struct db *d, uint32_t poll, int64_t bucket_ms,
                         struct store_stats *ret, store_span_cb *each, void *user_data)
{
    sqlite3_stmt *st = db_use(d, SQL_TIMELINE);
    int rc = 0;

    sqlite3_bind_int64(st, 1, poll);
    sqlite3_bind_int64(st, 2, bucket_ms);
    while (db_next(d, st, &rc)) {
        note_times(ret, sqlite3_column_int64(st, 3), sqlite3_column_int64(st, 4));
        rc = each(user_data, sqlite3_column_int64(st, 0) * bucket_ms,
                  (uint32_t)sqlite3_column_int64(st, 1),
                  (uint32_t)sqlite3_column_int64(st, 2));
    }
    return rc;
}

int sqlite_poll_stats(struct store *s, uint32_t poll, int64_t bucket_ms,
                      struct store_stats *ret, store_span_cb *each, void *user_data)
{
    struct db *d = db_reader(s);
    int rc = db_begin_read(d);

    *ret = (struct store_stats){0};
    if (rc == 0)
        rc = read_poll(d, poll, ret);
    if (rc == 0)
        rc = read_timeline(d, poll, bucket_ms, ret, each, user_data);
    db_end_read(d);
    return rc;
}
