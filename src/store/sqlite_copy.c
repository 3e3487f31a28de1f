#include "store/sqlite_copy.h"

#include <stdio.h>

#include "base/err.h"
#include "store/sqlite_db.h"

enum { PAGES_AT_ONCE = 1024, BUSY_MS = 10000 };

static int fail(sqlite3 *handle, const char *path, char *errmsg, size_t size)
{
    snprintf(errmsg, size, "%s: sqlite: %s (%d)", path, sqlite3_errmsg(handle),
             sqlite3_extended_errcode(handle));
    return ERR_UNAVAILABLE;
}

static int open_db(const char *path, int mode, sqlite3 **ret_handle, char *errmsg,
                   size_t size)
{
    if (sqlite3_open_v2(path, ret_handle,
                        mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                        NULL) != SQLITE_OK)
        return fail(*ret_handle, path, errmsg, size);
    sqlite3_busy_timeout(*ret_handle, BUSY_MS);
    return 0;
}

static int execute(sqlite3 *handle, const char *path, const char *sql, char *errmsg,
                   size_t size)
{
    return sqlite3_exec(handle, sql, NULL, NULL, NULL) == SQLITE_OK
               ? 0
               : fail(handle, path, errmsg, size);
}

/* SQLite takes the snapshot at the first read, not at BEGIN. */
static int open_source(const char *path, struct db *d, char *errmsg, size_t size)
{
    int version = 0, rc;

    rc = open_db(path, SQLITE_OPEN_READONLY, &d->handle, errmsg, size);
    if (rc == 0)
        rc = execute(d->handle, path, "BEGIN", errmsg, size);
    if (rc == 0)
        rc = sqlite_identify(d, path, &version, errmsg, size);
    if (rc == 0 && version == 0) {
        snprintf(errmsg, size, "%s is empty", path);
        rc = ERR_CONFLICT;
    }
    return rc;
}

static uint64_t page_bytes(sqlite3 *handle)
{
    sqlite3_stmt *st = NULL;
    uint64_t n = 0;

    if (sqlite3_prepare_v2(handle, "PRAGMA page_size", -1, &st, NULL) == SQLITE_OK &&
        sqlite3_step(st) == SQLITE_ROW)
        n = (uint64_t)sqlite3_column_int64(st, 0);
    sqlite3_finalize(st);
    return n;
}

static int copy_pages(const struct sqlite_copy *c, sqlite3 *from, sqlite3 *to,
                      char *errmsg, size_t size)
{
    sqlite3_backup *b = sqlite3_backup_init(to, "main", from, "main");
    uint64_t page = page_bytes(from);
    int rc = SQLITE_OK;

    while (b != NULL && rc == SQLITE_OK) {
        rc = sqlite3_backup_step(b, PAGES_AT_ONCE);
        if (rc == SQLITE_OK && c->progress != NULL) {
            uint64_t all = (uint64_t)sqlite3_backup_pagecount(b);
            uint64_t left = (uint64_t)sqlite3_backup_remaining(b);

            c->progress(c->user, (all - left) * page, all * page);
        }
    }
    if (b != NULL)
        sqlite3_backup_finish(b);
    return rc == SQLITE_DONE ? 0 : fail(to, c->to, errmsg, size);
}

int sqlite_copy(const struct sqlite_copy *c, char *errmsg, size_t errmsg_size)
{
    struct db from = {0};
    sqlite3 *to = NULL;
    int rc = open_source(c->from, &from, errmsg, errmsg_size);

    if (rc == 0)
        rc = open_db(c->to, SQLITE_OPEN_READWRITE, &to, errmsg, errmsg_size);
    if (rc == 0) /* after an error the copy is thrown away */
        rc = execute(to, c->to, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF",
                     errmsg, errmsg_size);
    if (rc == 0)
        rc = copy_pages(c, from.handle, to, errmsg, errmsg_size);
    sqlite3_close(to);
    sqlite3_close(from.handle);
    return rc;
}

static int execute_on_file(const char *path, const char *sql, char *errmsg, size_t size)
{
    sqlite3 *handle = NULL;
    int rc = open_db(path, SQLITE_OPEN_READWRITE, &handle, errmsg, size);

    if (rc == 0)
        rc = execute(handle, path, sql, errmsg, size);
    sqlite3_close(handle);
    return rc;
}

/* A table that never had a row is missing in sqlite_sequence. */
#define SKIP(table, n)                                                                 \
    "INSERT INTO sqlite_sequence SELECT '" table "', 0 WHERE NOT EXISTS"               \
    " (SELECT 1 FROM sqlite_sequence WHERE name = '" table "');"                       \
    "UPDATE sqlite_sequence SET seq = seq + " n " WHERE name = '" table "';"

int sqlite_skip_ids(const char *path, char *errmsg, size_t errmsg_size)
{
    char *sql =
        sqlite3_mprintf("BEGIN;" SKIP("accounts", "%d") SKIP("polls", "%d") "COMMIT",
                        SQLITE_SKIP_ACCOUNTS, SQLITE_SKIP_POLLS);
    int rc = execute_on_file(path, sql, errmsg, errmsg_size);

    sqlite3_free(sql);
    return rc;
}

int sqlite_seal(const char *path, char *errmsg, size_t errmsg_size)
{
    return execute_on_file(path, "PRAGMA journal_mode = DELETE", errmsg, errmsg_size);
}
