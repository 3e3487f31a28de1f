/* sqlite.h — the store in one SQLite file.
 *
 * Two connections to a database in WAL mode, one per side, so that reads continue while
 * a transaction commits. Opening creates the file if needed, and brings it to this
 * program's version with the migrations in sql/sqlite.
 *
 * Ownership  store_sqlite_open() gives the store; its free() ends it.
 * Errors     ERR_UNAVAILABLE: the file cannot be opened, created or migrated.
 *            ERR_CONFLICT: it is not ours, or was made by a newer program (with
 *            read_only, also by an older one). errmsg says what is wrong and what to
 *            do, in a sentence.
 * Threads    open: the owner.
 */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include "store/store.h"

struct sqlite_opts {
    const char *path;
    bool must_exist; /* fail with ERR_UNAVAILABLE rather than create it: for verify */
    /* Only the reader's side, beside another process: nothing is created or
     * migrated. */
    bool read_only;
    /* Called after each commit of the writer, before it returns: the number of commits
     * so far, and how many of them are certainly in the file, without its write-ahead
     * log. in_file is that number at the start. May be NULL. */
    void (*committed)(void *user, uint64_t commits, uint64_t in_file);
    uint64_t in_file;
    void *user;
};

int store_sqlite_open(const struct sqlite_opts *opts, struct store **ret_store,
                      char *errmsg, size_t errmsg_size);

#endif
