/* data_set.h — which data set a store's file belongs to, and how far it has got.
 *
 * Every data set has a random id, which its backups keep. Its journal has another one,
 * which a restore replaces. A count of commits tells an older state of the same file
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
    bool known; /* false: an older program wrote it; the rest is zero */
    uint8_t id[DATA_SET_ID_BYTES], journal_id[DATA_SET_ID_BYTES];
    bool has_journal; /* a journal with journal_id exists, so it must not be missing */
    uint64_t journal_from; /* position of the first segment with journal_id */
    uint64_t commits, position, last_poll;
    uint64_t first_version;
};

/* Read the file and change nothing: not even its write-ahead log is copied into it.
 * alone: ignore the write-ahead log. */
int data_set_read(const char *path, bool alone, struct data_set *ret, char *errmsg,
                  size_t errmsg_size);

/* Store that the journal's segments carry its id from this position on. */
int data_set_begin_journal(const char *path, uint64_t from, char *errmsg,
                           size_t errmsg_size);

/* The journal is gone: give the next one another id. */
int data_set_end_journal(const char *path, char *errmsg, size_t errmsg_size);

/* Raise all versions beyond what any copy can have reached by now_ms, at 250 a
 * millisecond. The store is a copy; its original may have gone on, or be copied again,
 * and no two copies may show the same version. */
int data_set_skip_versions(const char *path, int64_t now_ms, char *errmsg,
                           size_t errmsg_size);

/* Was the file made by `pollux backup`? If not it is a server's own, which has a
 * write-ahead log. */
bool data_set_is_backup(const char *path);

#endif
