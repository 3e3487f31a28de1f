/* journal_internal.h — private to journal.c and journal_open.c. */
#ifndef BALLOT_JOURNAL_INTERNAL_H
#define BALLOT_JOURNAL_INTERNAL_H

#include <pthread.h>
#include <stdatomic.h>

#include "ballot/journal.h"
#include "ballot/reached.h"
#include "ballot/segment.h"
#include "base/buf.h"

enum { READ_BYTES = 1 << 18, JOURNAL_MARK_BYTES = 24 };

struct journal {
    char *dir;
    uint64_t segment_bytes, max_bytes;
    const struct journal_io *io;
    bool read_only, live;
    int dir_fd;     /* holders share its lock; -1: read_only */
    int reached_fd; /* -1: none, or read_only */
    bool has_id;
    uint8_t id[JOURNAL_ID_BYTES];
    uint64_t id_from, reaches; /* as opened */

    _Atomic uint64_t synced;
    _Atomic uint64_t released; /* written by the reader */

    pthread_mutex_t lock;     /* guards the list; fds are open while listed */
    struct segment *segments; /* by position; the last one is being written */
    size_t n_segments;

    /* the writer's */
    struct histogram sync_us;
    struct buf batch;
    uint64_t failed_to; /* bytes from synced to here are in doubt; 0: none */

    /* the reader's */
    uint8_t *window; /* READ_BYTES */
};

int journal_new_segment(struct journal *j, uint64_t start, struct segment *ret);
/* Write zeros over positions from..to-1 of one segment, and sync. */
int journal_wipe(struct journal *j, const struct segment *s, uint64_t from,
                 uint64_t to);
/* A failed batch may have left bytes on the disk: make sure that nobody ever reads
 * them.
 */
int journal_repair(struct journal *j);
int journal_pwrite_all(const struct journal_io *io, int fd, const void *p, size_t n,
                       uint64_t at);

#endif
