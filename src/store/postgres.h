/* postgres.h — a store in PostgreSQL 15 or newer (store.h).
 *
 * It brings the schema up to date when it opens, under an advisory lock, so any number
 * of processes may start at once. Each side has a connection of its own, which comes
 * back by itself after a loss (link/pg.h).
 *
 * Where a ballot writes its rows into the same database, project() and set_position()
 * are not called: they are for a journaled ballot in front of it.
 *
 * Ownership  ops->free() ends the store.
 * Errors     open: ERR_UNAVAILABLE: there is no connection. ERR_CONFLICT: the database
 *            is another program's, a newer program's, or not in UTF-8. errmsg says
 * more. Threads    as store.h says.
 */
#ifndef STORE_POSTGRES_H
#define STORE_POSTGRES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "store/store.h"

struct pg;

struct postgres_opts {
    const char *dsn; /* as in link/pg.h */
    bool read_only;  /* no migration: the schema must be this program's */
    int timeout_ms;  /* as in link/pg.h */
    uint64_t seed;
};

int store_postgres_open(const struct postgres_opts *opts, struct store **ret_store,
                        char *errmsg, size_t errmsg_size);

/* What is in a database. */
struct postgres_seen {
    int server;          /* 150004: PostgreSQL 15.4 */
    int schema, program; /* migrations: that the database has, that this program has */
};

/* Look whether this program may use the database; nothing is written. Errors as open();
 * an older schema, or none, is no error: the start brings it up to date. */
int store_postgres_look(const char *dsn, struct postgres_seen *ret_seen, char *errmsg,
                        size_t errmsg_size);

/* Within a transaction of the caller's that has locked the poll's result: write what an
 * edit changes of the poll's texts, and remove the edit from those that wait.
 * ERR_UNAVAILABLE: pg_errmsg() says why. */
int store_postgres_write_edit(struct pg *pg, uint32_t poll,
                              const struct poll_edit *edit);

#endif
