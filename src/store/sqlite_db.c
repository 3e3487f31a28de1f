#include "store/sqlite_db.h"

#include <assert.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/err.h"

struct db *db_writer(struct store *s)
{
    struct db *d = &sqlite_of(s)->sides[STORE_WRITER];

    assert(d->in_transaction);
    return d->failed ? NULL : d;
}

struct db *db_reader(struct store *s)
{
    return &sqlite_of(s)->sides[STORE_READER];
}

int db_fail(struct db *d)
{
    int code = sqlite3_extended_errcode(d->handle);

    return db_fail_with(d, "sqlite: %s (%d)", sqlite3_errmsg(d->handle), code);
}

int db_fail_with(struct db *d, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(d->errmsg, sizeof d->errmsg, format, args);
    va_end(args);
    d->failed = true;
    return ERR_UNAVAILABLE;
}

sqlite3_stmt *db_use(struct db *d, enum sql name)
{
    assert(d->statements[name] != NULL); /* of the other side? */
    return d->statements[name];
}

void db_bind_str(sqlite3_stmt *st, int i, struct str s)
{
    assert(s.len <= INT_MAX);
    sqlite3_bind_text(st, i, s.at, (int)s.len, SQLITE_STATIC);
}

void db_bind_optional(sqlite3_stmt *st, int i, int64_t n)
{
    if (n != 0)
        sqlite3_bind_int64(st, i, n);
    else
        sqlite3_bind_null(st, i);
}

int db_step(struct db *d, sqlite3_stmt *st)
{
    int rc = sqlite3_step(st);

    if (rc == SQLITE_ROW)
        return 1;
    if (rc == SQLITE_DONE)
        rc = 0;
    else if ((rc & 0xff) == SQLITE_CONSTRAINT)
        rc = ERR_CONFLICT;
    else
        rc = db_fail(d);
    sqlite3_reset(st);
    return rc;
}

void db_reset(sqlite3_stmt *st)
{
    sqlite3_reset(st);
}

bool db_next(struct db *d, sqlite3_stmt *st, int *rc)
{
    if (*rc != 0) {
        db_reset(st);
        return false;
    }
    *rc = db_step(d, st);
    if (*rc != 1)
        return false;
    *rc = 0;
    return true;
}

int db_execute(struct db *d, sqlite3_stmt *st)
{
    int rc = db_step(d, st);

    assert(rc <= 0);
    return rc;
}

int db_each_id(struct db *d, sqlite3_stmt *st, store_poll_cb *each, void *user_data)
{
    int rc = 0;

    while (db_next(d, st, &rc))
        rc = each(user_data, (uint32_t)sqlite3_column_int64(st, 0));
    return rc;
}

struct str db_column_str(sqlite3_stmt *st, int i)
{
    const char *at = (const char *)sqlite3_column_text(st, i);

    return (struct str){at, at != NULL ? (size_t)sqlite3_column_bytes(st, i) : 0};
}

struct str db_column_blob(sqlite3_stmt *st, int i)
{
    const char *at = sqlite3_column_blob(st, i);

    return (struct str){at, at != NULL ? (size_t)sqlite3_column_bytes(st, i) : 0};
}

int db_begin_read(struct db *d)
{
    d->failed = false;
    return db_execute(d, db_use(d, SQL_BEGIN_READ));
}

/* It does not matter how a transaction that only reads ends. */
void db_end_read(struct db *d)
{
    if (!sqlite3_get_autocommit(d->handle)) {
        sqlite3_stmt *st = db_use(d, SQL_END_READ);

        sqlite3_step(st);
        sqlite3_reset(st);
    }
}
