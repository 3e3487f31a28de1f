/* sqlite_file.h — a store's file from outside of the store: opened for a moment, to be
 * read, copied or changed by one statement.
 *
 * Ownership  the caller closes what it opened, after an error too (sqlite3_close()).
 * Errors     ERR_UNAVAILABLE: errmsg says which file and what SQLite says.
 * Threads    any, one at a time for a file.
 */
#ifndef STORE_SQLITE_FILE_H
#define STORE_SQLITE_FILE_H

#include <sqlite3.h>
#include <stddef.h>

/* Say what SQLite says of its last call. Always returns ERR_UNAVAILABLE. */
int sqlite_file_fail(sqlite3 *handle, const char *path, char *errmsg, size_t size);

/* mode: SQLITE_OPEN_READONLY or _READWRITE, and perhaps _URI. Waits for a lock of
 * another process. */
int sqlite_file_open(const char *path, int mode, sqlite3 **ret_handle, char *errmsg,
                     size_t size);

/* Run statements that return no rows. */
int sqlite_file_execute(sqlite3 *handle, const char *path, const char *sql,
                        char *errmsg, size_t size);

/* The same on a file that is not open. */
int sqlite_file_change(const char *path, const char *sql, char *errmsg, size_t size);

#endif
