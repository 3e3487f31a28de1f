/* sqlite_db.h — shared by the parts of the SQLite backend.
 *
 *   sqlite.c           opening, transactions, the table of functions
 *   sqlite_migrate.c   the schema, and whether the file is ours
 *   sqlite_text.c      how text is compared
 *   sqlite_copy.c      copies, for backups
 *   sqlite_file.c      a file that is opened for a moment
 *   sqlite_db.c        statements: binding, stepping, and errors
 *   sqlite_accounts.c, sqlite_polls.c, sqlite_edit.c, sqlite_keys.c, sqlite_project.c,
 *   sqlite_read.c, sqlite_search.c, sqlite_stats.c, sqlite_verify.c
 *                      the calls of store.h
 *   sqlite_rows_read.c, sqlite_rows_write.c
 *                      all rows, for moving them (rows.h)
 *
 * Errors  a step that fails for any reason but a constraint fails its transaction:
 *         SQLite may have rolled back by itself, and a later statement would then run
 *         in a transaction of its own.
 */
#ifndef STORE_SQLITE_DB_H
#define STORE_SQLITE_DB_H

#include <sqlite3.h>

#include "base/str.h"
#include "store/migration.h"
#include "core/row_text.h"
#include "store/sqlite_sql.h"
#include "store/store.h"

enum { SQLITE_APPLICATION = 0x506f6c78 }; /* "Polx", in the file's header */

/* One connection. */
struct db {
    sqlite3 *handle;
    sqlite3_stmt *statements[SQL__MAX]; /* only those of its side */
    bool in_transaction, failed;
    char errmsg[256];
};

struct place;
struct day_vote;

struct sqlite_store {
    struct store base;
    struct db sides[2]; /* by enum store_side */

    void (*committed)(void *user, uint64_t commits, uint64_t in_file);
    void *user;
    uint64_t in_file; /* commits that are in the file itself */
    int log_pages;    /* size of the write-ahead log after the last commit */
    bool log_is_new;  /* the last commit was the first of a new log */

    /* used by sqlite_project.c on the writer's side; grow to the largest batch */
    struct place *places;
    struct day_vote *day_votes;
    size_t cap;
};

static inline struct sqlite_store *sqlite_of(struct store *s)
{
    return (struct sqlite_store *)s;
}

/* The writer's connection, in a transaction; NULL if that has failed. */
struct db *db_writer(struct store *s);
struct db *db_reader(struct store *s);

/* Keep SQLite's message for errmsg. Always returns ERR_UNAVAILABLE. */
int db_fail(struct db *d);
int db_fail_with(struct db *d, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Statements, by name. Bind, then step: 1 is a row, 0 the end. After the end, an error
 * or db_reset() the statement is ready for its next use. ERR_CONFLICT: a constraint
 * refused it, and nothing has changed. */
sqlite3_stmt *db_use(struct db *d, enum sql name);
void db_bind_str(sqlite3_stmt *st, int i, struct str s); /* s.at NULL binds NULL */
/* 0 binds NULL. */
void db_bind_optional(sqlite3_stmt *st, int i, int64_t n);
int db_step(struct db *d, sqlite3_stmt *st);
void db_reset(sqlite3_stmt *st);
/* Step to the next row of a walk. Put the result of each row into *rc, and 0 before the
 * first: anything else ends the walk. After it *rc is 0, or what ended it. */
bool db_next(struct db *d, sqlite3_stmt *st, int *rc);
/* Step a statement that gives no rows. */
int db_execute(struct db *d, sqlite3_stmt *st);
/* Call each with every row's first column, an id, until it returns other than 0. */
int db_each_id(struct db *d, sqlite3_stmt *st, store_poll_cb *each, void *user_data);
/* Valid until the next step. */
struct str db_column_str(sqlite3_stmt *st, int i);
struct str db_column_blob(sqlite3_stmt *st, int i);

/* A snapshot for several statements of the reader. */
int db_begin_read(struct db *d);
void db_end_read(struct db *d);

/* Check that the file is ours, and read its version. ERR_CONFLICT: it is not ours, or
 * from a newer program. */
int sqlite_identify(struct db *d, const char *path, int *ret_version, char *errmsg,
                    size_t errmsg_size);
/* Bring the file to this program's version. */
int sqlite_migrate(struct db *d, const char *path, char *errmsg, size_t errmsg_size);

/* Add our functions, which triggers and statements call. */
int sqlite_text_functions(struct db *d);
/* If the functions have changed, recompute all stored values that they made. */
int sqlite_text_remake(struct db *d);

/* The calls of store.h. */
int sqlite_project(struct store *s, const struct change *changes, size_t n);
int sqlite_account_add(struct store *s, struct account *a, const char **ret_field);
int sqlite_account_by_email(struct store *s, const char *email, struct account *ret_a);
int sqlite_account_by_id(struct store *s, uint32_t id, struct account *ret_a);
int sqlite_account_get(struct store *s, uint32_t id, struct account *ret_a);
int sqlite_account_change(struct store *s, uint32_t id, const struct account_change *c,
                          const char **ret_field);
int sqlite_account_delete(struct store *s, uint32_t id, int64_t tokens_end_ms);
int sqlite_owned_each(struct store *s, uint32_t owner, store_poll_cb *each,
                      void *user_data);
int sqlite_tidy(struct store *s, int64_t tokens_before_ms);
int sqlite_each_account(struct store *s, store_account_cb *each, void *user_data,
                        uint32_t *ret_last);
int sqlite_token_ends_each(struct store *s, int64_t after_ms, store_token_end_cb *each,
                           void *user_data);
int sqlite_seen_each(struct store *s, uint32_t user, store_poll_cb *each,
                     void *user_data);
int sqlite_owned_before(struct store *s, uint32_t owner, uint32_t before,
                        store_poll_cb *each, void *user_data);
int sqlite_user_votes(struct store *s, uint32_t user, int64_t before_ms,
                      uint32_t before_poll, size_t max, store_vote_cb *each,
                      void *user_data);
int sqlite_user_withdrawn(struct store *s, uint32_t user, store_vote_cb *each,
                          void *user_data);
int sqlite_user_skips(struct store *s, uint32_t user, int64_t before_ms,
                      uint32_t before_poll, size_t max, store_skip_cb *each,
                      void *user_data);
int sqlite_poll_stats(struct store *s, uint32_t poll, int64_t bucket_ms,
                      struct store_stats *ret, store_span_cb *each, void *user_data);
int sqlite_search(struct store *s, struct str query, size_t max, store_poll_cb *each,
                  void *user_data);
int sqlite_poll_add(struct store *s, const struct poll *p, uint32_t *ret_id);
int sqlite_edit_add(struct store *s, uint32_t poll, uint32_t fields,
                    const struct poll *values, uint64_t *ret_id);
int sqlite_edit_drop(struct store *s, uint64_t id);
int sqlite_key_find(struct store *s, uint32_t owner, const struct poll_key *key,
                    uint32_t *ret_poll);
int sqlite_key_add(struct store *s, uint32_t owner, const struct poll_key *key,
                   uint32_t poll);
/* Call when the poll is being deleted. */
int sqlite_key_end(struct db *d, uint32_t poll);
/* Enter a projected CHANGE_EDIT. */
int sqlite_edit_enter(struct db *d, const struct change *c);
/* Bind the definition of p (times, rules, texts) to the parameters from first on. The
 * two buffers hold the lists until the statement has run. */
void sqlite_bind_definition(sqlite3_stmt *st, int first, const struct poll *p,
                            struct buf *options, struct buf *tags);
int sqlite_each_poll(struct store *s, store_stored_poll_cb *each, void *user);
/* Read rules and stored counts from a row of SQL_EACH_POLL or SQL_POLL_RULES. */
int sqlite_poll_row(struct db *d, sqlite3_stmt *st, struct poll_rules *ret_rules,
                    struct stored_poll *ret_p);
int sqlite_tally_load(struct store *s, uint32_t poll, struct tally **ret_tally);
int sqlite_position(struct store *s, uint64_t *ret_position);
int sqlite_each_daily(struct store *s, int64_t day, store_daily_cb *each, void *user);
int sqlite_recent_each(struct store *s, int64_t since_ms, store_recent_cb *each,
                       void *user_data);
int sqlite_verify(struct store *s, const struct store_report *to,
                  struct store_totals *ret_totals);

#endif
