/* postgres_db.h — shared by the parts of the PostgreSQL backend.
 *
 *   postgres.c          opening, transactions, the table of functions
 *   postgres_db.c       statements of a side, and their errors
 *   postgres_migrate.c  the schema, and whether the database is ours
 *   postgres_text.c     words and keys, which the program makes
 *   postgres_accounts.c, postgres_polls.c, postgres_edit.c, postgres_keys.c,
 *   postgres_project.c, postgres_read.c, postgres_search.c, postgres_stats.c,
 *   postgres_verify.c   the calls of store.h
 *   postgres_rows_read.c, postgres_rows_write.c, postgres_copy.c
 *                       all rows, for moving them (rows.h)
 *
 * Errors  any refusal by PostgreSQL aborts its transaction. So statements are written
 *         not to be refused (ON CONFLICT, conditions), and one that is fails the side.
 */
#ifndef STORE_POSTGRES_DB_H
#define STORE_POSTGRES_DB_H

#include "base/buf.h"
#include "link/pg.h"
#include "store/store.h"

enum { POSTGRES_LOCK = 0x506f6c78 }; /* "Polx": the advisory lock of migrations */

struct side {
    struct pg *pg;
    bool in_transaction, failed; /* of the writer */
    char errmsg[512];
};

struct postgres_store {
    struct store base;
    struct side sides[2]; /* by enum store_side */
};

static inline struct postgres_store *postgres_of(struct store *s)
{
    return (struct postgres_store *)s;
}

/* The writer's side, in a transaction; NULL if that has failed. */
struct side *side_writer(struct store *s);
struct side *side_reader(struct store *s);

/* Keep a message for errmsg. Always returns ERR_UNAVAILABLE. */
int side_fail(struct side *d, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* As pg_run_all(); but a callback's error is its own, and everything else is
 * ERR_UNAVAILABLE and fails the side. */
int side_run_all(struct side *d, struct pg_statement *statements, size_t n);
int side_run(struct side *d, const char *sql, const struct pg_args *args,
             pg_row_cb *each, void *user);
/* The same; *ret_rows: how many rows it returned or changed. */
int side_count(struct side *d, const char *sql, const struct pg_args *args,
               pg_row_cb *each, void *user, uint64_t *ret_rows);
/* Statements of the reader that see one snapshot, at most SNAPSHOT_MAX. */
enum { SNAPSHOT_MAX = 16 };
int side_snapshot(struct side *d, const struct pg_statement *statements, size_t n);

/* Call each with every row's first column, an id. */
struct each_id {
    store_poll_cb *each;
    void *user_data;
};
pg_row_cb postgres_each_id;

int postgres_migrate(struct pg *pg, bool read_only, char *errmsg, size_t errmsg_size);
/* What verify() finds, within a transaction of the caller's. */
int postgres_check(struct side *d, const struct store_report *to,
                   struct store_totals *ret_totals);

/* ---- text ---- */

/* What is stored beside a name or an address, to compare it. */
struct key_text {
    struct buf key;
    bool is_null;
};
/* Append the words of all texts of a poll, and as an array the lexemes of its index. */
void postgres_words(const struct poll *p, struct buf *words, struct buf *lexemes);
/* A word as it is in the index: cut, where lexemes may not be so long. */
struct str postgres_lexeme(struct str word);
/* Each lexeme of a poll's words. */
void postgres_each_lexeme(struct str words,
                          void (*each)(struct buf *b, struct str word), struct buf *b);
/* If the rules of words and keys have changed, make all that is stored again. */
int postgres_text_remake(struct pg *pg);

/* ---- rows of polls ---- */

/* id, owner_id, created_ms, title, description, options, tags and the rules, in the
 * order in which postgres_poll_row() reads them. */
#define POSTGRES_POLL_COLUMNS                                                          \
    "p.id, p.owner_id, p.created_ms, r.opens_ms, r.closes_ms, r.visibility,"           \
    " r.voters, r.vote_change, r.base_version, r.total, r.skips,"                      \
    " to_json(r.counts)::text, r.edits"
enum { POSTGRES_POLL_N = 13 };
/* Rules and stored counts. */
int postgres_poll_row(struct side *d, const struct pg_row *row,
                      struct poll_rules *ret_rules, struct stored_poll *ret_p);

/* Those columns and the texts, of polls p, their results r and owners a. */
#define POSTGRES_WHOLE_POLL                                                            \
    POSTGRES_POLL_COLUMNS ", p.title, p.description, p.options::text,"                 \
                          " to_json(p.tags)::text, a.username"
enum { POSTGRES_WHOLE_POLL_N = POSTGRES_POLL_N + 5 };
/* The same with the definition: ret_p->poll is the caller's. */
int postgres_whole_poll(struct side *d, const struct pg_row *row,
                        struct stored_poll *ret_p);

/* The rules and texts of p, as parameters; the buffers hold the lists until the
 * statement has run. */
struct definition_text {
    struct buf options, tags, words, lexemes;
};
void postgres_arg_rules(struct pg_args *a, const struct poll_rules *r); /* 5 of them */
void postgres_arg_texts(struct pg_args *a, const struct poll *p,
                        struct definition_text *t); /* title … tags: 4 of them */
void postgres_arg_words(struct pg_args *a, const struct poll *p,
                        struct definition_text *t); /* words, lexemes */
void definition_text_done(struct definition_text *t);

/* Enter a projected CHANGE_EDIT. */
int postgres_edit_enter(struct side *d, const struct change *c);

/* ---- the calls of store.h ---- */

int postgres_project(struct store *s, const struct change *changes, size_t n);
int postgres_account_add(struct store *s, struct account *a, const char **ret_field);
int postgres_account_by_email(struct store *s, const char *email,
                              struct account *ret_a);
int postgres_account_by_id(struct store *s, uint32_t id, struct account *ret_a);
int postgres_account_get(struct store *s, uint32_t id, struct account *ret_a);
int postgres_account_change(struct store *s, uint32_t id,
                            const struct account_change *c, const char **ret_field);
int postgres_account_delete(struct store *s, uint32_t id, int64_t tokens_end_ms);
int postgres_owned_each(struct store *s, uint32_t owner, store_poll_cb *each,
                        void *user_data);
int postgres_tidy(struct store *s, int64_t tokens_before_ms);
int postgres_each_account(struct store *s, store_account_cb *each, void *user_data,
                          uint32_t *ret_last);
int postgres_token_ends_each(struct store *s, int64_t after_ms,
                             store_token_end_cb *each, void *user_data);
int postgres_seen_each(struct store *s, uint32_t user, store_poll_cb *each,
                       void *user_data);
int postgres_owned_before(struct store *s, uint32_t owner, uint32_t before,
                          store_poll_cb *each, void *user_data);
int postgres_user_votes(struct store *s, uint32_t user, int64_t before_ms,
                        uint32_t before_poll, size_t max, store_vote_cb *each,
                        void *user_data);
int postgres_user_skips(struct store *s, uint32_t user, int64_t before_ms,
                        uint32_t before_poll, size_t max, store_skip_cb *each,
                        void *user_data);
int postgres_user_withdrawn(struct store *s, uint32_t user, store_vote_cb *each,
                            void *user_data);
int postgres_poll_stats(struct store *s, uint32_t poll, int64_t bucket_ms,
                        struct store_stats *ret, store_span_cb *each, void *user_data);
int postgres_search(struct store *s, struct str query, size_t max, store_poll_cb *each,
                    void *user_data);
int postgres_poll_add(struct store *s, const struct poll *p, uint32_t *ret_id);
int postgres_edit_add(struct store *s, uint32_t poll, uint32_t fields,
                      const struct poll *values, uint64_t *ret_id);
int postgres_edit_drop(struct store *s, uint64_t id);
int postgres_key_find(struct store *s, uint32_t owner, const struct poll_key *key,
                      uint32_t *ret_poll);
int postgres_key_add(struct store *s, uint32_t owner, const struct poll_key *key,
                     uint32_t poll);
int postgres_each_poll(struct store *s, store_stored_poll_cb *each, void *user);
int postgres_tally_load(struct store *s, uint32_t poll, struct tally **ret_tally);
int postgres_each_daily(struct store *s, int64_t day, store_daily_cb *each, void *user);
int postgres_recent_each(struct store *s, int64_t since_ms, store_recent_cb *each,
                         void *user_data);
int postgres_verify(struct store *s, const struct store_report *to,
                    struct store_totals *ret_totals);

#endif
