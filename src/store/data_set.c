#include "store/data_set.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "store/sqlite_db.h"
#include "store/sqlite_file.h"

enum { WRITE_FORMAT_AT = 18, FORMAT_ROLLBACK = 1 };

static const int64_t VERSIONS_SINCE_MS = 1704067200000; /* 2024-01-01 */
enum { VERSIONS_PER_MS = 250 };

/* ---- reading ---- */

/* Escape what has a meaning in a URI. */
static char *alone_uri(const char *path)
{
    sqlite3_str *s = sqlite3_str_new(NULL);

    sqlite3_str_appendall(s, "file:");
    for (; *path != '\0'; path++)
        if (strchr("%?#", *path) != NULL)
            sqlite3_str_appendf(s, "%%%02x", (unsigned char)*path);
        else
            sqlite3_str_appendchar(s, 1, *path);
    sqlite3_str_appendall(s, "?immutable=1");
    return sqlite3_str_finish(s);
}

static int open_to_look(const char *path, bool alone, sqlite3 **ret_handle,
                        char *errmsg, size_t size)
{
    char *uri;
    int rc;

    if (!alone) {
        rc = sqlite_file_open(path, SQLITE_OPEN_READWRITE, ret_handle, errmsg, size);
        if (rc == 0)
            sqlite3_db_config(*ret_handle, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, NULL);
        return rc;
    }
    uri = alone_uri(path);
    rc = sqlite_file_open(uri, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI, ret_handle,
                          errmsg, size);
    sqlite3_free(uri);
    return rc;
}

static void take_id(sqlite3_stmt *st, int column, uint8_t ret_id[DATA_SET_ID_BYTES])
{
    if (sqlite3_column_bytes(st, column) == DATA_SET_ID_BYTES)
        memcpy(ret_id, sqlite3_column_blob(st, column), DATA_SET_ID_BYTES);
}

static void take_row(sqlite3_stmt *st, struct data_set *ret)
{
    ret->known = true;
    take_id(st, 0, ret->id);
    take_id(st, 1, ret->journal_id);
    ret->has_journal = sqlite3_column_type(st, 2) != SQLITE_NULL;
    ret->journal_from = (uint64_t)sqlite3_column_int64(st, 2);
    ret->commits = (uint64_t)sqlite3_column_int64(st, 3);
    ret->first_version = (uint64_t)sqlite3_column_int64(st, 4);
    ret->position = (uint64_t)sqlite3_column_int64(st, 5);
    ret->last_poll = (uint64_t)sqlite3_column_int64(st, 6);
}

static int read_row(sqlite3 *handle, const char *path, struct data_set *ret,
                    char *errmsg, size_t size)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(
        handle,
        "SELECT id, journal_id, journal_from, commits, first_version, position,"
        " coalesce((SELECT seq FROM sqlite_sequence WHERE name = 'polls'), 0)"
        " FROM data_set, journal",
        -1, &st, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_step(st);
    if (rc == SQLITE_ROW)
        take_row(st, ret);
    rc = rc == SQLITE_ROW ? 0 : sqlite_file_fail(handle, path, errmsg, size);
    sqlite3_finalize(st);
    return rc;
}

static int has_table(sqlite3 *handle, const char *path, bool *ret_has, char *errmsg,
                     size_t size)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(
        handle, "SELECT count(*) FROM sqlite_schema WHERE name = 'data_set'", -1, &st,
        NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_step(st);
    if (rc == SQLITE_ROW)
        *ret_has = sqlite3_column_int(st, 0) != 0;
    rc = rc == SQLITE_ROW ? 0 : sqlite_file_fail(handle, path, errmsg, size);
    sqlite3_finalize(st);
    return rc;
}

int data_set_read(const char *path, bool alone, struct data_set *ret, char *errmsg,
                  size_t errmsg_size)
{
    struct db d = {0};
    bool has = false;
    int version, rc = open_to_look(path, alone, &d.handle, errmsg, errmsg_size);

    *ret = (struct data_set){0};
    if (rc == 0)
        rc = sqlite_identify(&d, path, &version, errmsg, errmsg_size);
    if (rc == 0)
        rc = has_table(d.handle, path, &has, errmsg, errmsg_size);
    if (rc == 0 && has)
        rc = read_row(d.handle, path, ret, errmsg, errmsg_size);
    sqlite3_close(d.handle);
    return rc;
}

bool data_set_is_backup(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    char format = 0;
    bool ok = fd >= 0 && pread(fd, &format, 1, WRITE_FORMAT_AT) == 1;

    if (fd >= 0)
        close(fd);
    return ok && format == FORMAT_ROLLBACK;
}

/* ---- writing ---- */

/* Frees sql. */
static int run_on_file(const char *path, char *sql, char *errmsg, size_t size)
{
    int rc = sqlite_file_change(path, sql, errmsg, size);

    sqlite3_free(sql);
    return rc;
}

int data_set_begin_journal(const char *path, uint64_t from, char *errmsg,
                           size_t errmsg_size)
{
    return run_on_file(
        path,
        sqlite3_mprintf("UPDATE data_set SET journal_from = %lld", (long long)from),
        errmsg, errmsg_size);
}

int data_set_end_journal(const char *path, char *errmsg, size_t errmsg_size)
{
    return run_on_file(
        path,
        sqlite3_mprintf(
            "UPDATE data_set SET journal_id = randomblob(16), journal_from = NULL"),
        errmsg, errmsg_size);
}

/* Go beyond the copy's own versions too, in case the clock is wrong. */
int data_set_skip_versions(const char *path, int64_t now_ms, char *errmsg,
                           size_t errmsg_size)
{
    int64_t ms = now_ms > VERSIONS_SINCE_MS ? now_ms - VERSIONS_SINCE_MS : 0;

    return run_on_file(
        path,
        sqlite3_mprintf(
            "BEGIN;"
            "UPDATE data_set SET first_version = 1 + max(%lld, first_version + 1000000"
            " + 3 * (SELECT coalesce(max(edits), 0) FROM polls),"
            " (SELECT coalesce(max(base_version), 0) + 1000000 FROM results));"
            "UPDATE results SET base_version = (SELECT first_version FROM data_set);"
            "COMMIT",
            (long long)ms * VERSIONS_PER_MS),
        errmsg, errmsg_size);
}
