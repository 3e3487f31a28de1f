/* sqlite_read.c — reads what the start and the ballot need: how far the journal is
 * projected, daily counts, whole tallies (store.h; sqlite_db.h).
 */
#include <string.h>

#include "base/err.h"
#include "core/receipt_blob.h"
#include "store/sqlite_db.h"

int sqlite_position(struct store *s, uint64_t *ret_position)
{
    struct db *d = db_reader(s);
    sqlite3_stmt *st = db_use(d, SQL_POSITION);
    int rc = db_step(d, st);

    if (rc <= 0)
        return rc < 0 ? rc : db_fail_with(d, "the journal's position is missing");
    *ret_position = (uint64_t)sqlite3_column_int64(st, 0);
    db_reset(st);
    return 0;
}

int sqlite_each_daily(struct store *s, int64_t day, store_daily_cb *each, void *user)
{
    struct db *d = db_reader(s);
    sqlite3_stmt *st = db_use(d, SQL_EACH_DAILY);
    int rc = 0;

    sqlite3_bind_int64(st, 1, day);
    while (db_next(d, st, &rc))
        rc = each(user, (uint32_t)sqlite3_column_int64(st, 0),
                  (uint32_t)sqlite3_column_int64(st, 1));
    return rc;
}

/* ---- a tally ---- */

static int load_rules(struct db *d, uint32_t poll, struct tally **ret_tally)
{
    sqlite3_stmt *st = db_use(d, SQL_POLL_RULES);
    struct poll_rules rules = {0};
    struct stored_poll p = {0};
    int rc;

    sqlite3_bind_int64(st, 1, poll);
    rc = db_step(d, st);
    if (rc <= 0)
        return rc == 0 ? ERR_NOT_FOUND : rc;
    rc = sqlite_poll_row(d, st, &rules, &p);
    db_reset(st);
    if (rc == 0)
        *ret_tally = tally_new(poll, &rules, p.base_version);
    return rc;
}

/* Rebuild the change that brought the vote in this row, or moved it last. */
static int read_vote(sqlite3_stmt *st, struct change *c)
{
    struct str key = db_column_blob(st, 4);

    c->user = (uint32_t)sqlite3_column_int64(st, 0);
    c->option = (uint8_t)sqlite3_column_int64(st, 1);
    c->at_ms = sqlite3_column_int64(st, 2);
    c->version = (uint64_t)sqlite3_column_int64(st, 3);
    c->keyed = key.len == VOTE_KEY_BYTES;
    if (!c->keyed)
        return 0;
    memcpy(c->key, key.at, VOTE_KEY_BYTES);
    c->receipt.voted_ms = c->at_ms;
    return receipt_decode(db_column_blob(st, 5), &c->receipt);
}

static int load_votes(struct db *d, uint32_t poll, struct tally *t)
{
    sqlite3_stmt *st = db_use(d, SQL_VOTES_OF);
    struct change c = {.kind = CHANGE_VOTE, .poll = poll};
    int rc = 0;

    sqlite3_bind_int64(st, 1, poll);
    while (db_next(d, st, &rc)) {
        if (read_vote(st, &c) == 0)
            tally_apply(t, &c);
        else
            rc = db_fail_with(d, "poll %u: the receipt of user %u cannot be read", poll,
                              c.user);
    }
    return rc;
}

static int load_skips(struct db *d, uint32_t poll, struct tally *t)
{
    sqlite3_stmt *st = db_use(d, SQL_SKIPS_OF);
    struct change c = {.kind = CHANGE_SKIP, .poll = poll};
    int rc = 0;

    sqlite3_bind_int64(st, 1, poll);
    while (db_next(d, st, &rc)) {
        c.user = (uint32_t)sqlite3_column_int64(st, 0);
        c.at_ms = sqlite3_column_int64(st, 1);
        tally_apply(t, &c);
    }
    return rc;
}

static int read_withdrawn(sqlite3_stmt *st, struct tally *t, uint32_t user)
{
    struct receipt receipt = {.voted_ms = sqlite3_column_int64(st, 1)};
    struct str key = db_column_blob(st, 2);

    if (key.len != VOTE_KEY_BYTES ||
        receipt_decode(db_column_blob(st, 3), &receipt) != 0)
        return ERR_INVALID;
    tally_remember(t, user, (const uint8_t *)key.at, &receipt);
    return 0;
}

static int load_withdrawn(struct db *d, uint32_t poll, struct tally *t)
{
    sqlite3_stmt *st = db_use(d, SQL_RECEIPTS_OF);
    int rc = 0;

    sqlite3_bind_int64(st, 1, poll);
    while (db_next(d, st, &rc)) {
        uint32_t user = (uint32_t)sqlite3_column_int64(st, 0);

        if (read_withdrawn(st, t, user) != 0)
            rc = db_fail_with(
                d, "poll %u: the receipt of user %u, who withdrew, cannot be read",
                poll, user);
    }
    return rc;
}

int sqlite_tally_load(struct store *s, uint32_t poll, struct tally **ret_tally)
{
    struct db *d = db_reader(s);
    struct tally *t = NULL;
    int rc = db_begin_read(d);

    if (rc == 0)
        rc = load_rules(d, poll, &t);
    if (rc == 0)
        rc = load_votes(d, poll, t);
    if (rc == 0)
        rc = load_skips(d, poll, t);
    if (rc == 0)
        rc = load_withdrawn(d, poll, t);
    db_end_read(d);
    if (rc != 0)
        tally_free(t);
    else
        *ret_tally = t;
    return rc;
}
