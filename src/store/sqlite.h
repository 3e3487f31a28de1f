/* sqlite.h — the store in one SQLite file.
 *
 * Two connections to a database in WAL mode, one a side, so that reading goes on while
 * a transaction commits. The file is made, and brought to this program's version by the
 * migrations in sql/sqlite, when it is opened.
 *
 * Ownership  store_sqlite_open() gives the store; its free() ends it.
 * Errors     ERR_UNAVAILABLE: the file cannot be opened, made or migrated.
 *            ERR_CONFLICT: it is not ours, or was made by a newer program, or for
 *            read_only by an older one. errmsg says what it is and what to do, in a
 *            sentence.
 * Threads    open: the owner.
 */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include "store/store.h"

struct sqlite_opts {
    const char *path;
    bool must_exist; /* ERR_UNAVAILABLE rather than make it: for verify */
    /* The reader's side only, beside another process: nothing is made or migrated. */
    bool read_only;
    /* After each commit of the writer, before it returns: how many there have been, and
     * how many of them the file has for certain without its write-ahead log, which
     * until the first commit is in_file. May be NULL. */
    void (*committed)(void *user, uint64_t commits, uint64_t in_file);
    uint64_t in_file;
    void *user;
};

int store_sqlite_open(const struct sqlite_opts *opts, struct store **ret_store,
                      char *errmsg, size_t errmsg_size);

#endif
