/* sqlite_copy.h — copies a store's file while another process may be writing to it.
 *
 * The copy is the file at one moment: one read transaction, held to the end. Meanwhile
 * the writer goes on writing into its write-ahead log.
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
    const char *from; /* a store's file; may be in use */
    const char *to;   /* an empty file; after an error its content is lost */
    /* Called every few megabytes. May be NULL. */
    void (*progress)(void *user, uint64_t done_bytes, uint64_t all_bytes);
    void *user;
};

int sqlite_copy(const struct sqlite_copy *c, char *errmsg, size_t errmsg_size);

/* Skip ids: the original may have given further ids since the copy was made, and people
 * may still have them in links and tokens. The next account and poll get ids beyond
 * those. The store must not be open. */
enum { SQLITE_SKIP_ACCOUNTS = 10000000, SQLITE_SKIP_POLLS = 10000 };
int sqlite_skip_ids(const char *path, char *errmsg, size_t errmsg_size);

/* Make the store one file without companions, so that it can be read where nothing can
 * be written. It must not be open; opening it as a store undoes this. */
int sqlite_seal(const char *path, char *errmsg, size_t errmsg_size);

#endif
