#include "store/sqlite_copy.h"

#include <stdio.h>

#include "base/err.h"
#include "store/sqlite_db.h"
#include "store/sqlite_file.h"

enum { PAGES_AT_ONCE = 1024 };

/* SQLite takes the snapshot at the first read, not at BEGIN. */
static int open_source(const char *path, struct db *d, char *errmsg, size_t size)
{
    int version = 0, rc;

    rc = sqlite_file_open(path, SQLITE_OPEN_READONLY, &d->handle, errmsg, size);
    if (rc == 0)
        rc = sqlite_file_execute(d->handle, path, "BEGIN", errmsg, size);
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
    return rc == SQLITE_DONE ? 0 : sqlite_file_fail(to, c->to, errmsg, size);
}

int sqlite_copy(const struct sqlite_copy *c, char *errmsg, size_t errmsg_size)
{
    struct db from = {0};
    sqlite3 *to = NULL;
    int rc = open_source(c->from, &from, errmsg, errmsg_size);

    if (rc == 0)
        rc = sqlite_file_open(c->to, SQLITE_OPEN_READWRITE, &to, errmsg, errmsg_size);
    if (rc == 0) /* after an error the copy is thrown away */
        rc = sqlite_file_execute(to, c->to,
                                 "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF",
                                 errmsg, errmsg_size);
    if (rc == 0)
        rc = copy_pages(c, from.handle, to, errmsg, errmsg_size);
    sqlite3_close(to);
    sqlite3_close(from.handle);
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
    int rc = sqlite_file_change(path, sql, errmsg, errmsg_size);

    sqlite3_free(sql);
    return rc;
}

int sqlite_seal(const char *path, char *errmsg, size_t errmsg_size)
{
    return sqlite_file_change(path, "PRAGMA journal_mode = DELETE", errmsg,
                              errmsg_size);
}
