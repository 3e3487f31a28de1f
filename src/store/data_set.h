/* data_set.h — which data set a store's file belongs to, and how far it had come.
 *
 * Every data set has a random id, which its backups keep, and its journal another one,
 * which a restore makes anew. A count of commits tells an older state of the same file
 * from a newer one.
 *
 * Ownership  nothing is kept.
 * Errors     ERR_UNAVAILABLE: the file cannot be read or written. ERR_CONFLICT: it is
 *            not a store. errmsg says what, in a sentence.
 * Threads    any, one at a time for a file.
 */
#ifndef STORE_DATA_SET_H
#define STORE_DATA_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { DATA_SET_ID_BYTES = 16 };

struct data_set {
    bool known; /* false: written by a program that gave none; the rest is zero */
    uint8_t id[DATA_SET_ID_BYTES], journal_id[DATA_SET_ID_BYTES];
    bool has_journal;      /* it has been given one, so it may not be missing */
    uint64_t journal_from; /* the position of the first segment with journal_id */
    uint64_t commits, position, last_poll;
    uint64_t first_version;
};

/* Looks and changes nothing: not even a write-ahead log is brought into the file.
 * alone: what the file says without its write-ahead log. */
int data_set_read(const char *path, bool alone, struct data_set *ret, char *errmsg,
                  size_t errmsg_size);

/* The journal beside the store carries its id from this position on. */
int data_set_begin_journal(const char *path, uint64_t from, char *errmsg,
                           size_t errmsg_size);

/* The journal beside the store is gone: the next one gets another id. */
int data_set_end_journal(const char *path, char *errmsg, size_t errmsg_size);

/* The store is a copy whose original may have gone on, and may be copied again: no
 * version that it shows from now on may have been shown by another copy. All versions
 * grow beyond what any can have reached by now_ms, at 250 a millisecond. */
int data_set_skip_versions(const char *path, int64_t now_ms, char *errmsg,
                           size_t errmsg_size);

/* Is the file made by `pollux backup`, and not a server's own? Only a server's has a
 * write-ahead log. */
bool data_set_is_backup(const char *path);

#endif
