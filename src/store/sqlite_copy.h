/* sqlite_copy.h — a store's file, copied while another process may be writing to it.
 *
 * The copy is what the file was at one moment: one read transaction, held to the end.
 * Meanwhile the writer goes on, into its write-ahead log.
 *
 * Ownership  nothing is kept.
 * Errors     ERR_UNAVAILABLE: one of the files cannot be read or written.
 *            ERR_CONFLICT: it is not a store, or was made by a newer program. errmsg
 *            says what, in a sentence.
 * Threads    any, one at a time for a file.
 */
#ifndef STORE_SQLITE_COPY_H
#define STORE_SQLITE_COPY_H

#include <stddef.h>
#include <stdint.h>

struct sqlite_copy {
    const char *from; /* a store's file, in use or not */
    const char *to;   /* an empty file, for which nothing has to survive an error */
    /* Called every few megabytes. May be NULL. */
    void (*progress)(void *user, uint64_t done_bytes, uint64_t all_bytes);
    void *user;
};

int sqlite_copy(const struct sqlite_copy *c, char *errmsg, size_t errmsg_size);

/* Leave numbers out: the next account and the next poll get ids beyond those that were
 * given after a copy was made, and that people may still have in links and tokens. The
 * store is not open. */
enum { SQLITE_SKIP_ACCOUNTS = 10000000, SQLITE_SKIP_POLLS = 10000 };
int sqlite_skip_ids(const char *path, char *errmsg, size_t errmsg_size);

/* Make the file of a store that is not open one file without companions, that can be
 * read where nothing can be written. Opening it as a store takes that back. */
int sqlite_seal(const char *path, char *errmsg, size_t errmsg_size);

#endif
