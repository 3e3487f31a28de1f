/* pg.h — a connection to PostgreSQL, for a lane: its calls block.
 *
 * DESIGN
 *
 *   pg_run_all(): send ──▶ send ──▶ send ──▶ sync     one round trip (pipeline mode),
 *                 rows ◀── rows ◀── rows ◀──┘         rows go to callbacks as they come
 *
 * Statements are unnamed, so the connection may lead through PgBouncer in transaction
 * mode. Parameters are text or bytes in binary form; columns come in binary form.
 *
 * It connects when it is first used, and again after it was lost: to the first of the
 * DSN's hosts that is what target_session_attrs asks for (if the DSN does not say:
 * read-write, so that it finds the primary). After failures a breaker makes calls fail
 * at once, until it is time for another try. A transaction is not taken over to a new
 * connection: after a loss every call fails until pg_rollback().
 *
 * Ownership  pg_new() gives the connection, pg_free() ends it (accepts NULL; returns
 *            NULL). Rows and what they hold are valid during the callback only.
 * Errors     ERR_UNAVAILABLE: no connection, or it was lost, or no answer in time.
 *            ERR_CONFLICT: a constraint refused the statement. ERR_OVERLOADED: deadlock
 *            or serialization failure, run the transaction again. ERR_INTERNAL: any
 *            other refusal. A callback's own error ends its statement's rows, and is
 *            returned. pg_errmsg() says what happened. Within a transaction, any error
 *            but a callback's aborts it.
 * Threads    one at a time.
 */
#ifndef LINK_PG_H
#define LINK_PG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/str.h"

struct pg;

struct pg_opts {
    const char *dsn;  /* libpq's: "host=a,b dbname=pollux …", or a URL */
    const char *name; /* application_name, for pg_stat_activity */
    int timeout_ms;   /* how long an answer may take; 0: 30 s */
    uint64_t seed;    /* for the breaker's jitter */
};

/* ERR_INVALID: libpq cannot read the DSN, and errmsg says why. */
int pg_check_dsn(const char *dsn, char *errmsg, size_t errmsg_size);
struct pg *pg_new(const struct pg_opts *opts);
struct pg *pg_free(struct pg *p);
/* How long an answer may take from now on. */
void pg_set_timeout(struct pg *p, int ms);

enum pg_reach {
    PG_THERE,   /* a connection can be made now */
    PG_AWAY,    /* it does not answer, or is starting, or is a replica: try again */
    PG_REFUSES, /* the user, the password or the database is wrong */
};
/* Where does it stand? Over a connection of its own; blocks, a few seconds at most. */
enum pg_reach pg_reach(const char *dsn);

/* Is the connection there, or can one be made now? */
int pg_connect(struct pg *p);
bool pg_is_connected(const struct pg *p);
/* How many connections were made: one more, and what another server may have forgotten
 * is to be asked for anew. */
uint64_t pg_connections(const struct pg *p);
/* What the last error was about; never NULL. */
const char *pg_errmsg(const struct pg *p);
/* The five characters of the last refusal, or "". */
const char *pg_sqlstate(const struct pg *p);

/* ---- parameters ---- */

enum { PG_ARGS = 24 };

/* All-zero: none. Nothing is copied but numbers: keep texts until the statement ran. */
struct pg_args {
    int n;
    const char *values[PG_ARGS];
    int lengths[PG_ARGS];
    unsigned types[PG_ARGS];  /* 0: the server infers it */
    char numbers[PG_ARGS][8]; /* in network order */
};

void pg_arg_i64(struct pg_args *a, int64_t n);      /* bigint */
void pg_arg_optional(struct pg_args *a, int64_t n); /* the same; 0 is NULL */
void pg_arg_str(struct pg_args *a, struct str s);   /* text, bytea; at NULL is NULL */
void pg_arg_bool(struct pg_args *a, bool b);

/* Arrays are passed as text, and cast in the statement: $1::text::bigint[]. The buf
 * becomes "{1,2"; end it with pg_array_end(). */
void pg_array_i64(struct buf *b, int64_t n);
void pg_array_str(struct buf *b, struct str s);
struct str pg_array_end(struct buf *b);

/* ---- rows ---- */

struct pg_row;
typedef int pg_row_cb(void *user, const struct pg_row *row);

bool pg_is_null(const struct pg_row *row, int column);
/* smallint, integer, bigint, boolean; NULL is 0. */
int64_t pg_i64(const struct pg_row *row, int column);
/* text, bytea, jsonb cast to text; NULL is at NULL. Terminated by a zero byte. */
struct str pg_str(const struct pg_row *row, int column);

/* ---- statements ---- */

struct pg_statement {
    const char *sql;
    const struct pg_args *args; /* NULL: none */
    pg_row_cb *each;            /* NULL: rows are passed over */
    void *user;
    uint64_t ret_rows; /* how many it returned or changed */
};

/* Run all in one round trip; 0, or the first error. Statements behind one that failed
 * are not run. Outside a transaction all of them are one. */
int pg_run_all(struct pg *p, struct pg_statement *statements, size_t n);
int pg_run(struct pg *p, const char *sql, const struct pg_args *args, pg_row_cb *each,
           void *user);
/* Several statements in one text, without parameters: a migration. */
int pg_script(struct pg *p, const char *sql);

/* COPY … FROM STDIN: within a transaction, then its rows as text, then the end. Nothing
 * else may run in between. These wait as long as the server does not read. */
int pg_copy_begin(struct pg *p, const char *sql);
int pg_copy_put(struct pg *p, struct str lines);
int pg_copy_end(struct pg *p);

/* Connect if necessary, and begin a transaction. */
int pg_begin(struct pg *p);
int pg_commit(struct pg *p); /* an error: it may be committed, or not */
/* End a transaction in whatever state, also one that was lost with its connection. */
void pg_rollback(struct pg *p);

#endif
