/* sqlite_edit.c — edits of polls: they wait in a table of their own until the journal
 * says that they were made. */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "store/sqlite_db.h"

int sqlite_edit_add(struct store *s, uint32_t poll, uint32_t fields,
                    const struct poll *values, uint64_t *ret_id)
{
    struct db *d = db_writer(s);
    struct buf options = {0}, tags = {0};
    sqlite3_stmt *st;
    int rc;

    if (d == NULL)
        return ERR_UNAVAILABLE;
    st = db_use(d, SQL_EDIT_ADD);
    sqlite3_bind_int64(st, 1, poll);
    sqlite3_bind_int64(st, 2, fields);
    sqlite_bind_definition(st, 3, values, &options, &tags);
    rc = db_execute(d, st);
    if (rc == 0)
        *ret_id = (uint64_t)sqlite3_last_insert_rowid(d->handle);
    buf_done(&options);
    buf_done(&tags);
    return rc;
}

/* Run a statement that takes one id and gives no rows. */
static int run_with(struct db *d, enum sql name, uint64_t id)
{
    sqlite3_stmt *st = db_use(d, name);
    int rc;

    sqlite3_bind_int64(st, 1, (sqlite3_int64)id);
    rc = db_execute(d, st);
    return rc == ERR_CONFLICT ? db_fail(d) : rc;
}

int sqlite_edit_drop(struct store *s, uint64_t id)
{
    struct db *d = db_writer(s);

    return d != NULL ? run_with(d, SQL_EDIT_DROP, id) : ERR_UNAVAILABLE;
}

/* ---- projecting ---- */

struct stored_result {
    int64_t base_version, total, skips;
    uint32_t n_options, counts[LIMIT_OPTIONS];
};

/* Returns 1, 0 if there is no such poll, or an error. */
static int get_result(struct db *d, uint32_t poll, struct stored_result *r)
{
    sqlite3_stmt *st = db_use(d, SQL_RESULT_GET);
    int rc;

    sqlite3_bind_int64(st, 1, poll);
    rc = db_step(d, st);
    if (rc != 1)
        return rc;
    r->base_version = sqlite3_column_int64(st, 0);
    r->total = sqlite3_column_int64(st, 1);
    r->skips = sqlite3_column_int64(st, 2);
    rc = counts_read(db_column_str(st, 3), r->counts, &r->n_options);
    db_reset(st);
    return rc == 0 ? 1 : db_fail_with(d, "the counts of poll %u cannot be read", poll);
}

static int set_result(struct db *d, uint32_t poll, const struct stored_result *r)
{
    sqlite3_stmt *st = db_use(d, SQL_RESULT_SET);
    struct buf counts = {0};
    int rc;

    counts_write(&counts, r->counts, r->n_options);
    sqlite3_bind_int64(st, 1, poll);
    sqlite3_bind_int64(st, 2, r->base_version);
    sqlite3_bind_int64(st, 3, r->total);
    sqlite3_bind_int64(st, 4, r->skips);
    db_bind_str(st, 5, buf_str(&counts));
    rc = db_execute(d, st);
    buf_done(&counts);
    return rc == ERR_CONFLICT ? db_fail(d) : rc;
}

/* Returns 1, 0 if the edit was entered already, or an error. */
static int get_edit(struct db *d, const struct change *c, struct stored_result *r)
{
    sqlite3_stmt *st = db_use(d, SQL_EDIT_GET);
    int rc;

    sqlite3_bind_int64(st, 1, (sqlite3_int64)c->edit.id);
    sqlite3_bind_int64(st, 2, c->poll);
    rc = db_step(d, st);
    if (rc != 1)
        return rc;
    /* Options only change while nobody has voted: there is nothing to move. */
    if ((sqlite3_column_int64(st, 0) & POLL_TEXTS) != 0 && r->total == 0) {
        r->n_options = (uint32_t)sqlite3_column_int64(st, 1);
        memset(r->counts, 0, sizeof r->counts);
    }
    db_reset(st);
    return 1;
}

int sqlite_edit_enter(struct db *d, const struct change *c)
{
    struct stored_result r;
    int rc = get_result(d, c->poll, &r);

    if (rc != 1)
        return rc;
    if ((int64_t)c->version <= r.base_version)
        return 0;
    rc = get_edit(d, c, &r);
    if (rc != 1)
        return rc;
    r.base_version = (int64_t)c->version;
    rc = run_with(d, SQL_EDIT_ENTER, c->edit.id);
    if (rc == 0)
        rc = set_result(d, c->poll, &r);
    return rc != 0 ? rc : run_with(d, SQL_EDIT_DROP, c->edit.id);
}
