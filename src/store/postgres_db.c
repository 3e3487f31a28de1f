#include "store/postgres_db.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/err.h"

struct side *side_writer(struct store *s)
{
    struct side *d = &postgres_of(s)->sides[STORE_WRITER];

    assert(d->in_transaction);
    return d->failed ? NULL : d;
}

struct side *side_reader(struct store *s)
{
    return &postgres_of(s)->sides[STORE_READER];
}

int side_fail(struct side *d, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(d->errmsg, sizeof d->errmsg, format, args);
    va_end(args);
    d->failed = true;
    return ERR_UNAVAILABLE;
}

static bool has_rows(const struct pg_statement *statements, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (statements[i].ret_rows != 0)
            return true;
    return false;
}

/* A connection that broke while it was idle is noticed when it is used; what was read
 * over it is read again over a new one. */
static int run_all(struct side *d, struct pg_statement *statements, size_t n)
{
    bool was_connected = pg_is_connected(d->pg);
    int rc = pg_run_all(d->pg, statements, n);

    if (rc == ERR_UNAVAILABLE && was_connected && !pg_is_connected(d->pg) &&
        !d->in_transaction && !has_rows(statements, n))
        rc = pg_run_all(d->pg, statements, n);
    return rc;
}

int side_run_all(struct side *d, struct pg_statement *statements, size_t n)
{
    int rc = run_all(d, statements, n);

    if (rc == 0 || (pg_is_connected(d->pg) && pg_sqlstate(d->pg)[0] == '\0'))
        return rc; /* a callback's */
    return side_fail(d, "%s", pg_errmsg(d->pg));
}

int side_count(struct side *d, const char *sql, const struct pg_args *args,
               pg_row_cb *each, void *user, uint64_t *ret_rows)
{
    struct pg_statement s = {.sql = sql, .args = args, .each = each, .user = user};
    int rc = side_run_all(d, &s, 1);

    *ret_rows = s.ret_rows;
    return rc;
}

int side_run(struct side *d, const char *sql, const struct pg_args *args,
             pg_row_cb *each, void *user)
{
    uint64_t rows;

    return side_count(d, sql, args, each, user, &rows);
}

/* Statements of one pipeline go on after a callback's error; so the COMMIT is run, or
 * PostgreSQL has refused something, and what was begun is ended here. */
int side_snapshot(struct side *d, const struct pg_statement *statements, size_t n)
{
    struct pg_statement all[SNAPSHOT_MAX + 2] = {
        {.sql = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"}};
    int rc;

    assert(n <= SNAPSHOT_MAX);
    for (size_t i = 0; i < n; i++)
        all[1 + i] = statements[i];
    all[1 + n] = (struct pg_statement){.sql = "COMMIT"};
    rc = side_run_all(d, all, n + 2);
    pg_rollback(d->pg);
    return rc;
}

int postgres_each_id(void *user, const struct pg_row *row)
{
    const struct each_id *e = user;

    return e->each(e->user_data, (uint32_t)pg_i64(row, 0));
}
