#include "store/sqlite_file.h"

#include <stdio.h>

#include "base/err.h"

enum { BUSY_MS = 10000 };

int sqlite_file_fail(sqlite3 *handle, const char *path, char *errmsg, size_t size)
{
    snprintf(errmsg, size, "%s: sqlite: %s (%d)", path, sqlite3_errmsg(handle),
             sqlite3_extended_errcode(handle));
    return ERR_UNAVAILABLE;
}

int sqlite_file_open(const char *path, int mode, sqlite3 **ret_handle, char *errmsg,
                     size_t size)
{
    if (sqlite3_open_v2(path, ret_handle,
                        mode | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE,
                        NULL) != SQLITE_OK)
        return sqlite_file_fail(*ret_handle, path, errmsg, size);
    sqlite3_busy_timeout(*ret_handle, BUSY_MS);
    return 0;
}

int sqlite_file_execute(sqlite3 *handle, const char *path, const char *sql,
                        char *errmsg, size_t size)
{
    return sqlite3_exec(handle, sql, NULL, NULL, NULL) == SQLITE_OK
               ? 0
               : sqlite_file_fail(handle, path, errmsg, size);
}

int sqlite_file_change(const char *path, const char *sql, char *errmsg, size_t size)
{
    sqlite3 *handle = NULL;
    int rc = sqlite_file_open(path, SQLITE_OPEN_READWRITE, &handle, errmsg, size);

    if (rc == 0)
        rc = sqlite_file_execute(handle, path, sql, errmsg, size);
    sqlite3_close(handle);
    return rc;
}
