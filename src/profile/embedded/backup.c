/* backup.c — the commands `backup` and `restore`: all data as one file.
 *
 * DESIGN
 *
 * A server's data is its database plus the part of its journal after the database's
 * position. A backup is one database that includes that part, so it needs no journal.
 * While a server goes on writing:
 *
 *   1. hold the journal, so that all segments stay until we are done
 *   2. note where the journal ends: every vote acknowledged so far is before that
 *   3. copy the database, at some moment after 2
 *   4. add to the copy what it lacks, up to the end noted in 2
 *
 * In this order the copy has every account and poll of the votes added in 4. If we read
 * the journal to where it ends after 3, the copy would have votes of people it does not
 * know, whose ids it would give to others.
 *
 * The file gets its name after it has been checked and synced.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ballot/journal.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/mem.h"
#include "config/config.h"
#include "profile/embedded/data_dir.h"
#include "profile/embedded/embedded.h"
#include "profile/embedded/identity.h"
#include "profile/report.h"
#include "store/part_file.h"
#include "store/sqlite.h"
#include "store/sqlite_copy.h"
#include "store/store.h"

enum { CHUNK = 4096, PROGRESS_MS = 2000, ATTEMPTS = 3 };

/* The state of one of the two commands. */
struct copying {
    struct data_dir dir;
    struct identity_found identity; /* of the server's, for a backup */
    struct part_file part;
    struct store *store; /* on the part */
    struct journal *journal;
    uint64_t n_brought; /* changes, from the journal */
    bool lost_journal;  /* segments were removed although we held them: try again */
    struct report report;
    uint64_t said_ms; /* when progress was last printed */
    char errmsg[EMBEDDED_ERRMSG_BYTES];
};

static int fail_with(struct copying *c, int rc, const char *text)
{
    snprintf(c->errmsg, sizeof c->errmsg, "%s", text);
    return rc;
}

static int fail_at(struct copying *c, const char *path)
{
    snprintf(c->errmsg, sizeof c->errmsg, "%s: %s", path, strerror(errno));
    return ERR_UNAVAILABLE;
}

/* ---- the file ---- */

static double mebibytes(uint64_t bytes)
{
    return (double)bytes / (1 << 20);
}

static void say_progress(void *user, uint64_t done_bytes, uint64_t all_bytes)
{
    struct copying *c = user;
    uint64_t now_ms = clock_mono_ms();

    if (now_ms - c->said_ms < PROGRESS_MS)
        return;
    c->said_ms = now_ms;
    printf("copied %.0f of %.0f MiB\n", mebibytes(done_bytes), mebibytes(all_bytes));
    fflush(stdout);
}

static int copy_database(struct copying *c, const char *from)
{
    struct sqlite_copy copy = {
        .from = from, .to = c->part.part, .progress = say_progress, .user = c};

    c->said_ms = clock_mono_ms();
    return sqlite_copy(&copy, c->errmsg, sizeof c->errmsg);
}

static int open_copy(struct copying *c)
{
    struct sqlite_opts opts = {.path = c->part.part, .must_exist = true};

    return store_sqlite_open(&opts, &c->store, c->errmsg, sizeof c->errmsg);
}

static void close_copy(struct copying *c)
{
    if (c->store != NULL)
        c->store = c->store->ops->free(c->store);
}

static int verify_copy(struct copying *c, struct store_totals *ret_totals)
{
    const struct store_report to = {report_wrong, report_progress, &c->report};

    c->report = report_begin(stderr, "checked", "polls");
    return c->store->ops->verify(c->store, &to, ret_totals);
}

static int check_copy(struct copying *c)
{
    struct store_totals totals = {0};
    int rc = verify_copy(c, &totals);

    if (rc == ERR_UNAVAILABLE)
        return fail_with(c, rc, c->store->ops->errmsg(c->store, STORE_READER));
    report_totals(&totals);
    return rc;
}

static uint64_t size_of(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 ? (uint64_t)st.st_size : 0;
}

static void close_all(struct copying *c)
{
    close_copy(c);
    journal_close(c->journal);
    part_file_done(&c->part);
    data_dir_done(&c->dir);
}

static int end_command(struct copying *c, int rc)
{
    close_all(c);
    if (rc != 0)
        fprintf(stderr, "pollux: %s\n", c->errmsg);
    return rc == 0 ? 0 : 1;
}

/* ---- backup: the end of the journal ---- */

static int open_journal(struct copying *c)
{
    struct journal_opts opts = {.dir = c->dir.journal, .live = true};
    struct journal_found found;
    int rc = identity_check(&c->dir, &c->identity, c->errmsg, sizeof c->errmsg);

    if (rc == 0)
        rc = identity_expect(&c->dir, &c->identity, &opts, c->errmsg, sizeof c->errmsg);
    if (rc != 0)
        return rc;
    rc = journal_open(&opts, &c->journal, &found, c->errmsg, sizeof c->errmsg);

    c->lost_journal = rc == ERR_CONFLICT;
    return rc;
}

static int project(struct copying *c, const struct change *changes, size_t n,
                   uint64_t position)
{
    int rc = store_project(c->store, changes, n, position);

    if (rc != 0)
        return fail_with(c, rc, c->store->ops->errmsg(c->store, STORE_WRITER));
    return 0;
}

static int bring(struct copying *c, struct change *changes, uint64_t position)
{
    uint64_t end = journal_synced(c->journal);
    int rc = 0;

    while (rc == 0 && position < end) {
        size_t n;

        rc = journal_read(c->journal, position, changes, CHUNK, &n, &position);
        if (rc != 0) {
            c->lost_journal = rc == ERR_CONFLICT;
            return fail_with(c, rc,
                             "the journal does not reach back to what the database "
                             "has: it grew by more than journal.max_bytes meanwhile, "
                             "or segments are missing (pollux verify says which)");
        }
        if (n == 0)
            break; /* nothing but marks up to the end */
        rc = project(c, changes, n, position);
        c->n_brought += n;
    }
    return rc;
}

static int bring_journal(struct copying *c)
{
    struct change *changes = mem_alloc(CHUNK * sizeof *changes);
    uint64_t position;
    int rc = c->store->ops->position(c->store, &position);

    c->n_brought = 0;
    if (rc != 0)
        fail_with(c, rc, c->store->ops->errmsg(c->store, STORE_READER));
    else
        rc = bring(c, changes, position);
    mem_free(changes);
    return rc;
}

/* ---- backup ---- */

/* A copy that replaced its own original would destroy both. */
static int refuse_own_database(struct copying *c, const char *file)
{
    struct stat a, b;

    if (stat(file, &a) != 0 || stat(c->dir.database, &b) != 0 || a.st_dev != b.st_dev ||
        a.st_ino != b.st_ino)
        return 0;
    snprintf(c->errmsg, sizeof c->errmsg, "%s is the server's own database", file);
    return ERR_CONFLICT;
}

static int copy_all(struct copying *c, const char *file, bool force)
{
    int rc = part_file_open(file, force, &c->part, c->errmsg, sizeof c->errmsg);

    if (rc == 0)
        rc = open_journal(c);
    if (rc == 0)
        rc = copy_database(c, c->dir.database);
    if (rc == 0)
        rc = open_copy(c);
    if (rc == 0)
        rc = bring_journal(c);
    return rc;
}

/* Try again if the server had to remove segments, since it keeps only so many for
 * us. */
static int copy_again_and_again(struct copying *c, const char *file, bool force)
{
    int rc = copy_all(c, file, force);

    for (int i = 1; i < ATTEMPTS && rc != 0 && c->lost_journal; i++) {
        c->lost_journal = false;
        close_copy(c);
        c->journal = journal_close(c->journal);
        part_file_done(&c->part);
        rc = copy_all(c, file, force);
    }
    return rc;
}

static int finish_backup(struct copying *c)
{
    int rc = check_copy(c);

    if (rc == ERR_CONFLICT)
        return fail_with(c, rc,
                         "the copy is not sound, and so it was not kept. Stop the "
                         "server and run pollux verify; keep a copy of all of data.dir "
                         "before anything is repaired");
    close_copy(c);
    if (rc == 0)
        rc = data_set_end_journal(c->part.part, c->errmsg, sizeof c->errmsg);
    if (rc == 0)
        rc = sqlite_seal(c->part.part, c->errmsg, sizeof c->errmsg);
    if (rc == 0)
        rc = part_file_finish(&c->part, c->errmsg, sizeof c->errmsg);
    return rc;
}

static void say_backup(const struct copying *c, const char *file, int64_t began_ms)
{
    char began[CLOCK_TEXT_BYTES];

    clock_format(began_ms, began);
    printf("journal: %" PRIu64 " changes that were not in the database yet are in the "
           "backup\n",
           c->n_brought);
    printf("not in it: the configuration, and jwt.secret: without that everybody has "
           "to log in again\n");
    printf("ok: %s (%.2f MiB) has every vote acknowledged before %s\n", file,
           mebibytes(size_of(file)), began);
}

static int make_backup(struct copying *c, const char *dir, const char *file, bool force)
{
    int hold = -1;
    int rc = data_dir_look(dir, &c->dir, c->errmsg, sizeof c->errmsg);

    if (rc == 0)
        rc = refuse_own_database(c, file);
    if (rc == 0 && journal_hold(c->dir.journal, &hold) != 0)
        rc = fail_at(c, c->dir.journal);
    if (rc == 0)
        rc = copy_again_and_again(c, file, force);
    if (hold >= 0)
        close(hold);
    return rc == 0 ? finish_backup(c) : rc;
}

int embedded_backup(const struct config *config, const char *file, bool force)
{
    struct copying c = {.dir = {.dir_fd = -1, .lock_fd = -1}, .part = {.fd = -1}};
    int64_t began_ms = clock_now_ms(&clock_system);
    int rc = make_backup(&c, config->data_dir, file, force);

    if (rc == 0)
        say_backup(&c, file, began_ms);
    return end_command(&c, rc);
}

int embedded_copy(const char *dir, const char *file, char *errmsg, size_t size)
{
    struct copying c = {.dir = {.dir_fd = -1, .lock_fd = -1}, .part = {.fd = -1}};
    int rc = make_backup(&c, dir, file, true);

    snprintf(errmsg, size, "%s", c.errmsg);
    close_all(&c);
    return rc;
}

/* ---- restore ---- */

static char *path_in(const char *dir, const char *name)
{
    struct buf b = {0};

    buf_printf(&b, "%s/%s", dir, name);
    buf_char(&b, '\0');
    return b.data;
}

static int move_into(struct copying *c, const char *aside, const char *name)
{
    char *from = path_in(c->dir.path, name), *to = path_in(aside, name);
    int rc = rename(from, to) == 0 || errno == ENOENT ? 0 : fail_at(c, from);

    mem_free(from);
    mem_free(to);
    return rc;
}

/* Move what was there into a data directory of its own. A secret of the same data set
 * stays, so that tokens are good after the restore too. */
static int put_aside(struct copying *c, bool keeps_secret)
{
    static const char *const names[] = {"jwt.secret",    "journal",
                                        "pollux.db",     "pollux.db-journal",
                                        "pollux.db-wal", "pollux.db-shm"};
    char name[64], *aside;
    int rc;

    snprintf(name, sizeof name, "replaced-%" PRId64, clock_now_ms(&clock_system));
    aside = path_in(c->dir.path, name);
    rc = mkdir(aside, 0700) == 0 ? 0 : fail_at(c, aside);
    for (size_t i = keeps_secret; rc == 0 && i < sizeof names / sizeof *names; i++)
        rc = move_into(c, aside, names[i]);
    if (rc == 0)
        printf("put aside: what was there is in %s\n", aside);
    mem_free(aside);
    return rc;
}

static int refuse_server_file(struct copying *c, const char *file)
{
    if (data_set_is_backup(file))
        return 0;
    return fail_with(c, ERR_CONFLICT,
                     "that is a server's own database file, and no backup: the newest "
                     "accounts, polls and votes are in other files of its data.dir. "
                     "Make a backup with pollux backup, from a complete data.dir");
}

/* Make it another data set than any other restore of this backup. */
static int part_ways(struct copying *c)
{
    int rc = sqlite_skip_ids(c->part.part, c->errmsg, sizeof c->errmsg);

    if (rc == 0)
        rc = data_set_end_journal(c->part.part, c->errmsg, sizeof c->errmsg);
    if (rc == 0)
        rc = data_set_skip_versions(c->part.part, clock_now_ms(&clock_system),
                                    c->errmsg, sizeof c->errmsg);
    return rc;
}

/* Bring the copy to this program's schema, check it, and make it ready for a server. */
static int prepare_copy(struct copying *c, const char *file)
{
    int rc =
        part_file_open(c->dir.database, true, &c->part, c->errmsg, sizeof c->errmsg);

    if (rc == 0)
        rc = copy_database(c, file);
    if (rc == 0)
        rc = refuse_server_file(c, file);
    if (rc == 0)
        rc = open_copy(c);
    if (rc == 0)
        rc = check_copy(c);
    if (rc == ERR_CONFLICT && c->report.n_wrong != 0)
        snprintf(c->errmsg, sizeof c->errmsg, "%s is not sound", file);
    close_copy(c);
    return rc != 0 ? rc : part_ways(c);
}

/* Check it in place, with the other files, as a server will find it. */
static int check_restored(struct copying *c)
{
    struct sqlite_opts opts = {.path = c->dir.database, .must_exist = true};
    struct store_totals totals;
    int rc = identity_check(&c->dir, &c->identity, c->errmsg, sizeof c->errmsg);

    if (rc == 0)
        rc = store_sqlite_open(&opts, &c->store, c->errmsg, sizeof c->errmsg);
    if (rc != 0)
        return rc;
    rc = verify_copy(c, &totals);
    if (rc != 0)
        snprintf(c->errmsg, sizeof c->errmsg,
                 "%s is not sound now that it is in place: start no server on it, and "
                 "check the disk",
                 c->dir.database);
    close_copy(c);
    return rc;
}

static int put_in_place(struct copying *c, bool occupied)
{
    struct data_set set;
    int rc = data_set_read(c->part.part, false, &set, c->errmsg, sizeof c->errmsg);

    if (rc == 0) /* make it one file: SQLite's other files have the part's name */
        rc = sqlite_seal(c->part.part, c->errmsg, sizeof c->errmsg);
    if (rc == 0 && occupied)
        rc = put_aside(c, identity_keeps_secret(&c->dir, &set));
    if (rc == 0)
        rc = part_file_finish(&c->part, c->errmsg, sizeof c->errmsg);
    return rc;
}

static int restore(struct copying *c, const char *file, bool force)
{
    bool occupied = identity_has_data(&c->dir);
    int rc;

    if (occupied && !force) {
        snprintf(c->errmsg, sizeof c->errmsg,
                 "%s holds data already: choose another directory with --data-dir, or "
                 "say --force to put aside what is there",
                 c->dir.path);
        return ERR_CONFLICT;
    }
    rc = prepare_copy(c, file);
    if (rc == 0)
        rc = put_in_place(c, occupied);
    if (rc == 0)
        rc = check_restored(c);
    return rc;
}

int embedded_restore(const struct config *config, const char *file, bool force)
{
    struct copying c = {.dir = {.dir_fd = -1, .lock_fd = -1}, .part = {.fd = -1}};
    int rc = access(file, R_OK) == 0 ? 0 : fail_at(&c, file);

    if (rc == 0)
        rc = data_dir_open(config->data_dir, &c.dir, c.errmsg, sizeof c.errmsg);
    if (rc == 0)
        rc = restore(&c, file, force);
    if (rc == 0)
        printf("ok: %s is in %s, for a server to start with\n", file, config->data_dir);
    return end_command(&c, rc);
}
