/* sqlite_keys.c — remembers which request made which poll. */
#include <string.h>

#include "base/err.h"
#include "store/sqlite_db.h"

static void bind_bytes(sqlite3_stmt *st, int i, const uint8_t bytes[VOTE_KEY_BYTES])
{
    sqlite3_bind_blob(st, i, bytes, VOTE_KEY_BYTES, SQLITE_STATIC);
}

static int read_key(sqlite3_stmt *st, const struct poll_key *key, uint32_t *ret_poll)
{
    const struct str want = {(const char *)key->content, VOTE_KEY_BYTES};

    if (!str_eq(db_column_blob(st, 1), want))
        return ERR_CONFLICT;
    *ret_poll = (uint32_t)sqlite3_column_int64(st, 0);
    return 0;
}

int sqlite_key_find(struct store *s, uint32_t owner, const struct poll_key *key,
                    uint32_t *ret_poll)
{
    struct db *d = db_writer(s);
    sqlite3_stmt *st;
    int rc;

    if (d == NULL)
        return ERR_UNAVAILABLE;
    st = db_use(d, SQL_KEY_FIND);
    sqlite3_bind_int64(st, 1, owner);
    bind_bytes(st, 2, key->key);
    rc = db_step(d, st);
    if (rc <= 0)
        return rc == 0 ? ERR_NOT_FOUND : rc;
    rc = read_key(st, key, ret_poll);
    db_reset(st);
    return rc;
}

int sqlite_key_add(struct store *s, uint32_t owner, const struct poll_key *key,
                   uint32_t poll)
{
    struct db *d = db_writer(s);
    sqlite3_stmt *st;
    int rc;

    if (d == NULL)
        return ERR_UNAVAILABLE;
    st = db_use(d, SQL_KEY_ADD);
    sqlite3_bind_int64(st, 1, owner);
    bind_bytes(st, 2, key->key);
    bind_bytes(st, 3, key->content);
    sqlite3_bind_int64(st, 4, poll);
    rc = db_execute(d, st);
    /* The poll is in already, and without its key a repeat would make it twice. */
    return rc == ERR_CONFLICT ? db_fail(d) : rc;
}

/* *ret_owner is the poll's owner, or 0 if the poll was made without a key. */
static int end_key(struct db *d, uint32_t poll, int64_t *ret_owner)
{
    sqlite3_stmt *st = db_use(d, SQL_KEY_END);
    int rc;

    *ret_owner = 0;
    sqlite3_bind_int64(st, 1, poll);
    while ((rc = db_step(d, st)) == 1)
        *ret_owner = sqlite3_column_int64(st, 0);
    return rc;
}

static int forget_old_keys(struct db *d, int64_t owner)
{
    sqlite3_stmt *st = db_use(d, SQL_KEYS_FORGET);

    sqlite3_bind_int64(st, 1, owner);
    sqlite3_bind_int64(st, 2, STORE_DELETED_KEYS);
    return db_execute(d, st);
}

int sqlite_key_end(struct db *d, uint32_t poll)
{
    int64_t owner;
    int rc = end_key(d, poll, &owner);

    if (rc == 0 && owner != 0)
        rc = forget_old_keys(d, owner);
    return rc == ERR_CONFLICT ? db_fail(d) : rc;
}
