/* journal.h — the append-only file that makes votes durable.
 *
 * DESIGN
 *
 *   dir/0000000000000000.seg, dir/0000000000400000.seg, …   preallocated, named by the
 *                                                           position of their first
 * byte record:  length (4) | crc32c (4) | type (1), payload … | padding to 8 batch:   a
 * MARK record that says how far the journal was durable, then changes
 *
 * A position is a byte offset that only grows, over all segments. A record's checksum
 * covers its position too, so what an earlier use left in a reused segment never reads
 * as a record. One batch is one write and one fdatasync of blocks that exist already:
 * that is what makes it fast.
 *
 * Recovery reads to the first record that does not check. If any later record says that
 * the journal was durable beyond that place, then acknowledged votes are damaged: the
 * start is refused. Otherwise it is the torn end of a batch that nobody was told about:
 * it is wiped, so that its remains can never come back.
 *
 * A failed write or sync leaves the journal *failed*: the batch's bytes may or may not
 * have reached the disk, so they are wiped, and synced, before anything else is
 * accepted; until that works every append fails.
 *
 * Units      positions and sizes in bytes.
 * Ownership  journal_open() gives, journal_close() ends (accepts NULL; returns NULL).
 * Errors     ERR_UNAVAILABLE: the disk. ERR_CONFLICT: damaged, see errmsg. Texts in
 *            errmsg say what to do.
 * Threads    append, repair: one writer. journal_read(), journal_release(): one reader,
 *            at the same time. journal_synced(): any.
 */
#ifndef BALLOT_JOURNAL_H
#define BALLOT_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/change.h"

/* What the journal asks of the system, so that tests can make it fail. */
struct journal_io {
    ssize_t (*pwrite)(int fd, const void *p, size_t n, off_t at);
    int (*fdatasync)(int fd);
};
extern const struct journal_io journal_io_system;

struct journal_opts {
    const char *dir;             /* exists */
    uint64_t segment_bytes;      /* 0: 16 MiB */
    uint64_t max_bytes;          /* not yet released, before appends fail; 0: 1 GiB */
    const struct journal_io *io; /* NULL: the system's */
    bool read_only;              /* look, and repair nothing: for verify */
};

struct journal;

int journal_open(const struct journal_opts *opts, struct journal **ret_journal,
                 char *errmsg, size_t errmsg_size);
struct journal *journal_close(struct journal *j);

/* Append n changes as one batch and make it durable. *ret_position is the end.
 * ERR_UNAVAILABLE: none of it is in the journal. */
int journal_append(struct journal *j, const struct change *changes, size_t n,
                   uint64_t *ret_position);

/* The end of what is durable. */
uint64_t journal_synced(const struct journal *j);
uint64_t journal_start(const struct journal *j); /* the oldest position kept */

/* Read durable changes from position on: at most max; *ret_n 0 at the end. *ret_next is
 * where to go on. ERR_CONFLICT: position is not in the journal, or what is there does
 * not check. */
int journal_read(struct journal *j, uint64_t position, struct change *changes,
                 size_t max, size_t *ret_n, uint64_t *ret_next);

/* Everything before position is projected: its segments are reused or removed. */
void journal_release(struct journal *j, uint64_t position);

#endif
