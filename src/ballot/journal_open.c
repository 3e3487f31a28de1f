/* journal_open.c — recovery: where does the journal end, and is all of it sound?
 *
 * Each segment is read twice: once from its start to the first record that does not
 * check (its *stop*), once behind the stop for records that check nevertheless. A MARK
 * found anywhere that says "durable up to d", with d beyond the stop of the segment
 * that holds d, proves that acknowledged votes are damaged there.
 *
 * Live, the order is the other way round: the MARKs of a whole segment first. What they
 * say was durable had been written before they were, so it must be there when the
 * segment is read after that, however much is written meanwhile.
 */
#include "ballot/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <unistd.h>

#include "ballot/journal_internal.h"
#include "ballot/record.h"
#include "base/err.h"
#include "base/mem.h"

enum { SEGMENT_BYTES = 16 << 20, MAX_BYTES = 1 << 30 };

struct scan {
    struct segment *segments;
    size_t n_segments;
    uint64_t *marks; /* every durable position that a MARK gave */
    size_t n_marks;
    uint64_t *last_valid; /* by segment: the end of the last record that checks */
    uint64_t changes;
    bool live;
    void (*each)(void *user, const struct change *c); /* may be NULL */
    void *user;
};

static void take_record(struct scan *sc, const struct record *r)
{
    if (r->type != RECORD_MARK) {
        sc->changes++;
        if (sc->each != NULL)
            sc->each(sc->user, &r->change);
        return;
    }
    if ((sc->n_marks & (sc->n_marks - 1)) == 0) /* room doubles at powers of two */
        sc->marks = mem_realloc(sc->marks, (sc->n_marks * 2 + 1) * sizeof *sc->marks);
    sc->marks[sc->n_marks++] = r->durable;
}

/* To the first record that does not check: the segment's stop. */
static uint64_t scan_to_stop(struct scan *sc, size_t i, const uint8_t *data)
{
    struct segment *s = &sc->segments[i];
    uint64_t at = 0;
    struct record r;
    int used;

    while ((used = record_read(data + at, s->size - at, s->start + at, &r)) > 0) {
        take_record(sc, &r);
        at += (uint64_t)used;
    }
    s->end = sc->last_valid[i] = s->start + at;
    return at;
}

/* What checks from `at` on, at any place: MARKs, and for salvage changes too. */
static void search(struct scan *sc, size_t i, const uint8_t *data, uint64_t at,
                   bool salvage)
{
    struct segment *s = &sc->segments[i];
    struct record r;
    int used;

    while (at + RECORD_ALIGN <= s->size) {
        used = record_read(data + at, s->size - at, s->start + at, &r);
        if (used > 0) {
            if (salvage || r.type == RECORD_MARK)
                take_record(sc, &r);
            at += (uint64_t)used;
            sc->last_valid[i] = s->start + at;
        } else {
            at += RECORD_ALIGN;
        }
    }
}

static void scan_bytes(struct scan *sc, size_t i, const uint8_t *data, bool salvage)
{
    if (sc->live) {
        search(sc, i, data, 0, false);
        scan_to_stop(sc, i, data);
    } else {
        search(sc, i, data, scan_to_stop(sc, i, data), salvage);
    }
}

static int scan_segment(struct scan *sc, size_t i, bool salvage)
{
    struct segment *s = &sc->segments[i];
    void *data;

    s->end = sc->last_valid[i] = s->start;
    if (s->size == 0)
        return 0;
    data = mmap(NULL, s->size, PROT_READ, MAP_PRIVATE, s->fd, 0);
    if (data == MAP_FAILED)
        return ERR_UNAVAILABLE;
    scan_bytes(sc, i, data, salvage);
    munmap(data, s->size);
    return 0;
}

static int scan_all(struct scan *sc, bool salvage)
{
    sc->last_valid = mem_zalloc(sc->n_segments, sizeof *sc->last_valid);
    for (size_t i = 0; i < sc->n_segments; i++) {
        int rc = scan_segment(sc, i, salvage);

        if (rc != 0)
            return rc;
    }
    return 0;
}

static void scan_done(struct scan *sc, bool close_files)
{
    for (size_t i = 0; close_files && i < sc->n_segments; i++)
        close(sc->segments[i].fd);
    if (close_files)
        mem_free(sc->segments);
    mem_free(sc->marks);
    mem_free(sc->last_valid);
}

/* ---- verdicts ---- */

/* A segment that takes up no room would share its place, and so its name, with the next
 * one. We make none. */
static int check_empty(const struct scan *sc, char *errmsg, size_t size)
{
    for (size_t i = 0; i < sc->n_segments; i++) {
        if (sc->segments[i].size != 0)
            continue;
        snprintf(errmsg, size,
                 "journal: %016" PRIx64 ".seg is empty. Restore the file, or run: "
                 "pollux verify --repair (keeps every vote that can be read)",
                 sc->segments[i].start);
        return ERR_CONFLICT;
    }
    return 0;
}

static int check_chain(const struct scan *sc, char *errmsg, size_t size)
{
    for (size_t i = 1; i < sc->n_segments; i++) {
        const struct segment *before = &sc->segments[i - 1];

        if (before->start + before->size == sc->segments[i].start)
            continue;
        snprintf(errmsg, size,
                 "journal: a segment is missing: %016" PRIx64 ".seg ends at position "
                 "%" PRIu64 ", the next begins at %" PRIu64
                 ". Put the missing file back, or run: pollux verify --repair",
                 before->start, before->start + before->size, sc->segments[i].start);
        return ERR_CONFLICT;
    }
    return 0;
}

static int check_marks(const struct scan *sc, uint64_t *ret_damage, char *errmsg,
                       size_t size)
{
    for (size_t i = 0; i < sc->n_segments; i++) {
        const struct segment *s = &sc->segments[i];

        for (size_t m = 0; m < sc->n_marks; m++) {
            if (sc->marks[m] <= s->end || sc->marks[m] > s->start + s->size)
                continue;
            *ret_damage = s->end;
            snprintf(
                errmsg, size,
                "journal: %016" PRIx64 ".seg is damaged at byte %" PRIu64
                ": acknowledged votes behind it cannot be read. Restore the file, "
                "or run: pollux verify --repair (keeps every vote that can be read)",
                s->start, s->end - s->start);
            return ERR_CONFLICT;
        }
    }
    return 0;
}

/* Records behind the end were of a batch that never became durable. */
static int wipe_torn(struct journal *j, const struct scan *sc,
                     struct journal_found *found)
{
    for (size_t i = 0; i < sc->n_segments; i++) {
        const struct segment *s = &sc->segments[i];

        if (sc->last_valid[i] <= s->end)
            continue;
        found->torn_bytes += sc->last_valid[i] - s->end;
        if (!j->read_only && journal_wipe(j, s, s->end, sc->last_valid[i]) != 0)
            return ERR_UNAVAILABLE;
    }
    return 0;
}

/* ---- open and close ---- */

static struct journal *journal_new(const struct journal_opts *opts)
{
    struct journal *j = mem_zalloc(1, sizeof *j);

    j->dir = mem_strdup(opts->dir);
    j->segment_bytes = opts->segment_bytes != 0 ? opts->segment_bytes : SEGMENT_BYTES;
    j->max_bytes = opts->max_bytes != 0 ? opts->max_bytes : MAX_BYTES;
    j->io = opts->io != NULL ? opts->io : &journal_io_system;
    j->read_only = opts->read_only || opts->live;
    j->live = opts->live;
    j->dir_fd = -1;
    j->window = mem_alloc(READ_BYTES);
    pthread_mutex_init(&j->lock, NULL);
    return j;
}

static struct journal *journal_free(struct journal *j)
{
    for (size_t i = 0; i < j->n_segments; i++)
        close(j->segments[i].fd);
    if (j->dir_fd >= 0)
        close(j->dir_fd);
    mem_free(j->segments);
    buf_done(&j->batch);
    mem_free(j->window);
    mem_free(j->dir);
    pthread_mutex_destroy(&j->lock);
    mem_free(j);
    return NULL;
}

static int first_segment(struct journal *j, uint64_t position)
{
    if (j->read_only)
        return 0;
    j->segments = mem_alloc(sizeof *j->segments);
    if (segment_create(j->dir, position, j->segment_bytes, &j->segments[0]) != 0) {
        mem_free(j->segments);
        j->segments = NULL;
        return ERR_UNAVAILABLE;
    }
    j->n_segments = 1;
    return 0;
}

static int recover(struct journal *j, struct journal_found *found, char *errmsg,
                   size_t size)
{
    struct scan sc = {
        .segments = j->segments, .n_segments = j->n_segments, .live = j->live};
    int rc = check_empty(&sc, errmsg, size);

    if (rc == 0)
        rc = check_chain(&sc, errmsg, size);
    if (rc == 0)
        rc = scan_all(&sc, false);
    if (rc == 0)
        rc = check_marks(&sc, &found->damage, errmsg, size);
    if (rc == 0)
        rc = wipe_torn(j, &sc, found);
    found->changes = sc.changes;
    scan_done(&sc, false);
    return rc;
}

/* The end is in the last segment that has a batch. */
static uint64_t find_end(const struct journal *j)
{
    for (size_t i = j->n_segments; i-- > 0;)
        if (j->segments[i].end > j->segments[i].start)
            return j->segments[i].end;
    return j->n_segments > 0 ? j->segments[0].start : 0;
}

static int open_dir(struct journal *j)
{
    if (!j->read_only)
        j->dir_fd = open(j->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return j->read_only || j->dir_fd >= 0 ? 0 : ERR_UNAVAILABLE;
}

int journal_open(const struct journal_opts *opts, struct journal **ret_journal,
                 struct journal_found *ret_found, char *errmsg, size_t errmsg_size)
{
    struct journal *j = journal_new(opts);
    int rc;

    *ret_found = (struct journal_found){0};
    errmsg[0] = '\0';
    rc = open_dir(j);
    if (rc == 0)
        rc = segment_list(j->dir, j->read_only, &j->segments, &j->n_segments);
    if (rc == 0 && j->n_segments == 0)
        rc = first_segment(j, opts->first_position);
    if (rc == 0)
        rc = recover(j, ret_found, errmsg, errmsg_size);
    if (rc != 0) {
        if (errmsg[0] == '\0')
            snprintf(errmsg, errmsg_size, "journal: %s: %s", opts->dir,
                     strerror(errno));
        journal_free(j);
        return rc;
    }
    atomic_store(&j->synced, find_end(j));
    atomic_store(&j->released, journal_start(j));
    *ret_journal = j;
    return 0;
}

/* The lock of the directory is shared by holders, and the writer's for a moment when it
 * releases: it ends with the process, however that ends. */
int journal_hold(const char *dir, int *ret_fd)
{
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), rc;

    if (fd < 0)
        return ERR_UNAVAILABLE;
    do {
        rc = flock(fd, LOCK_SH);
    } while (rc != 0 && errno == EINTR);
    if (rc != 0) {
        close(fd);
        return ERR_UNAVAILABLE;
    }
    *ret_fd = fd;
    return 0;
}

/* Say that all of it was durable, so that damage can be told from a torn end later. */
static void mark_end(struct journal *j)
{
    struct segment *s = &j->segments[j->n_segments - 1];
    uint64_t end = journal_synced(j), at = end > s->start ? end : s->start;

    if (j->n_segments == 1 && end <= s->start)
        return; /* nothing was ever written */
    j->batch.len = 0;
    record_add_mark(&j->batch, at, end);
    if (at + j->batch.len <= s->start + s->size &&
        journal_pwrite_all(j->io, s->fd, j->batch.data, j->batch.len, at - s->start) ==
            0)
        (void)j->io->fdatasync(s->fd); /* only a convenience: nothing depends on it */
}

struct journal *journal_close(struct journal *j)
{
    if (j == NULL)
        return NULL;
    if (!j->read_only && journal_repair(j) == 0)
        mark_end(j);
    return journal_free(j);
}

int journal_salvage(const struct journal_opts *opts,
                    void (*each)(void *user, const struct change *c), void *user,
                    uint64_t *ret_end, char *errmsg, size_t errmsg_size)
{
    struct scan sc = {.each = each, .user = user};
    uint64_t end = opts->first_position;
    int rc = segment_list(opts->dir, true, &sc.segments, &sc.n_segments);

    if (rc == 0)
        rc = scan_all(&sc, true);
    if (rc != 0) {
        snprintf(errmsg, errmsg_size, "journal: %s: %s", opts->dir, strerror(errno));
        scan_done(&sc, true);
        return rc;
    }
    for (size_t i = 0; i < sc.n_segments; i++)
        if (sc.segments[i].start + sc.segments[i].size > end)
            end = sc.segments[i].start + sc.segments[i].size;
    scan_done(&sc, true);
    *ret_end = end;
    return 0;
}
