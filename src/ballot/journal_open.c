/* journal_open.c — recovery: finds the journal's end, and checks that all of it is
 * sound.
 *
 * Each segment is read twice: once from its start to the first record that is not valid
 * (its *stop*), and once after the stop, for records that are valid nevertheless. If a
 * MARK anywhere says "durable up to d", with d beyond the stop of the segment that
 * holds d, acknowledged votes are damaged there.
 *
 * When live, the order is reversed: the MARKs of a whole segment come first. What they
 * call durable was written before them, so it must be there when the segment is read
 * afterwards, however much is written meanwhile.
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
    uint64_t *marks; /* the durable position of every MARK */
    size_t n_marks;
    uint64_t *last_valid;           /* per segment: the end of the last valid record */
    struct segment_header *headers; /* per segment; bytes 0: it has none */
    uint64_t changes;
    bool live;
    void (*each)(void *user, const struct change *c); /* may be NULL */
    void *user;
};

static void take_record(struct scan *sc, const struct record *r)
{
    if (r->type == RECORD_SEGMENT)
        return;
    if (record_is_change(r)) {
        sc->changes++;
        if (sc->each != NULL)
            sc->each(sc->user, &r->change);
        return;
    }
    if ((sc->n_marks & (sc->n_marks - 1)) == 0) /* room doubles at powers of two */
        sc->marks = mem_realloc(sc->marks, (sc->n_marks * 2 + 1) * sizeof *sc->marks);
    sc->marks[sc->n_marks++] = r->durable;
}

/* Read to the segment's stop, the first record that is not valid. */
static uint64_t scan_to_stop(struct scan *sc, size_t i, const uint8_t *data)
{
    struct segment *s = &sc->segments[i];
    uint64_t at = 0;
    struct record r;
    int used = record_read(data, s->size, s->start, &r);

    if (used > 0 && r.type == RECORD_SEGMENT) {
        at = (uint64_t)used;
        s->body = s->start + at;
        sc->headers[i] = r.segment;
    }
    while ((used = record_read(data + at, s->size - at, s->start + at, &r)) > 0) {
        take_record(sc, &r);
        at += (uint64_t)used;
    }
    s->end = sc->last_valid[i] = s->start + at;
    return at;
}

/* Find valid MARKs anywhere from `at` on, and for salvage changes too. */
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
    sc->headers = mem_zalloc(sc->n_segments, sizeof *sc->headers);
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
    mem_free(sc->headers);
}

/* ---- verdicts ---- */

/* We never make an empty segment: its position, and so its name, would be the next
 * one's too. */
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
                ": acknowledged votes after it cannot be read. Restore the file, "
                "or run: pollux verify --repair (keeps every vote that can be read)",
                s->start, s->end - s->start);
            return ERR_CONFLICT;
        }
    }
    return 0;
}

#define ADVICE                                                                         \
    "Put the right file back; or restore a backup: pollux restore --force FILE; or "   \
    "run: "                                                                            \
    "pollux verify --repair (keeps every vote that can be read)"

/* Check that every segment says it belongs to this journal, and has the size it
 * says. */
static int check_headers(const struct journal *j, const struct scan *sc, char *errmsg,
                         size_t size)
{
    for (size_t i = 0; j->has_id && i < sc->n_segments; i++) {
        const struct segment *s = &sc->segments[i];
        const struct segment_header *h = &sc->headers[i];
        const char *wrong = NULL;

        if (h->bytes == 0)
            wrong = s->start >= j->id_from ? "damaged at its first byte" : NULL;
        else if (memcmp(h->journal_id, j->id, sizeof j->id) != 0)
            wrong = "of another data set, or from before a restore";
        else if (h->bytes != s->size)
            wrong = "not of the size that it was made with";
        if (wrong == NULL)
            continue;
        snprintf(errmsg, size, "journal: %016" PRIx64 ".seg is %s. " ADVICE, s->start,
                 wrong);
        return ERR_CONFLICT;
    }
    return 0;
}

/* Wipe records after the end: their batch never became durable. */
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
    j->dir_fd = j->reached_fd = -1;
    j->has_id = opts->id != NULL;
    if (j->has_id)
        memcpy(j->id, opts->id, sizeof j->id);
    j->id_from = opts->id_from;
    j->reaches = opts->reaches;
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
    if (j->reached_fd >= 0)
        close(j->reached_fd);
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
    if (journal_new_segment(j, position, &j->segments[0]) != 0) {
        mem_free(j->segments);
        j->segments = NULL;
        return ERR_UNAVAILABLE;
    }
    j->n_segments = 1;
    return 0;
}

/* The end is in the last segment that has a batch. */
static uint64_t find_end(const struct journal *j)
{
    for (size_t i = j->n_segments; i-- > 0;)
        if (j->segments[i].end > j->segments[i].body)
            return j->segments[i].end;
    return j->n_segments > 0 ? j->segments[0].start : 0;
}

/* Check that the journal still reaches as far as it did, and as the database does. */
static int check_end(const struct journal *j, const struct reached *reached,
                     struct journal_found *found, char *errmsg, size_t size)
{
    uint64_t end = find_end(j), last;

    if (j->n_segments == 0)
        return 0;
    if (reached->has_journal && end < reached->synced) {
        found->damage = end;
        snprintf(errmsg, size,
                 "journal: it ends at position %" PRIu64 ", and acknowledged votes "
                 "were written up to %" PRIu64 ": its end is damaged, or a file of it "
                 "is an older copy. " ADVICE,
                 end, reached->synced);
        return ERR_CONFLICT;
    }
    last =
        j->segments[j->n_segments - 1].start; /* where the reader waits for a batch */
    if (end >= j->reaches || last >= j->reaches)
        return 0;
    snprintf(errmsg, size,
             "journal: it ends at position %" PRIu64 ", and the database has had its "
             "votes up to %" PRIu64 ": the journal is damaged, or it or the database "
             "is a copy from another time. " ADVICE,
             end, j->reaches);
    return ERR_CONFLICT;
}

/* Read this before the segments: a running writer moves on meanwhile. */
static int read_reached(const struct journal *j, struct reached *ret, char *errmsg,
                        size_t size)
{
    int rc = j->has_id ? reached_read(j->dir, j->id, ret) : 0;

    if (rc == ERR_CONFLICT)
        snprintf(errmsg, size,
                 "journal: the file reached is of another data set, or from before a "
                 "restore. " ADVICE);
    return rc;
}

static int recover(struct journal *j, struct journal_found *found, char *errmsg,
                   size_t size)
{
    struct scan sc = {
        .segments = j->segments, .n_segments = j->n_segments, .live = j->live};
    struct reached reached = {0};
    int rc = read_reached(j, &reached, errmsg, size);

    if (rc == 0)
        rc = check_empty(&sc, errmsg, size);
    if (rc == 0)
        rc = check_chain(&sc, errmsg, size);
    if (rc == 0)
        rc = scan_all(&sc, false);
    if (rc == 0)
        rc = check_headers(j, &sc, errmsg, size);
    if (rc == 0)
        rc = check_marks(&sc, &found->damage, errmsg, size);
    if (rc == 0)
        rc = check_end(j, &reached, found, errmsg, size);
    if (rc == 0)
        rc = wipe_torn(j, &sc, found);
    found->changes = sc.changes;
    scan_done(&sc, false);
    return rc;
}

static int open_dir(struct journal *j)
{
    if (!j->read_only)
        j->dir_fd = open(j->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return j->read_only || j->dir_fd >= 0 ? 0 : ERR_UNAVAILABLE;
}

static int say_missing(const char *dir, char *errmsg, size_t size)
{
    snprintf(errmsg, size, "journal: %s has lost its segments. " ADVICE, dir);
    return ERR_CONFLICT;
}

/* Ignore failures: no vote depends on this file. */
static void open_reached(struct journal *j)
{
    if (!j->has_id || j->read_only || reached_open(j->dir, j->id, &j->reached_fd) != 0)
        return;
    reached_journal(j->reached_fd, journal_synced(j));
}

uint64_t journal_id_from(struct journal *j)
{
    const struct segment *last = &j->segments[j->n_segments - 1];

    for (size_t i = 0; i < j->n_segments; i++)
        if (j->segments[i].body > j->segments[i].start)
            return j->segments[i].start;
    return last->start + last->size;
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
        rc = opts->must_exist ? say_missing(opts->dir, errmsg, errmsg_size)
                              : first_segment(j, opts->first_position);
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
    open_reached(j);
    *ret_journal = j;
    return 0;
}

/* Holders share the directory's lock; the writer takes it for a moment to release
 * segments. The lock ends with the process, however that ends. */
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

/* Mark all of it as durable, so that later damage is not taken for a torn end. */
static void mark_end(struct journal *j)
{
    struct segment *s = &j->segments[j->n_segments - 1];
    uint64_t end = journal_synced(j), at = end > s->body ? end : s->body;

    if (j->n_segments == 1 && end <= s->body)
        return; /* nothing was ever written */
    j->batch.len = 0;
    record_add_mark(&j->batch, at, end);
    if (at + j->batch.len <= s->start + s->size &&
        journal_pwrite_all(j->io, s->fd, j->batch.data, j->batch.len, at - s->start) ==
            0)
        (void)j->io->fdatasync(s->fd); /* may fail: nothing depends on it */
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
