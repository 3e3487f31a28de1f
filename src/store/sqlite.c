#include "store/sqlite.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/mem.h"
#include "store/sqlite_db.h"

/* FULL makes every commit wait for the disk; the lane pays for that once per batch. A
 * crowd's votes land on pages all over a table, and on the same pages in the next
 * transaction. So the cache holds them, and the WAL is copied into the file only when
 * it has grown to 64 MiB (LOG_PAGES). */
static const char WRITER_SQL[] = "PRAGMA journal_mode = WAL;"
                                 "PRAGMA synchronous = FULL;"
                                 "PRAGMA journal_size_limit = 67108864;"
                                 "PRAGMA cache_size = -65536;"
                                 "PRAGMA temp_store = MEMORY;";

static const char READER_SQL[] = "PRAGMA query_only = ON;"
                                 "PRAGMA cache_size = -16384;"
                                 "PRAGMA temp_store = MEMORY;";

enum {
    BUSY_MS = 10000, /* for a checkpoint, or `sqlite3` in an operator's shell */
    LOG_PAGES = 16384,
};

/* ---- transactions ---- */

static int begin(struct store *s)
{
    struct db *d = &sqlite_of(s)->sides[STORE_WRITER];
    int rc;

    assert(!d->in_transaction);
    d->failed = false;
    rc = db_execute(d, db_use(d, SQL_BEGIN_WRITE));
    d->in_transaction = rc == 0;
    return rc;
}

/* SQLite calls this after each commit. If the log has not grown it was restarted, which
 * SQLite does only when all of the old log is in the file. */
static int log_written(void *user, sqlite3 *handle, const char *name, int pages)
{
    struct sqlite_store *s = user;

    s->log_is_new = pages <= s->log_pages;
    s->log_pages = pages;
    if (pages >= LOG_PAGES) /* if it fails, the next commit tries again */
        sqlite3_wal_checkpoint_v2(handle, name, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    return SQLITE_OK;
}

static int count_commit(struct db *d, uint64_t *ret_commits)
{
    sqlite3_stmt *st = db_use(d, SQL_COUNT_COMMIT);
    int rc = db_step(d, st);

    if (rc != 1)
        return d->failed ? ERR_UNAVAILABLE : db_fail_with(d, "data_set has no row");
    *ret_commits = (uint64_t)sqlite3_column_int64(st, 0);
    db_reset(st);
    return 0;
}

static void tell_committed(struct sqlite_store *s, uint64_t commits)
{
    if (s->log_is_new)
        s->in_file = commits - 1;
    s->log_is_new = false;
    if (s->committed != NULL)
        s->committed(s->user, commits, s->in_file);
}

static int commit(struct store *s)
{
    struct db *d = db_writer(s);
    uint64_t commits = 0;

    if (d == NULL || count_commit(d, &commits) != 0)
        return ERR_UNAVAILABLE;
    if (db_execute(d, db_use(d, SQL_COMMIT_WRITE)) != 0)
        return d->failed ? ERR_UNAVAILABLE : db_fail(d);
    assert(sqlite3_get_autocommit(d->handle)); /* the transaction has ended */
    d->in_transaction = false;
    tell_committed(sqlite_of(s), commits);
    return 0;
}

static void rollback(struct store *s)
{
    struct db *d = &sqlite_of(s)->sides[STORE_WRITER];
    sqlite3_stmt *st = db_use(d, SQL_ROLLBACK);

    if (!sqlite3_get_autocommit(d->handle)) { /* SQLite may have done it already */
        sqlite3_step(st);
        sqlite3_reset(st);
    }
    d->in_transaction = false;
}

static int set_position(struct store *s, uint64_t position)
{
    struct db *d = db_writer(s);
    sqlite3_stmt *st;

    if (d == NULL)
        return ERR_UNAVAILABLE;
    st = db_use(d, SQL_POSITION_SET);
    sqlite3_bind_int64(st, 1, (int64_t)position);
    return db_execute(d, st);
}

static const char *last_errmsg(struct store *s, enum store_side side)
{
    return sqlite_of(s)->sides[side].errmsg;
}

/* ---- the end ---- */

static void close_db(struct db *d)
{
    for (int i = 0; i < SQL__MAX; i++)
        sqlite3_finalize(d->statements[i]);
    sqlite3_close(d->handle);
}

/* Close the reader first: the last connection to close empties the WAL, and must be
 * allowed to write. */
static struct store *free_store(struct store *base)
{
    struct sqlite_store *s = sqlite_of(base);

    if (s != NULL) {
        assert(!s->sides[STORE_WRITER].in_transaction);
        close_db(&s->sides[STORE_READER]);
        close_db(&s->sides[STORE_WRITER]);
        mem_free(s->places);
        mem_free(s->day_votes);
        mem_free(s);
    }
    return NULL;
}

static const struct store_ops ops = {
    .name = "sqlite",
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .project = sqlite_project,
    .set_position = set_position,
    .account_add = sqlite_account_add,
    .account_get = sqlite_account_get,
    .account_change = sqlite_account_change,
    .account_delete = sqlite_account_delete,
    .owned_each = sqlite_owned_each,
    .tidy = sqlite_tidy,
    .poll_add = sqlite_poll_add,
    .key_find = sqlite_key_find,
    .key_add = sqlite_key_add,
    .edit_add = sqlite_edit_add,
    .edit_drop = sqlite_edit_drop,
    .position = sqlite_position,
    .account_by_email = sqlite_account_by_email,
    .account_by_id = sqlite_account_by_id,
    .each_account = sqlite_each_account,
    .token_ends_each = sqlite_token_ends_each,
    .each_poll = sqlite_each_poll,
    .tally_load = sqlite_tally_load,
    .seen_each = sqlite_seen_each,
    .owned_before = sqlite_owned_before,
    .user_votes = sqlite_user_votes,
    .user_skips = sqlite_user_skips,
    .user_withdrawn = sqlite_user_withdrawn,
    .poll_stats = sqlite_poll_stats,
    .search = sqlite_search,
    .each_daily = sqlite_each_daily,
    .recent_each = sqlite_recent_each,
    .verify = sqlite_verify,
    .errmsg = last_errmsg,
    .free = free_store,
};

/* ---- opening ---- */

/* SQLite would make the file, and with it the WAL, readable for everybody. */
static int make_file(const struct sqlite_opts *opts, char *errmsg, size_t errmsg_size)
{
    bool must_exist = opts->must_exist || opts->read_only;
    int fd = open(opts->path,
                  (opts->read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC |
                      (must_exist ? 0 : O_CREAT),
                  0600);

    if (fd < 0) {
        snprintf(errmsg, errmsg_size, "%s cannot be opened: %s", opts->path,
                 strerror(errno));
        return ERR_UNAVAILABLE;
    }
    close(fd);
    return 0;
}

static int connect_to(struct db *d, const char *path, const char *sql, bool read_only)
{
    int mode = read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
    /* Only one thread at a time uses a connection: no locks. */
    int rc = sqlite3_open_v2(path, &d->handle,
                             mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);

    if (rc != SQLITE_OK)
        return db_fail(d);
    sqlite3_busy_timeout(d->handle, BUSY_MS);
    if (sqlite_text_functions(d) != 0)
        return ERR_UNAVAILABLE;
    if (sql != NULL && sqlite3_exec(d->handle, sql, NULL, NULL, NULL) != SQLITE_OK)
        return db_fail(d);
    return 0;
}

static int prepare(struct db *d, enum store_side side)
{
    static const struct {
        enum store_side side;
        const char *text;
    } table[] = {
#define X(name, side_, text_) {side_, text_},
        SQL_TABLE(X)
#undef X
    };

    for (int i = 0; i < SQL__MAX; i++)
        if (table[i].side == side &&
            sqlite3_prepare_v3(d->handle, table[i].text, -1, SQLITE_PREPARE_PERSISTENT,
                               &d->statements[i], NULL) != SQLITE_OK)
            return db_fail(d);
    return 0;
}

/* WAL needs shared memory, which some file systems do not support. */
static int check_wal(struct db *d)
{
    sqlite3_stmt *st = NULL;
    bool wal = false;

    if (sqlite3_prepare_v2(d->handle, "PRAGMA journal_mode", -1, &st, NULL) ==
        SQLITE_OK)
        wal =
            sqlite3_step(st) == SQLITE_ROW && str_eq(db_column_str(st, 0), STR("wal"));
    sqlite3_finalize(st);
    return wal ? 0 : db_fail_with(d, "the file system cannot do write-ahead logging");
}

static int open_writer(struct db *d, const char *path, char *errmsg, size_t errmsg_size)
{
    int rc = connect_to(d, path, NULL, false);

    if (rc == 0) {
        rc = sqlite_migrate(d, path, errmsg, errmsg_size);
        if (rc != 0)
            return rc;
        rc = sqlite3_exec(d->handle, WRITER_SQL, NULL, NULL, NULL) == SQLITE_OK
                 ? check_wal(d)
                 : db_fail(d);
    }
    /* Only after the migrations: one may have to recreate a table. */
    if (rc == 0 && sqlite3_exec(d->handle, "PRAGMA foreign_keys = ON", NULL, NULL,
                                NULL) != SQLITE_OK)
        rc = db_fail(d);
    if (rc == 0)
        rc = sqlite_text_remake(d);
    if (rc == 0)
        rc = prepare(d, STORE_WRITER);
    if (rc != 0)
        snprintf(errmsg, errmsg_size, "%s: %s", path, d->errmsg);
    return rc;
}

/* A read-only file is not migrated, so it must have this program's version already. */
static int check_version(struct db *d, const char *path, char *errmsg,
                         size_t errmsg_size)
{
    int version, rc = sqlite_identify(d, path, &version, errmsg, errmsg_size);

    if (rc != 0 || version == sqlite_n_migrations)
        return rc;
    snprintf(errmsg, errmsg_size,
             "%s was made by an older program (schema %d, this one's is %d): start the "
             "server with this program once, or use the older program",
             path, version, sqlite_n_migrations);
    return ERR_CONFLICT;
}

static int open_reader(struct db *d, const struct sqlite_opts *opts, char *errmsg,
                       size_t errmsg_size)
{
    const char *path = opts->path;
    int rc = connect_to(d, path, READER_SQL, opts->read_only);

    if (rc == 0 && opts->read_only) {
        rc = check_version(d, path, errmsg, errmsg_size);
        if (rc != 0)
            return rc;
    }
    if (rc == 0)
        rc = prepare(d, STORE_READER);
    if (rc != 0)
        snprintf(errmsg, errmsg_size, "%s: %s", path, d->errmsg);
    return rc;
}

int store_sqlite_open(const struct sqlite_opts *opts, struct store **ret_store,
                      char *errmsg, size_t errmsg_size)
{
    int rc = make_file(opts, errmsg, errmsg_size);
    struct sqlite_store *s;

    /* SQLite counts its memory under a lock, which took a twelfth of projecting, and
     * nobody reads the counts. Once SQLite has started this fails, harmlessly. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    if (rc != 0)
        return rc;
    s = mem_zalloc(1, sizeof *s);
    s->base.ops = &ops;
    s->committed = opts->committed;
    s->user = opts->user;
    s->in_file = opts->in_file;
    if (!opts->read_only)
        rc = open_writer(&s->sides[STORE_WRITER], opts->path, errmsg, errmsg_size);
    if (rc == 0)
        rc = open_reader(&s->sides[STORE_READER], opts, errmsg, errmsg_size);
    if (rc != 0) {
        free_store(&s->base);
        return rc;
    }
    if (!opts->read_only)
        sqlite3_wal_hook(s->sides[STORE_WRITER].handle, log_written, s);
    *ret_store = &s->base;
    return 0;
}
