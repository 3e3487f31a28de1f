/* sqlite_rows_write.c — fills an empty file with everything a store holds (rows.h). */
#include <stdio.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/rows.h"
#include "store/sqlite.h"
#include "store/sqlite_db.h"
#include "store/sqlite_file.h"

static const char ACCOUNT_SQL[] =
    "INSERT INTO accounts (id, kind, created_ms, username, email, password_hash,"
    " username_key, username_look, email_key) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

/* Options and tags come with spaces or without; json() writes them as we do. */
static const char POLL_SQL[] =
    "INSERT INTO polls (id, owner_id, created_ms, opens_ms, closes_ms, visibility,"
    " voters, vote_change, edits, title, description, options, tags)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, json(?), json(?))";

#define INSERTS(X)                                                                     \
    X(ACCOUNT, ACCOUNT_SQL)                                                            \
    X(TOKEN_END, "INSERT INTO token_ends VALUES (?, ?)")                               \
    X(POLL, POLL_SQL)                                                                  \
    X(RESULT, "INSERT INTO results VALUES (?, ?, ?, ?, ?)")                            \
    X(VOTE, "INSERT INTO votes VALUES (?, ?, ?, ?, ?, ?, ?)")                          \
    X(SKIP, "INSERT INTO skips VALUES (?, ?, ?)")                                      \
    X(WITHDRAWN, "INSERT INTO withdrawn_receipts VALUES (?, ?, ?, ?, ?)")              \
    X(DAILY, "INSERT INTO daily_votes VALUES (?, ?, ?)")                               \
    X(RECENT, "INSERT INTO recent_votes VALUES (?, ?, ?)")                             \
    X(POLL_KEY, "INSERT INTO poll_keys VALUES (?, ?, ?, ?, ?)")                        \
    X(DATA_SET, "UPDATE data_set SET id = ?, first_version = ?")                       \
    X(TEXT_RULES, "UPDATE text_rules SET made_with = ?")                               \
    X(SEQUENCE, "INSERT INTO sqlite_sequence VALUES (?, ?)")

enum insert {
#define X(name, sql) INSERT_##name,
    INSERTS(X)
#undef X
        INSERT__MAX
};

static const char *const inserts[] = {
#define X(name, sql) sql,
    INSERTS(X)
#undef X
};

struct sqlite_rows {
    struct rows_writer base; /* first */
    char *path;
    struct db db;
    sqlite3_stmt *statements[INSERT__MAX];
    int column; /* the next one to bind */
    struct row_origin origin;
    char errmsg[512];
};

static struct sqlite_rows *rows_of(void *w)
{
    return w;
}

static int fail(struct sqlite_rows *w)
{
    return sqlite_file_fail(w->db.handle, w->path, w->errmsg, sizeof w->errmsg);
}

/* ---- statements ---- */

static sqlite3_stmt *use(struct sqlite_rows *w, enum insert name)
{
    w->column = 0;
    return w->statements[name];
}

static void bind_i64(struct sqlite_rows *w, sqlite3_stmt *st, int64_t n)
{
    sqlite3_bind_int64(st, ++w->column, n);
}

static void bind_optional(struct sqlite_rows *w, sqlite3_stmt *st, int64_t n)
{
    db_bind_optional(st, ++w->column, n);
}

static void bind_text(struct sqlite_rows *w, sqlite3_stmt *st, struct str s)
{
    db_bind_str(st, ++w->column, s);
}

static void bind_bytes(struct sqlite_rows *w, sqlite3_stmt *st, struct str s)
{
    sqlite3_bind_blob(st, ++w->column, s.at, (int)s.len, SQLITE_STATIC);
}

static int run(struct sqlite_rows *w, sqlite3_stmt *st)
{
    int rc = sqlite3_step(st) == SQLITE_DONE ? 0 : fail(w);

    sqlite3_reset(st);
    sqlite3_clear_bindings(st);
    return rc;
}

/* ---- rows ---- */

/* The numbers are set at the end, when the rows are in. */
static int put_origin(void *user, const struct row_origin *o)
{
    struct sqlite_rows *w = user;
    sqlite3_stmt *st = use(w, INSERT_DATA_SET);
    int rc;

    w->origin = *o;
    bind_bytes(w, st, (struct str){(const char *)o->id, sizeof o->id});
    bind_i64(w, st, (int64_t)o->first_version);
    rc = run(w, st);
    if (rc != 0)
        return rc;
    st = use(w, INSERT_TEXT_RULES);
    bind_text(w, st, o->text_rules);
    return run(w, st);
}

static int put_account(void *user, const struct row_account *a)
{
    struct sqlite_rows *w = user;
    sqlite3_stmt *st = use(w, INSERT_ACCOUNT);

    bind_i64(w, st, a->id);
    bind_text(w, st, a->kind);
    bind_i64(w, st, a->created_ms);
    bind_text(w, st, a->username);
    bind_text(w, st, a->email);
    bind_text(w, st, a->password_hash);
    bind_text(w, st, a->username_key);
    bind_text(w, st, a->username_look);
    bind_text(w, st, a->email_key);
    return run(w, st);
}

static int put_token_end(void *user, uint32_t user_id, int64_t end_ms)
{
    struct sqlite_rows *w = user;
    sqlite3_stmt *st = use(w, INSERT_TOKEN_END);

    bind_i64(w, st, user_id);
    bind_i64(w, st, end_ms);
    return run(w, st);
}

static int put_result(struct sqlite_rows *w, const struct row_poll *p)
{
    sqlite3_stmt *st = use(w, INSERT_RESULT);

    bind_i64(w, st, p->id);
    bind_i64(w, st, (int64_t)p->base_version);
    bind_i64(w, st, (int64_t)p->total);
    bind_i64(w, st, (int64_t)p->skips);
    bind_text(w, st, p->counts);
    return run(w, st);
}

static int put_poll(void *user, const struct row_poll *p)
{
    struct sqlite_rows *w = user;
    sqlite3_stmt *st = use(w, INSERT_POLL);
    int rc;

    bind_i64(w, st, p->id);
    bind_optional(w, st, p->owner);
    bind_i64(w, st, p->created_ms);
    bind_optional(w, st, p->rules.opens_ms);
    bind_optional(w, st, p->rules.closes_ms);
    bind_text(w, st, str_of(poll_visibility_text(p->rules.visibility)));
    bind_text(w, st, str_of(poll_voters_text(p->rules.voters)));
    bind_i64(w, st, p->rules.vote_change);
    bind_i64(w, st, p->rules.edits);
    bind_text(w, st, p->title);
    bind_text(w, st, p->description);
    bind_text(w, st, p->options);
    bind_text(w, st, p->tags);
    rc = run(w, st);
    return rc == 0 ? put_result(w, p) : rc;
}

static int put_vote(struct sqlite_rows *w, const struct row_ballot *b)
{
    sqlite3_stmt *st = use(w, INSERT_VOTE);

    bind_i64(w, st, b->poll);
    bind_i64(w, st, b->user);
    bind_i64(w, st, b->option);
    bind_i64(w, st, b->at_ms);
    bind_i64(w, st, (int64_t)b->version);
    bind_bytes(w, st, b->told.key);
    bind_bytes(w, st, b->told.receipt);
    return run(w, st);
}

static int put_skip(struct sqlite_rows *w, const struct row_ballot *b)
{
    sqlite3_stmt *st = use(w, INSERT_SKIP);

    bind_i64(w, st, b->poll);
    bind_i64(w, st, b->user);
    bind_i64(w, st, b->at_ms);
    return run(w, st);
}

static int put_withdrawn(struct sqlite_rows *w, const struct row_ballot *b)
{
    sqlite3_stmt *st = use(w, INSERT_WITHDRAWN);

    bind_i64(w, st, b->poll);
    bind_i64(w, st, b->user);
    bind_i64(w, st, b->was_ms);
    bind_bytes(w, st, b->was_told.key);
    bind_bytes(w, st, b->was_told.receipt);
    return run(w, st);
}

static int put_ballot(void *user, const struct row_ballot *b)
{
    struct sqlite_rows *w = user;
    int rc = 0;

    if (str_eq(b->kind, STR("vote")))
        rc = put_vote(w, b);
    else if (str_eq(b->kind, STR("skip")))
        rc = put_skip(w, b);
    return rc == 0 && b->was_told.key.at != NULL ? put_withdrawn(w, b) : rc;
}

static int put_numbers(struct sqlite_rows *w, enum insert name, int64_t a, int64_t b,
                       int64_t c)
{
    sqlite3_stmt *st = use(w, name);

    bind_i64(w, st, a);
    bind_i64(w, st, b);
    bind_i64(w, st, c);
    return run(w, st);
}

static int put_daily(void *user, int64_t day, uint32_t user_id, uint32_t votes)
{
    return put_numbers(user, INSERT_DAILY, day, user_id, votes);
}

static int put_recent(void *user, int64_t span, uint32_t poll, uint32_t votes)
{
    return put_numbers(user, INSERT_RECENT, span, poll, votes);
}

static int put_poll_key(void *user, const struct row_poll_key *k)
{
    struct sqlite_rows *w = user;
    sqlite3_stmt *st = use(w, INSERT_POLL_KEY);

    bind_i64(w, st, k->owner);
    bind_bytes(w, st, k->key);
    bind_bytes(w, st, k->content);
    bind_i64(w, st, k->poll);
    bind_i64(w, st, k->deleted);
    return run(w, st);
}

/* ---- the end ---- */

static int set_last(struct sqlite_rows *w, const char *table, uint64_t last)
{
    sqlite3_stmt *st = use(w, INSERT_SEQUENCE);

    bind_text(w, st, str_of(table));
    bind_i64(w, st, (int64_t)last);
    return run(w, st);
}

static void close_file(struct sqlite_rows *w)
{
    for (int i = 0; i < INSERT__MAX; i++) {
        sqlite3_finalize(w->statements[i]); /* accepts NULL */
        w->statements[i] = NULL;
    }
    sqlite3_close(w->db.handle);
    w->db.handle = NULL;
}

static int check(struct sqlite_rows *w, const struct store_report *to,
                 struct store_totals *ret_totals)
{
    struct sqlite_opts opts = {.path = w->path, .must_exist = true};
    struct store *s;
    int rc = store_sqlite_open(&opts, &s, w->errmsg, sizeof w->errmsg);

    if (rc != 0)
        return rc;
    rc = s->ops->verify(s, to, ret_totals);
    if (rc == ERR_CONFLICT)
        snprintf(w->errmsg, sizeof w->errmsg, "what was written is not sound");
    else if (rc != 0)
        snprintf(w->errmsg, sizeof w->errmsg, "%s", s->ops->errmsg(s, STORE_READER));
    s->ops->free(s);
    return rc;
}

/* Whoever made the file removes it if it is not sound. */
static int commit(struct rows_writer *base, const struct store_report *to,
                  struct store_totals *ret_totals)
{
    struct sqlite_rows *w = rows_of(base);
    int rc = sqlite_file_execute(w->db.handle, w->path, "DELETE FROM sqlite_sequence",
                                 w->errmsg, sizeof w->errmsg);

    if (rc == 0)
        rc = set_last(w, "accounts", w->origin.last_account);
    if (rc == 0)
        rc = set_last(w, "polls", w->origin.last_poll);
    if (rc == 0)
        rc = sqlite_file_execute(w->db.handle, w->path, "COMMIT", w->errmsg,
                                 sizeof w->errmsg);
    if (rc != 0)
        return rc;
    close_file(w);
    return check(w, to, ret_totals);
}

static void free_rows(struct rows_writer *base)
{
    struct sqlite_rows *w = rows_of(base);

    close_file(w);
    mem_free(w->path);
    mem_free(w);
}

static const char *last_errmsg(struct rows_writer *base)
{
    return rows_of(base)->errmsg;
}

/* ---- the beginning ---- */

/* The store makes its own tables. */
static int make_tables(const char *path, char *errmsg, size_t size)
{
    struct sqlite_opts opts = {.path = path};
    struct store *s;
    int rc = store_sqlite_open(&opts, &s, errmsg, size);

    if (rc == 0)
        s->ops->free(s);
    return rc;
}

static int open_file(struct sqlite_rows *w)
{
    int rc = sqlite_file_open(w->path, SQLITE_OPEN_READWRITE, &w->db.handle, w->errmsg,
                              sizeof w->errmsg);

    if (rc == 0)
        rc = sqlite_text_functions(&w->db) == 0 ? 0 : fail(w);
    for (int i = 0; rc == 0 && i < INSERT__MAX; i++)
        if (sqlite3_prepare_v2(w->db.handle, inserts[i], -1, &w->statements[i], NULL) !=
            SQLITE_OK)
            rc = fail(w);
    if (rc == 0)
        rc = sqlite_file_execute(w->db.handle, w->path, "BEGIN IMMEDIATE", w->errmsg,
                                 sizeof w->errmsg);
    return rc;
}

static const struct rows_sink puts_rows = {.origin = put_origin,
                                           .account = put_account,
                                           .token_end = put_token_end,
                                           .poll = put_poll,
                                           .ballot = put_ballot,
                                           .daily = put_daily,
                                           .recent = put_recent,
                                           .poll_key = put_poll_key};

int sqlite_rows_begin(const char *path, struct rows_writer **ret_w, char *errmsg,
                      size_t size)
{
    struct sqlite_rows *w;
    int rc = make_tables(path, errmsg, size);

    if (rc != 0)
        return rc;
    w = mem_zalloc(1, sizeof *w);
    w->base = (struct rows_writer){puts_rows, commit, free_rows, last_errmsg};
    w->base.sink.user = w;
    w->path = mem_strdup(path);
    rc = open_file(w);
    if (rc == 0) {
        *ret_w = &w->base;
        return 0;
    }
    snprintf(errmsg, size, "%s", w->errmsg);
    free_rows(&w->base);
    return rc;
}
