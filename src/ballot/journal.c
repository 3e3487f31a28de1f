#include "ballot/journal.h"

#include <assert.h>
#include <errno.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "ballot/journal_internal.h"
#include "ballot/record.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"

static_assert(JOURNAL_SEGMENT_BYTES_MIN >=
                  JOURNAL_BATCH_MAX * RECORD_BYTES_MAX + 2 * JOURNAL_MARK_BYTES,
              "a segment takes the largest batch");

const struct journal_io journal_io_system = {pwrite, fdatasync};

uint64_t journal_synced(const struct journal *j)
{
    return atomic_load_explicit(&j->synced, memory_order_acquire);
}

const struct histogram *journal_sync_times(const struct journal *j)
{
    return &j->sync_us;
}

uint64_t journal_start(struct journal *j)
{
    uint64_t start;

    pthread_mutex_lock(&j->lock);
    start = j->n_segments > 0 ? j->segments[0].start : 0;
    pthread_mutex_unlock(&j->lock);
    return start;
}

void journal_database_reached(struct journal *j, uint64_t commits, uint64_t in_file)
{
    if (j->reached_fd >= 0)
        reached_database(j->reached_fd, commits, in_file);
}

int journal_pwrite_all(const struct journal_io *io, int fd, const void *p, size_t n,
                       uint64_t at)
{
    const char *bytes = p;

    while (n > 0) {
        ssize_t done = io->pwrite(fd, bytes, n, (off_t)at);

        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return ERR_UNAVAILABLE;
        bytes += done;
        n -= (size_t)done;
        at += (uint64_t)done;
    }
    return 0;
}

int journal_wipe(struct journal *j, const struct segment *s, uint64_t from, uint64_t to)
{
    static const char zeros[1 << 16];

    while (from < to) {
        size_t n = to - from < sizeof zeros ? (size_t)(to - from) : sizeof zeros;

        if (journal_pwrite_all(j->io, s->fd, zeros, n, from - s->start) != 0)
            return ERR_UNAVAILABLE;
        from += n;
    }
    return j->io->fdatasync(s->fd) == 0 ? 0 : ERR_UNAVAILABLE;
}

/* ---- the writer ---- */

/* The segment being written. Returns a copy, since the reader may shift the list; only
 * the writer changes its end. */
static struct segment last_segment(struct journal *j)
{
    struct segment s;

    pthread_mutex_lock(&j->lock);
    assert(j->n_segments > 0);
    s = j->segments[j->n_segments - 1];
    pthread_mutex_unlock(&j->lock);
    return s;
}

int journal_new_segment(struct journal *j, uint64_t start, struct segment *ret)
{
    struct segment_header h = {.bytes = j->segment_bytes};
    struct buf header = {0};
    int rc;

    if (j->has_id) {
        memcpy(h.journal_id, j->id, sizeof h.journal_id);
        record_add_segment(&header, start, &h);
    }
    rc = segment_create(j->dir, start, j->segment_bytes, buf_str(&header), ret);
    buf_done(&header);
    return rc;
}

static int next_segment(struct journal *j, struct segment *s)
{
    struct segment fresh;
    int rc = journal_new_segment(j, s->start + s->size, &fresh);

    if (rc != 0)
        return rc;
    pthread_mutex_lock(&j->lock);
    j->segments[j->n_segments - 1].end = journal_synced(j);
    j->segments = mem_realloc(j->segments, (j->n_segments + 1) * sizeof *j->segments);
    j->segments[j->n_segments++] = fresh;
    pthread_mutex_unlock(&j->lock);
    *s = fresh;
    return 0;
}

static void build_batch(struct journal *j, const struct change *changes, size_t n,
                        uint64_t position)
{
    j->batch.len = 0;
    record_add_mark(&j->batch, position, journal_synced(j));
    for (size_t i = 0; i < n; i++)
        record_add_change(&j->batch, position + j->batch.len, &changes[i]);
}

int journal_repair(struct journal *j)
{
    struct segment s;
    int rc;

    if (j->failed_to == 0)
        return 0;
    s = last_segment(j);
    rc = journal_wipe(j, &s, s.body > journal_synced(j) ? s.body : journal_synced(j),
                      j->failed_to);
    if (rc == 0)
        j->failed_to = 0;
    return rc;
}

static int write_batch(struct journal *j, const struct segment *s, uint64_t position)
{
    uint64_t end = position + j->batch.len, began_us = clock_mono_us();

    assert(j->failed_to == 0); /* earlier failed bytes were wiped */
    assert(position >= s->start && position >= journal_synced(j));
    j->failed_to = end; /* in doubt until it is durable */
    if (journal_pwrite_all(j->io, s->fd, j->batch.data, j->batch.len,
                           position - s->start) != 0 ||
        j->io->fdatasync(s->fd) != 0) {
        journal_repair(j);
        return ERR_UNAVAILABLE;
    }
    histogram_observe(&j->sync_us, &bounds_sync_us, clock_mono_us() - began_us);
    assert(end > journal_synced(j)); /* synced only grows */
    j->failed_to = 0;
    atomic_store_explicit(&j->synced, end, memory_order_release);
    if (j->reached_fd >= 0)
        reached_journal(j->reached_fd, end);
    return 0;
}

/* How much is durable and not yet projected. The reader may be in a new segment
 * already, which begins after the last batch. */
static uint64_t unreleased(struct journal *j)
{
    uint64_t synced = journal_synced(j);
    uint64_t released = atomic_load_explicit(&j->released, memory_order_relaxed);

    return synced > released ? synced - released : 0;
}

/* Does the batch fit, with room after it for the mark of a clean end? */
static bool fits(const struct journal *j, const struct segment *s, uint64_t position)
{
    return position + j->batch.len + JOURNAL_MARK_BYTES <= s->start + s->size;
}

/* If n is 0 the batch is only its mark. */
static int append(struct journal *j, const struct change *changes, size_t n)
{
    struct segment s;
    uint64_t position;

    if (journal_repair(j) != 0)
        return ERR_UNAVAILABLE;
    if (unreleased(j) > j->max_bytes)
        return ERR_OVERLOADED;

    s = last_segment(j);
    position = journal_synced(j) > s.body ? journal_synced(j) : s.body;
    build_batch(j, changes, n, position);
    if (!fits(j, &s, position)) {
        if (next_segment(j, &s) != 0)
            return ERR_UNAVAILABLE;
        position = s.body;
        build_batch(j, changes, n, position);
        assert(fits(j, &s, position)); /* JOURNAL_SEGMENT_BYTES_MIN */
    }
    return write_batch(j, &s, position);
}

int journal_append(struct journal *j, const struct change *changes, size_t n)
{
    assert(n >= 1 && n <= JOURNAL_BATCH_MAX && !j->read_only);
    return append(j, changes, n);
}

int journal_retry(struct journal *j)
{
    return append(j, NULL, 0);
}

/* ---- the reader ---- */

/* Find the segment that holds position, or the next one if its batches end there. */
static bool segment_at(struct journal *j, uint64_t position, struct segment *ret)
{
    bool found = false;

    pthread_mutex_lock(&j->lock);
    for (size_t i = 0; i < j->n_segments && !found; i++) {
        const struct segment *s = &j->segments[i];
        bool last = i + 1 == j->n_segments;

        *ret = *s;
        if (last)
            ret->end = journal_synced(j);
        found = position >= s->start && (position < ret->end || last);
        if (!found && !last && position >= ret->end && position < s[1].start) {
            ret->start = s[1].start; /* the caller only needs where to continue */
            ret->fd = -1;
            found = true;
        }
    }
    pthread_mutex_unlock(&j->lock);
    return found;
}

/* Decode the window, which begins at position. */
static int read_window(struct journal *j, size_t len, uint64_t position,
                       struct change *changes, size_t max, size_t *ret_n,
                       uint64_t *ret_next)
{
    size_t at = 0, n = 0;

    while (n < max && at < len) {
        struct record r;
        int used = record_read(j->window + at, len - at, position + at, &r);

        if (used <= 0 && at > 0 && len - at < RECORD_BYTES_MAX)
            break; /* cut off by the window's end */
        if (used <= 0)
            return ERR_CONFLICT;
        if (record_is_change(&r))
            changes[n++] = r.change;
        at += (size_t)used;
    }
    *ret_n = n;
    *ret_next = position + at;
    return 0;
}

/* Read one window of one segment; *ret_n may be 0 before the end (a window of
 * marks). */
static int read_some(struct journal *j, uint64_t position, struct change *changes,
                     size_t max, size_t *ret_n, uint64_t *ret_next)
{
    struct segment s;
    uint64_t left;
    ssize_t len;

    if (!segment_at(j, position, &s))
        return ERR_CONFLICT;
    *ret_n = 0;
    *ret_next = s.fd < 0 ? s.start : position;
    if (s.fd < 0 || position >= s.end)
        return 0;
    left = s.end - position;
    len = pread(s.fd, j->window, left < READ_BYTES ? (size_t)left : READ_BYTES,
                (off_t)(position - s.start));
    if (len <= 0)
        return ERR_UNAVAILABLE;
    return read_window(j, (size_t)len, position, changes, max, ret_n, ret_next);
}

int journal_read(struct journal *j, uint64_t position, struct change *changes,
                 size_t max, size_t *ret_n, uint64_t *ret_next)
{
    uint64_t next = position;
    size_t n = 0;
    int rc;

    if (j->read_only && j->n_segments == 0) {
        *ret_n = 0;
        *ret_next = position;
        return 0;
    }
    if (position > last_segment(j).start && position > journal_synced(j))
        return ERR_CONFLICT;
    do {
        position = next;
        rc = read_some(j, position, changes, max, &n, &next);
        if (rc != 0)
            return rc;
    } while (n == 0 && next != position);
    *ret_n = n;
    *ret_next = next;
    return 0;
}

static bool oldest_is_before(struct journal *j, uint64_t position)
{
    bool before;

    pthread_mutex_lock(&j->lock);
    /* Being past its end is not enough: the reader still continues from there, through
     * this list. */
    before = j->n_segments > 1 && j->segments[1].start <= position;
    pthread_mutex_unlock(&j->lock);
    return before;
}

static void retire_oldest(struct journal *j)
{
    struct segment s;

    pthread_mutex_lock(&j->lock);
    assert(j->n_segments > 1); /* the last one is being written */
    s = j->segments[0];
    j->n_segments--;
    for (size_t i = 0; i < j->n_segments; i++)
        j->segments[i] = j->segments[i + 1];
    pthread_mutex_unlock(&j->lock);
    segment_retire(j->dir, &s, j->segment_bytes);
}

void journal_release(struct journal *j, uint64_t position)
{
    assert(!j->read_only);
    if (position > atomic_load_explicit(&j->released, memory_order_relaxed))
        atomic_store_explicit(&j->released, position, memory_order_relaxed);
    while (oldest_is_before(j, position)) {
        bool held = flock(j->dir_fd, LOCK_EX | LOCK_NB) != 0;

        if (held && journal_synced(j) - journal_start(j) <= j->max_bytes)
            return;
        retire_oldest(j);
        if (!held)
            flock(j->dir_fd, LOCK_UN);
    }
}
