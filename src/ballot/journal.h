/* journal.h — the append-only file that makes votes durable.
 *
 * DESIGN
 *
 *   dir/0000000000000000.seg, dir/0000000001000000.seg, …   preallocated (segment.h)
 *   batch:   a MARK record that says how far the journal was durable, then changes
 *            (record.h); one write and one fdatasync of blocks that exist already
 *
 * A position is a byte offset over all segments; it only grows. A record's checksum
 * covers its position, so leftovers in a reused segment never read as records.
 *
 * Recovery reads up to the first record that is not valid. If a later record says that
 * the journal was durable beyond that place, acknowledged votes are damaged, and the
 * server refuses to start. Otherwise the rest is the torn end of a batch that nobody
 * was told about: it is wiped, so that it can never come back. A clean shutdown writes
 * a last MARK, so that damage can be told from a torn end.
 *
 * With an id, segments begin with it and with their size, so a segment that is
 * truncated or from another journal is noticed. dir/reached (reached.h) then shows even
 * the loss of the last batch.
 *
 * A failed write or sync leaves the journal *failed*: the batch's bytes may or may not
 * have reached the disk, so they are wiped, and synced, before anything else is
 * accepted; until that works every append fails.
 *
 * Another process may read while this one writes (`live`), to make a copy: it gets
 * every batch that was durable when it opened the journal, and perhaps the one being
 * written. It calls journal_hold() first, so that no segment is released meanwhile. The
 * writer keeps at most max_bytes for it, so a copy that hangs does not fill the disk.
 *
 * Units      positions and sizes in bytes.
 * Ownership  journal_open() gives, journal_close() ends (accepts NULL; returns NULL).
 * Errors     ERR_UNAVAILABLE: the disk. ERR_CONFLICT: damaged. Texts in errmsg say what
 *            to do.
 * Threads    append, close: one writer. read, release: one reader, at the same time.
 *            synced, start, hold: any.
 */
#ifndef BALLOT_JOURNAL_H
#define BALLOT_JOURNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/metric.h"
#include "core/change.h"

/* The system calls that a vote depends on, so that tests can make them fail. */
struct journal_io {
    ssize_t (*pwrite)(int fd, const void *p, size_t n, off_t at);
    int (*fdatasync)(int fd);
};
extern const struct journal_io journal_io_system;

struct journal_opts {
    const char *dir;             /* exists */
    uint64_t first_position;     /* where an empty journal begins */
    uint64_t segment_bytes;      /* 0: 16 MiB. Less than the MIN: for smaller batches */
    uint64_t max_bytes;          /* with more unreleased, appends fail; 0: 1 GiB */
    const struct journal_io *io; /* NULL: the system's */
    const uint8_t *id;           /* JOURNAL_ID_BYTES; NULL: do not check ids */
    uint64_t id_from;            /* segments from this position on carry the id */
    uint64_t reaches;            /* if it has segments, it must reach this position */
    bool must_exist;             /* a journal without segments is damaged */
    bool read_only;              /* repair nothing: for verify */
    bool live;                   /* read_only, while another process may write */
};

/* What recovery found. */
struct journal_found {
    uint64_t changes;    /* valid ones, from the oldest segment on */
    uint64_t torn_bytes; /* of an unfinished batch; wiped, unless read_only */
    uint64_t damage;     /* with ERR_CONFLICT: the position of the damage */
};

/* A segment must hold the largest batch: JOURNAL_BATCH_MAX records of
 * RECORD_BYTES_MAX. */
enum { JOURNAL_BATCH_MAX = 4096, JOURNAL_SEGMENT_BYTES_MIN = 1 << 20 };

struct journal;

int journal_open(const struct journal_opts *opts, struct journal **ret_journal,
                 struct journal_found *ret_found, char *errmsg, size_t errmsg_size);
struct journal *journal_close(struct journal *j);

/* For repair: call each for every valid change, in order, even after damage. The
 * journal in opts->dir must not be open, and is not changed. *ret_end: a position
 * beyond all of it. */
int journal_salvage(const struct journal_opts *opts,
                    void (*each)(void *user, const struct change *c), void *user,
                    uint64_t *ret_end, char *errmsg, size_t errmsg_size);

/* Append n changes (1..JOURNAL_BATCH_MAX) as one batch and make it durable.
 * ERR_UNAVAILABLE: the disk failed. ERR_OVERLOADED: max_bytes wait to be projected.
 * On an error none of it is, or will be, in the journal. */
int journal_append(struct journal *j, const struct change *changes, size_t n);

/* After a failure, try again by writing and syncing a mark; errors as above. */
int journal_retry(struct journal *j);

/* Where the segments that carry the id begin, or will begin. For the owner, after
 * opening. */
uint64_t journal_id_from(struct journal *j);

/* Record how far the database has got (reached.h). One thread. */
void journal_database_reached(struct journal *j, uint64_t commits, uint64_t in_file);

uint64_t journal_synced(const struct journal *j); /* the end of what is durable */
uint64_t journal_start(struct journal *j);        /* the oldest position kept */
/* How long each batch's write and sync took, by bounds_sync_us; any thread. */
const struct histogram *journal_sync_times(const struct journal *j);

/* Read at most max durable changes from position on; *ret_n is 0 at the end. *ret_next
 * is where to continue. ERR_CONFLICT: position is not in the journal, or the data there
 * is damaged. */
int journal_read(struct journal *j, uint64_t position, struct change *changes,
                 size_t max, size_t *ret_n, uint64_t *ret_next);

/* Everything before position is projected: reuse or remove its segments. If somebody
 * holds them, a later call does. */
void journal_release(struct journal *j, uint64_t position);

/* Until *ret_fd is closed, the journal in dir (of any process) keeps its segments, up
 * to its max_bytes. ERR_UNAVAILABLE, with errno. */
int journal_hold(const char *dir, int *ret_fd);

#endif
