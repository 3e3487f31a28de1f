/* sqlite_polls.c — writes definitions of polls as rows, and reads them (store.h;
 * sqlite_db.h).
 */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "store/sqlite_db.h"

/* ---- writing ---- */

void sqlite_bind_definition(sqlite3_stmt *st, int first, const struct poll *p,
                            struct buf *options, struct buf *tags)
{
    texts_write(options, p->options, p->rules.n_options);
    texts_write(tags, p->tags, p->n_tags);
    db_bind_optional(st, first, p->rules.opens_ms);
    db_bind_optional(st, first + 1, p->rules.closes_ms);
    db_bind_str(st, first + 2, str_of(poll_visibility_text(p->rules.visibility)));
    db_bind_str(st, first + 3, str_of(poll_voters_text(p->rules.voters)));
    sqlite3_bind_int(st, first + 4, p->rules.vote_change);
    db_bind_str(st, first + 5, p->title);
    db_bind_str(st, first + 6, p->description);
    db_bind_str(st, first + 7, buf_str(options));
    db_bind_str(st, first + 8, buf_str(tags));
}

static int add_definition(struct db *d, const struct poll *p)
{
    sqlite3_stmt *st = db_use(d, SQL_POLL_ADD);
    struct buf options = {0}, tags = {0};
    int rc;

    sqlite3_bind_int64(st, 1, p->rules.owner_id);
    sqlite3_bind_int64(st, 2, p->created_ms);
    sqlite_bind_definition(st, 3, p, &options, &tags);
    rc = db_execute(d, st);
    buf_done(&options);
    buf_done(&tags);
    return rc;
}

static int add_result(struct db *d, int64_t id, uint32_t n_options)
{
    static const uint32_t none[LIMIT_OPTIONS];
    sqlite3_stmt *st = db_use(d, SQL_RESULT_ADD);
    struct buf counts = {0};
    int rc;

    counts_write(&counts, none, n_options);
    sqlite3_bind_int64(st, 1, id);
    db_bind_str(st, 2, buf_str(&counts));
    rc = db_execute(d, st);
    buf_done(&counts);
    /* The id is new, so a refusal means a damaged table. Fail the transaction: half a
     * poll must not stay. */
    return rc == ERR_CONFLICT ? db_fail(d) : rc;
}

int sqlite_poll_add(struct store *s, const struct poll *p, uint32_t *ret_id)
{
    struct db *d = db_writer(s);
    int64_t id;
    int rc;

    if (d == NULL)
        return ERR_UNAVAILABLE;
    rc = add_definition(d, p);
    if (rc == ERR_CONFLICT)
        return sqlite3_extended_errcode(d->handle) == SQLITE_CONSTRAINT_FOREIGNKEY
                   ? ERR_NOT_FOUND
                   : ERR_INVALID;
    if (rc != 0)
        return rc;
    id = sqlite3_last_insert_rowid(d->handle);
    rc = add_result(d, id, p->rules.n_options);
    if (rc == 0)
        *ret_id = (uint32_t)id;
    return rc;
}

/* ---- reading ---- */

int sqlite_poll_row(struct db *d, sqlite3_stmt *st, struct poll_rules *ret_rules,
                    struct stored_poll *ret_p)
{
    struct poll_rules *r = ret_rules;
    int64_t id = sqlite3_column_int64(st, 0);

    r->owner_id = (uint32_t)sqlite3_column_int64(st, 1);
    r->opens_ms = sqlite3_column_int64(st, 3);
    r->closes_ms = sqlite3_column_int64(st, 4);
    r->vote_change = sqlite3_column_int(st, 7) != 0;
    r->edits = (uint32_t)sqlite3_column_int64(st, 12);
    if (!visibility_read(db_column_str(st, 5), &r->visibility) ||
        !voters_read(db_column_str(st, 6), &r->voters))
        return db_fail_with(d, "poll %lld has rules that are not known", (long long)id);
    ret_p->base_version = (uint64_t)sqlite3_column_int64(st, 8);
    ret_p->total = (uint32_t)sqlite3_column_int64(st, 9);
    ret_p->skips = (uint32_t)sqlite3_column_int64(st, 10);
    if (counts_read(db_column_str(st, 11), ret_p->counts, &r->n_options) != 0)
        return db_fail_with(d, "poll %lld has no counts, or none that can be read",
                            (long long)id);
    return 0;
}

static void make_poll(void *user, const struct poll *p)
{
    struct stored_poll *ret_p = user;

    ret_p->poll = poll_new(p);
}

/* Read the definition's texts, then make the poll in ret_p. */
static int read_definition(struct db *d, sqlite3_stmt *st, struct poll *p,
                           struct stored_poll *ret_p)
{
    p->id = (uint32_t)sqlite3_column_int64(st, 0);
    p->created_ms = sqlite3_column_int64(st, 2);
    p->title = db_column_str(st, 13);
    p->description = db_column_str(st, 14);
    p->owner_name = db_column_str(st, 17);
    return definition_read(p, db_column_str(st, 15), db_column_str(st, 16), make_poll,
                           ret_p) == 0
               ? 0
               : db_fail_with(d, "poll %u has options or tags that cannot be read",
                              p->id);
}

static int read_poll(struct db *d, sqlite3_stmt *st, struct stored_poll *ret_p)
{
    struct poll p;
    int rc;

    memset(&p, 0, sizeof p);
    rc = sqlite_poll_row(d, st, &p.rules, ret_p);
    return rc != 0 ? rc : read_definition(d, st, &p, ret_p);
}

int sqlite_each_poll(struct store *s, store_stored_poll_cb *each, void *user)
{
    struct db *d = db_reader(s);
    sqlite3_stmt *st = db_use(d, SQL_EACH_POLL);
    int rc;

    while ((rc = db_step(d, st)) == 1) {
        struct stored_poll p = {0};

        rc = read_poll(d, st, &p);
        if (rc == 0)
            rc = each(user, &p);
        if (rc != 0) {
            db_reset(st);
            return rc;
        }
    }
    return rc;
}
