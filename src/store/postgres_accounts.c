/* postgres_accounts.c — adds, changes, deletes and finds accounts and the polls they
 * own, and keeps the ends of their tokens (store.h; postgres_db.h).
 */
#include <string.h>

#include "base/err.h"
#include "base/lookalike.h"
#include "base/text.h"
#include "base/unicode.h"
#include "store/postgres_db.h"

/* The keys that a name and an address are compared by. */
struct keys {
    struct buf name, look, email;
};

static void keys_done(struct keys *k)
{
    buf_done(&k->name);
    buf_done(&k->look);
    buf_done(&k->email);
}

static void make_keys(struct keys *k, struct str username, struct str email)
{
    if (username.at != NULL) {
        name_key(&k->name, username);
        name_look(&k->look, username);
    }
    if (email.at != NULL)
        unicode_fold(&k->email, email);
}

/* NULL stays NULL. */
static void arg_key(struct pg_args *a, struct str of, const struct buf *key)
{
    pg_arg_str(a, of.at == NULL
                      ? (struct str){NULL, 0}
                      : (struct str){key->len != 0 ? key->data : "", key->len});
}

/* The keys of account id (0: a new one) were refused: because of the name, or the
 * e-mail? A name that is the account's own, in other letters, is not taken. */
static int which_taken(struct side *d, uint32_t id, struct str username,
                       const struct keys *k, const char **ret_field)
{
    struct pg_args a = {0};
    uint64_t n;
    int rc;

    pg_arg_i64(&a, id);
    arg_key(&a, username, &k->name);
    arg_key(&a, username, &k->look);
    rc = side_count(d,
                    "SELECT 1 FROM accounts WHERE id <> $1"
                    " AND (username_key = $2 OR username_look = $3) LIMIT 1",
                    &a, NULL, NULL, &n);
    if (rc != 0)
        return rc;
    *ret_field = n != 0 ? "username" : "email";
    return ERR_CONFLICT;
}

/* An empty text is stored as NULL. */
static struct str given(const char *text)
{
    return text[0] != '\0' ? str_of(text) : (struct str){NULL, 0};
}

static int take_id(void *user, const struct pg_row *row)
{
    *(uint32_t *)user = (uint32_t)pg_i64(row, 0);
    return 0;
}

static int add(struct side *d, struct account *a, const struct keys *k,
               uint64_t *ret_added)
{
    struct str username = given(a->username), email = given(a->email);
    struct pg_args args = {0};

    pg_arg_str(&args, a->guest ? STR("guest") : STR("user"));
    pg_arg_i64(&args, a->created_ms);
    pg_arg_str(&args, username);
    arg_key(&args, username, &k->name);
    arg_key(&args, username, &k->look);
    pg_arg_str(&args, email);
    arg_key(&args, email, &k->email);
    pg_arg_str(&args, given(a->password_hash));
    return side_count(d,
                      "WITH a AS (INSERT INTO accounts (kind, created_ms, username,"
                      " username_key, username_look, email, email_key, password_hash)"
                      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
                      " ON CONFLICT DO NOTHING RETURNING id), l AS (INSERT INTO"
                      " poll_log (kind, id) SELECT 'account-added', id FROM a)"
                      " SELECT id FROM a",
                      &args, take_id, &a->id, ret_added);
}

int postgres_account_add(struct store *s, struct account *a, const char **ret_field)
{
    struct side *d = side_writer(s);
    struct keys k = {0};
    uint64_t added = 0;
    int rc;

    if (d == NULL)
        return ERR_UNAVAILABLE;
    if (a->guest != (a->username[0] == '\0'))
        return ERR_INVALID;
    make_keys(&k, given(a->username), given(a->email));
    rc = add(d, a, &k, &added);
    if (rc == 0 && added == 0)
        rc = which_taken(d, 0, given(a->username), &k, ret_field);
    keys_done(&k);
    return rc;
}

/* ---- finding ---- */

#define ACCOUNT_COLUMNS "id, kind = 'guest', created_ms, username, email, password_hash"

static void copy_text(char *to, size_t size, struct str s)
{
    size_t n = s.len < size ? s.len : size - 1;

    if (n != 0)
        memcpy(to, s.at, n);
    to[n] = '\0';
}

static int take_account(void *user, const struct pg_row *row)
{
    struct account *a = user;

    a->id = (uint32_t)pg_i64(row, 0);
    a->guest = pg_i64(row, 1) != 0;
    a->created_ms = pg_i64(row, 2);
    copy_text(a->username, sizeof a->username, pg_str(row, 3));
    copy_text(a->email, sizeof a->email, pg_str(row, 4));
    copy_text(a->password_hash, sizeof a->password_hash, pg_str(row, 5));
    return 0;
}

static int find_account(struct side *d, const char *sql, const struct pg_args *args,
                        struct account *ret_a)
{
    uint64_t n;
    int rc = side_count(d, sql, args, take_account, ret_a, &n);

    return rc == 0 && n == 0 ? ERR_NOT_FOUND : rc;
}

/* Two old accounts may have what is now the same address: the key of the younger one
 * goes on with U+0001 (postgres_text.c). */
int postgres_account_by_email(struct store *s, const char *email, struct account *ret_a)
{
    struct pg_args a = {0};
    struct buf key = {0};
    int rc;

    unicode_fold(&key, str_of(email));
    arg_key(&a, STR(""), &key);
    pg_arg_str(&a, str_of(email));
    rc = find_account(side_reader(s),
                      "SELECT " ACCOUNT_COLUMNS " FROM accounts WHERE email_key = $1"
                      " OR (email_key > $1 || chr(1) AND email_key < $1 || chr(2))"
                      " ORDER BY email = $2 DESC, id LIMIT 1",
                      &a, ret_a);
    buf_done(&key);
    return rc;
}

static const char BY_ID[] = "SELECT " ACCOUNT_COLUMNS " FROM accounts WHERE id = $1";

int postgres_account_by_id(struct store *s, uint32_t id, struct account *ret_a)
{
    struct pg_args a = {0};

    pg_arg_i64(&a, id);
    return find_account(side_reader(s), BY_ID, &a, ret_a);
}

/* Locked, so that the answer stays true until the transaction ends. */
int postgres_account_get(struct store *s, uint32_t id, struct account *ret_a)
{
    struct side *d = side_writer(s);
    struct pg_args a = {0};

    if (d == NULL)
        return ERR_UNAVAILABLE;
    pg_arg_i64(&a, id);
    return find_account(
        d, "SELECT " ACCOUNT_COLUMNS " FROM accounts WHERE id = $1 FOR NO KEY UPDATE",
        &a, ret_a);
}

/* ---- changing and deleting ---- */

static int end_tokens(struct side *d, uint32_t id, int64_t end_ms)
{
    struct pg_args a = {0};

    pg_arg_i64(&a, id);
    pg_arg_i64(&a, end_ms);
    return side_run(d,
                    "INSERT INTO token_ends VALUES ($1, $2) ON CONFLICT (user_id)"
                    " DO UPDATE SET end_ms = greatest(token_ends.end_ms,"
                    " excluded.end_ms)",
                    &a, NULL, NULL);
}

/* Their polls show the owner's name. */
static int log_account(struct side *d, uint32_t id, struct str what)
{
    struct pg_args a = {0};

    pg_arg_i64(&a, id);
    pg_arg_str(&a, what);
    return side_run(d,
                    "INSERT INTO poll_log (id, kind) SELECT $1, $2"
                    " UNION ALL SELECT id, 'poll-owner' FROM polls WHERE owner_id = $1",
                    &a, NULL, NULL);
}

/* Do not set a value that stays the same: two old accounts may have what is now the
 * same name. */
static struct str changed(const char *to, const char *was)
{
    struct buf normal = {0};
    bool same;

    text_normal(&normal, str_of(was), false);
    same = to == NULL || str_eq(str_of(to), buf_str(&normal));
    buf_done(&normal);
    return same ? (struct str){NULL, 0} : str_of(to);
}

/* Change the row, or nothing: ERR_CONFLICT, and the transaction goes on. */
static int update(struct side *d, const struct pg_args *args)
{
    struct pg_statement s[] = {
        {.sql = "SAVEPOINT change"},
        {.sql = "UPDATE accounts SET username = coalesce($2, username),"
                " username_key = coalesce($3, username_key),"
                " username_look = coalesce($4, username_look),"
                " email = coalesce($5, email), email_key = coalesce($6, email_key),"
                " password_hash = coalesce($7, password_hash) WHERE id = $1",
         .args = args},
        {.sql = "RELEASE change"},
    };
    int rc = pg_run_all(d->pg, s, sizeof s / sizeof *s);

    if (rc == 0)
        return 0;
    if (rc != ERR_CONFLICT)
        return side_fail(d, "%s", pg_errmsg(d->pg));
    rc = side_run(d, "ROLLBACK TO change", NULL, NULL, NULL);
    return rc != 0 ? rc : ERR_CONFLICT;
}

static int set_account(struct side *d, const struct account *was,
                       const struct account_change *c, const char **ret_field)
{
    struct str username = changed(c->username, was->username);
    struct str email = changed(c->email, was->email);
    struct pg_args a = {0};
    struct keys k = {0};
    int rc;

    make_keys(&k, username, email);
    pg_arg_i64(&a, was->id);
    pg_arg_str(&a, username);
    arg_key(&a, username, &k.name);
    arg_key(&a, username, &k.look);
    pg_arg_str(&a, email);
    arg_key(&a, email, &k.email);
    pg_arg_str(&a, c->password_hash != NULL ? str_of(c->password_hash)
                                            : (struct str){NULL, 0});
    rc = update(d, &a);
    if (rc == ERR_CONFLICT)
        rc = which_taken(d, was->id, username, &k, ret_field);
    keys_done(&k);
    return rc;
}

int postgres_account_change(struct store *s, uint32_t id,
                            const struct account_change *c, const char **ret_field)
{
    struct account was;
    struct side *d = side_writer(s);
    int rc = postgres_account_get(s, id, &was);

    if (rc != 0 || was.guest)
        return rc != 0 ? rc : ERR_INVALID;
    rc = set_account(d, &was, c, ret_field);
    if (rc == 0)
        rc = log_account(d, id, STR("account-changed"));
    if (rc == 0 && c->tokens_end_ms != 0)
        rc = end_tokens(d, id, c->tokens_end_ms);
    return rc;
}

/* Ballots that are nothing but a receipt of the past go, others only lose it. */
static int forget_receipts(struct side *d, uint32_t id)
{
    struct pg_args a = {0};
    struct pg_statement s[] = {
        {.sql = "DELETE FROM ballots WHERE user_id = $1 AND kind = 'none'", .args = &a},
        {.sql = "UPDATE ballots SET was_ms = NULL, was_key = NULL, was_receipt = NULL"
                " WHERE user_id = $1 AND kind <> 'none' AND was_key IS NOT NULL",
         .args = &a},
    };

    pg_arg_i64(&a, id);
    return side_run_all(d, s, sizeof s / sizeof *s);
}

int postgres_account_delete(struct store *s, uint32_t id, int64_t tokens_end_ms)
{
    struct side *d = side_writer(s);
    struct pg_args a = {0};
    uint64_t n;
    int rc;

    if (d == NULL)
        return ERR_UNAVAILABLE;
    pg_arg_i64(&a, id);
    rc = log_account(d, id, STR("account-deleted"));
    /* this sets polls.owner_id to NULL */
    if (rc == 0)
        rc = side_count(d, "DELETE FROM accounts WHERE id = $1", &a, NULL, NULL, &n);
    if (rc != 0 || n == 0)
        return rc != 0 ? rc : ERR_NOT_FOUND;
    rc = forget_receipts(d, id);
    return rc != 0 ? rc : end_tokens(d, id, tokens_end_ms);
}

int postgres_owned_each(struct store *s, uint32_t owner, store_poll_cb *each,
                        void *user_data)
{
    struct side *d = side_writer(s);
    struct each_id e = {each, user_data};
    struct pg_args a = {0};

    if (d == NULL)
        return ERR_UNAVAILABLE;
    pg_arg_i64(&a, owner);
    return side_run(d, "SELECT id FROM polls WHERE owner_id = $1 ORDER BY id", &a,
                    postgres_each_id, &e);
}

int postgres_owned_before(struct store *s, uint32_t owner, uint32_t before,
                          store_poll_cb *each, void *user_data)
{
    struct each_id e = {each, user_data};
    struct pg_args a = {0};

    pg_arg_i64(&a, owner);
    pg_arg_i64(&a, before);
    return side_run(side_reader(s),
                    "SELECT id FROM polls WHERE owner_id = $1 AND id < $2"
                    " ORDER BY id DESC",
                    &a, postgres_each_id, &e);
}

/* ---- the start ---- */

/* Other processes may be at work: an edit that is new may still be made by one. */
int postgres_tidy(struct store *s, int64_t tokens_before_ms)
{
    struct side *d = side_writer(s);
    struct pg_args a = {0};
    struct pg_statement st[] = {
        {.sql = "DELETE FROM token_ends WHERE end_ms < $1", .args = &a},
        {.sql = "DELETE FROM poll_edits WHERE made_at < now() - interval '1 hour'"},
    };

    if (d == NULL)
        return ERR_UNAVAILABLE;
    pg_arg_i64(&a, tokens_before_ms);
    return side_run_all(d, st, sizeof st / sizeof *st);
}

struct accounts_walk {
    store_account_cb *each;
    void *user_data;
};

static int each_account(void *user, const struct pg_row *row)
{
    const struct accounts_walk *w = user;

    return w->each(w->user_data, (uint32_t)pg_i64(row, 0), pg_i64(row, 1));
}

int postgres_each_account(struct store *s, store_account_cb *each, void *user_data,
                          uint32_t *ret_last)
{
    struct side *d = side_reader(s);
    struct accounts_walk w = {each, user_data};
    int rc = side_run(d, "SELECT id, created_ms FROM accounts ORDER BY id", NULL,
                      each_account, &w);

    return rc != 0 ? rc
                   : side_run(d,
                              "SELECT CASE WHEN is_called THEN last_value ELSE 0 END"
                              " FROM accounts_id_seq",
                              NULL, take_id, ret_last);
}

struct ends_walk {
    store_token_end_cb *each;
    void *user_data;
};

static int each_end(void *user, const struct pg_row *row)
{
    const struct ends_walk *w = user;

    return w->each(w->user_data, (uint32_t)pg_i64(row, 0), pg_i64(row, 1));
}

int postgres_token_ends_each(struct store *s, int64_t after_ms,
                             store_token_end_cb *each, void *user_data)
{
    struct ends_walk w = {each, user_data};
    struct pg_args a = {0};

    pg_arg_i64(&a, after_ms);
    return side_run(side_reader(s),
                    "SELECT user_id, end_ms FROM token_ends WHERE end_ms > $1", &a,
                    each_end, &w);
}
