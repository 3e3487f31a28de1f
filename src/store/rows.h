/* rows.h — everything that a store holds, row by row, to move it to another backend.
 *
 * DESIGN
 *
 *   sqlite_rows_read()   ─┐  origin, accounts, ends of   ┌─▶ postgres_rows_…()
 *   postgres_rows_read() ─┘  tokens, polls, ballots, …  ─┴─▶ sqlite_rows_…()
 *
 * A reader sees one moment. It tells the kinds in the order of struct rows_sink, each
 * to its end; so a writer may fill one table after the other. A writer's store is there
 * whole, or not at all: all is one transaction, checked before it is committed.
 *
 * Ids, hashes of passwords, receipts and keys stay as they are; versions never become
 * smaller. Edits that were never made are left behind.
 *
 * Units      _ms are milliseconds since the Unix epoch. Texts with at NULL are not set.
 * Ownership  rows are borrowed for the call. A writer's …_free() ends it; without a
 *            …_commit() before, nothing of it is there.
 * Errors     ERR_UNAVAILABLE: a database fails. ERR_CONFLICT: it is not empty, in use,
 *            or what was written is not sound. errmsg says which, in a sentence.
 * Threads    the owner's.
 */
#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include "store/data_set.h"
#include "store/store.h"

struct row_origin {
    uint8_t id[DATA_SET_ID_BYTES];
    uint64_t last_account, last_poll; /* the highest ids that were ever given out */
    uint64_t first_version;           /* of a new poll's result */
    struct str text_rules;            /* what words and keys were made with */
    uint64_t ballots;                 /* how many will be told, for progress */
};

struct row_account {
    uint32_t id;
    int64_t created_ms;
    struct str kind, username, email, password_hash;
    struct str username_key, username_look, email_key;
};

struct row_poll {
    uint32_t id, owner; /* 0: nobody */
    int64_t created_ms;
    struct poll_rules rules;
    uint64_t base_version; /* as clients see it */
    uint64_t total, skips;
    struct str counts, title, description, options, tags; /* JSON but for two texts */
};

struct row_told { /* under an Idempotency-Key; key.at NULL: nothing */
    struct str key, receipt;
};

struct row_ballot {
    uint32_t poll, user;
    struct str kind; /* vote, skip, none */
    int64_t at_ms;
    uint32_t option;  /* of a vote */
    uint64_t version; /* of a vote, as clients see it */
    struct row_told told, was_told;
    int64_t was_ms; /* of was_told */
};

struct row_poll_key {
    uint32_t owner, poll;
    bool deleted;
    struct str key, content;
};

struct rows_sink {
    int (*origin)(void *user, const struct row_origin *o);
    int (*account)(void *user, const struct row_account *a);
    int (*token_end)(void *user, uint32_t user_id, int64_t end_ms);
    int (*poll)(void *user, const struct row_poll *p);
    int (*ballot)(void *user, const struct row_ballot *b);
    int (*daily)(void *user, int64_t day, uint32_t user_id, uint32_t votes);
    int (*recent)(void *user, int64_t span, uint32_t poll, uint32_t votes);
    int (*poll_key)(void *user, const struct row_poll_key *k);
    void *user;
};

/* Read a file that nobody writes to, of this program's version. */
int sqlite_rows_read(const char *path, const struct rows_sink *to, char *errmsg,
                     size_t size);
/* Read a database while servers may go on; its primary, since versions depend on it. */
int postgres_rows_read(const char *dsn, const struct rows_sink *to, char *errmsg,
                       size_t size);

struct rows_writer;

/* Fill an empty file. */
int sqlite_rows_begin(const char *path, struct rows_writer **ret_w, char *errmsg,
                      size_t size);
/* Fill a database that is empty but for the schema, and that no server uses. Servers
 * that start meanwhile wait until the end. now_ms: which polls are open or closed. */
int postgres_rows_begin(const char *dsn, int64_t now_ms, struct rows_writer **ret_w,
                        char *errmsg, size_t size);

const struct rows_sink *rows_writer_sink(struct rows_writer *w);
/* Check what was written, and commit it. */
int rows_writer_commit(struct rows_writer *w, const struct store_report *to,
                       struct store_totals *ret_totals, char *errmsg, size_t size);
struct rows_writer *rows_writer_free(struct rows_writer *w); /* accepts NULL */

/* A backend's part of a writer. */
struct rows_writer {
    struct rows_sink sink;
    int (*commit)(struct rows_writer *w, const struct store_report *to,
                  struct store_totals *ret_totals);
    void (*free)(struct rows_writer *w);
    const char *(*errmsg)(struct rows_writer *w); /* of the last error */
};

#endif
