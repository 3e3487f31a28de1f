/* sqlite_accounts.c — adds, changes, deletes and finds accounts and the polls they own,
 * and keeps the ends of their tokens (store.h; sqlite_db.h).
 */
#include <string.h>

#include "base/buf.h"
#include "base/err.h"
#include "base/text.h"
#include "store/sqlite_db.h"

/* The keys of account id (0: a new one) were refused: because of the name, or the
 * e-mail? A name that is the account's own, in other letters, is not taken. Runs in the
 * transaction of the refusal. */
static int which_taken(struct db *d, uint32_t id, struct str username,
                       const char **ret_field)
{
    sqlite3_stmt *st = db_use(d, SQL_USERNAME_TAKEN);
    int rc;

    sqlite3_bind_int64(st, 1, id);
    db_bind_str(st, 2, username);
    rc = db_step(d, st);
    if (rc < 0)
        return rc;
    *ret_field = rc == 1 ? "username" : "email";
    db_reset(st);
    return ERR_CONFLICT;
}

/* An empty text is stored as NULL. */
static struct str given(const char *text)
{
    return text[0] != '\0' ? str_of(text) : (struct str){NULL, 0};
}

static int add(struct db *d, const struct account *a)
{
    sqlite3_stmt *st = db_use(d, SQL_ACCOUNT_ADD);

    db_bind_str(st, 1, a->guest ? STR("guest") : STR("user"));
    sqlite3_bind_int64(st, 2, a->created_ms);
    db_bind_str(st, 3, given(a->username));
    db_bind_str(st, 4, given(a->email));
    db_bind_str(st, 5, given(a->password_hash));
    return db_execute(d, st);
}

int sqlite_account_add(struct store *s, struct account *a, const char **ret_field)
{
    struct db *d = db_writer(s);
    int rc;

    if (d == NULL)
        return ERR_UNAVAILABLE;
    rc = add(d, a);
    if (rc == 0)
        a->id = (uint32_t)sqlite3_last_insert_rowid(d->handle);
    else if (rc == ERR_CONFLICT &&
             sqlite3_extended_errcode(d->handle) == SQLITE_CONSTRAINT_UNIQUE)
        rc = which_taken(d, 0, given(a->username), ret_field);
    else if (rc == ERR_CONFLICT)
        rc = ERR_INVALID; /* a guest with a name, a user without: the table's checks */
    return rc;
}

static void copy_text(char *to, size_t size, struct str s)
{
    size_t n = s.len < size ? s.len : size - 1;

    if (n != 0)
        memcpy(to, s.at, n);
    to[n] = '\0';
}

/* Read the only row of st. */
static int read_account(struct db *d, sqlite3_stmt *st, struct account *ret_a)
{
    int rc = db_step(d, st);

    if (rc <= 0)
        return rc == 0 ? ERR_NOT_FOUND : rc;
    ret_a->id = (uint32_t)sqlite3_column_int64(st, 0);
    ret_a->guest = str_eq(db_column_str(st, 1), STR("guest"));
    ret_a->created_ms = sqlite3_column_int64(st, 2);
    copy_text(ret_a->username, sizeof ret_a->username, db_column_str(st, 3));
    copy_text(ret_a->email, sizeof ret_a->email, db_column_str(st, 4));
    copy_text(ret_a->password_hash, sizeof ret_a->password_hash, db_column_str(st, 5));
    db_reset(st);
    return 0;
}

int sqlite_account_by_email(struct store *s, const char *email, struct account *ret_a)
{
    struct db *d = db_reader(s);
    sqlite3_stmt *st = db_use(d, SQL_ACCOUNT_BY_EMAIL);

    db_bind_str(st, 1, str_of(email));
    return read_account(d, st, ret_a);
}

int sqlite_account_by_id(struct store *s, uint32_t id, struct account *ret_a)
{
    struct db *d = db_reader(s);
    sqlite3_stmt *st = db_use(d, SQL_ACCOUNT_BY_ID);

    sqlite3_bind_int64(st, 1, id);
    return read_account(d, st, ret_a);
}

int sqlite_account_get(struct store *s, uint32_t id, struct account *ret_a)
{
    struct db *d = db_writer(s);
    sqlite3_stmt *st;

    if (d == NULL)
        return ERR_UNAVAILABLE;
    st = db_use(d, SQL_ACCOUNT_GET);
    sqlite3_bind_int64(st, 1, id);
    return read_account(d, st, ret_a);
}

/* ---- changing and deleting ---- */

static int end_tokens(struct db *d, uint32_t id, int64_t end_ms)
{
    sqlite3_stmt *st = db_use(d, SQL_TOKENS_END);

    sqlite3_bind_int64(st, 1, id);
    sqlite3_bind_int64(st, 2, end_ms);
    return db_execute(d, st);
}

/* Do not set a value that stays the same: two old accounts may have what is now the
 * same name.
 */
static struct str changed(const char *to, const char *was)
{
    struct buf normal = {0};
    bool same;

    text_normal(&normal, str_of(was), false);
    same = to == NULL || str_eq(str_of(to), buf_str(&normal));
    buf_done(&normal);
    return same ? (struct str){NULL, 0} : str_of(to);
}

int sqlite_account_change(struct store *s, uint32_t id, const struct account_change *c,
                          const char **ret_field)
{
    struct account was;
    struct str username;
    struct db *d = db_writer(s);
    sqlite3_stmt *st;
    int rc = sqlite_account_get(s, id, &was);

    if (rc != 0 || was.guest)
        return rc != 0 ? rc : ERR_INVALID;
    username = changed(c->username, was.username);
    st = db_use(d, SQL_ACCOUNT_CHANGE);
    sqlite3_bind_int64(st, 1, id);
    db_bind_str(st, 2, username);
    db_bind_str(st, 3, changed(c->email, was.email));
    db_bind_str(st, 4, str_of(c->password_hash));
    rc = db_execute(d, st);
    if (rc == ERR_CONFLICT)
        rc = which_taken(d, id, username, ret_field);
    if (rc == 0 && c->tokens_end_ms != 0)
        rc = end_tokens(d, id, c->tokens_end_ms);
    return rc;
}

static int forget_receipts(struct db *d, uint32_t id)
{
    sqlite3_stmt *st = db_use(d, SQL_RECEIPTS_FORGET);

    sqlite3_bind_int64(st, 1, id);
    return db_execute(d, st);
}

int sqlite_account_delete(struct store *s, uint32_t id, int64_t tokens_end_ms)
{
    struct db *d = db_writer(s);
    sqlite3_stmt *st;
    int rc;

    if (d == NULL)
        return ERR_UNAVAILABLE;
    st = db_use(d, SQL_ACCOUNT_DELETE); /* this sets polls.owner_id to NULL */
    sqlite3_bind_int64(st, 1, id);
    rc = db_execute(d, st);
    if (rc == 0 && sqlite3_changes(d->handle) == 0)
        return ERR_NOT_FOUND;
    if (rc == 0)
        rc = forget_receipts(d, id);
    return rc != 0 ? rc : end_tokens(d, id, tokens_end_ms);
}

int sqlite_owned_each(struct store *s, uint32_t owner, store_poll_cb *each,
                      void *user_data)
{
    struct db *d = db_writer(s);
    sqlite3_stmt *st;

    if (d == NULL)
        return ERR_UNAVAILABLE;
    st = db_use(d, SQL_OWNED);
    sqlite3_bind_int64(st, 1, owner);
    return db_each_id(d, st, each, user_data);
}

int sqlite_owned_before(struct store *s, uint32_t owner, uint32_t before,
                        store_poll_cb *each, void *user_data)
{
    struct db *d = db_reader(s);
    sqlite3_stmt *st = db_use(d, SQL_OWNED_BEFORE);

    sqlite3_bind_int64(st, 1, owner);
    sqlite3_bind_int64(st, 2, before);
    return db_each_id(d, st, each, user_data);
}

/* ---- ends of tokens ---- */

int sqlite_tidy(struct store *s, int64_t tokens_before_ms)
{
    struct db *d = db_writer(s);
    sqlite3_stmt *st;
    int rc;

    if (d == NULL)
        return ERR_UNAVAILABLE;
    st = db_use(d, SQL_TOKEN_ENDS_FORGET);
    sqlite3_bind_int64(st, 1, tokens_before_ms);
    rc = db_execute(d, st);
    return rc != 0 ? rc : db_execute(d, db_use(d, SQL_EDITS_DROP));
}

static int last_account(struct db *d, uint32_t *ret_last)
{
    sqlite3_stmt *st = db_use(d, SQL_LAST_ACCOUNT);
    int rc = 0;

    while (db_next(d, st, &rc))
        *ret_last = (uint32_t)sqlite3_column_int64(st, 0);
    return rc;
}

int sqlite_each_account(struct store *s, store_account_cb *each, void *user_data,
                        uint32_t *ret_last)
{
    struct db *d = db_reader(s);
    sqlite3_stmt *st = db_use(d, SQL_EACH_ACCOUNT);
    int rc = 0;

    while (db_next(d, st, &rc))
        rc = each(user_data, (uint32_t)sqlite3_column_int64(st, 0),
                  sqlite3_column_int64(st, 1));
    return rc != 0 ? rc : last_account(d, ret_last);
}

int sqlite_token_ends_each(struct store *s, int64_t after_ms, store_token_end_cb *each,
                           void *user_data)
{
    struct db *d = db_reader(s);
    sqlite3_stmt *st = db_use(d, SQL_TOKEN_ENDS);
    int rc = 0;

    sqlite3_bind_int64(st, 1, after_ms);
    while (db_next(d, st, &rc))
        rc = each(user_data, (uint32_t)sqlite3_column_int64(st, 0),
                  sqlite3_column_int64(st, 1));
    return rc;
}
