/* sqlite_migrate.c — checks that a file is ours, and brings its schema up to date.
 *
 * The binary holds the files of sql/sqlite, and runs them in order. Each runs in a
 * transaction of its own, which also stores its number in PRAGMA user_version: so each
 * runs once, and an interrupted start continues where it was. */
#include <stdio.h>

#include "base/err.h"
#include "store/sqlite_db.h"

/* Read the number that a PRAGMA answers with. Returns 0 or SQLite's error. */
static int ask(sqlite3 *handle, const char *sql, int *ret_n)
{
    sqlite3_stmt *st = NULL;
    int rc = sqlite3_prepare_v2(handle, sql, -1, &st, NULL);

    if (rc == SQLITE_OK && sqlite3_step(st) == SQLITE_ROW)
        *ret_n = sqlite3_column_int(st, 0);
    return rc == SQLITE_OK ? sqlite3_finalize(st) : rc;
}

struct identity {
    int application, version, n_tables;
};

static int read_identity(sqlite3 *handle, struct identity *ret_id)
{
    int rc = ask(handle, "PRAGMA application_id", &ret_id->application);

    if (rc == SQLITE_OK)
        rc = ask(handle, "PRAGMA user_version", &ret_id->version);
    if (rc == SQLITE_OK)
        rc = ask(handle, "SELECT count(*) FROM sqlite_schema", &ret_id->n_tables);
    return rc;
}

int sqlite_identify(struct db *d, const char *path, int *ret_version, char *errmsg,
                    size_t errmsg_size)
{
    struct identity id = {0};
    int rc = read_identity(d->handle, &id);

    if (rc == SQLITE_NOTADB || rc == SQLITE_CORRUPT) {
        snprintf(errmsg, errmsg_size,
                 "%s is not a database, or its first page is damaged. Keep a copy of "
                 "all of data.dir, then restore a backup: pollux restore --force FILE",
                 path);
        return ERR_CONFLICT;
    }
    if (rc != SQLITE_OK) {
        snprintf(errmsg, errmsg_size, "%s cannot be read: %s", path,
                 sqlite3_errmsg(d->handle));
        return ERR_UNAVAILABLE;
    }
    if (id.application != SQLITE_APPLICATION && id.n_tables != 0) {
        snprintf(errmsg, errmsg_size, "%s is the database of another program", path);
        return ERR_CONFLICT;
    }
    if (id.version > sqlite_n_migrations) {
        snprintf(errmsg, errmsg_size,
                 "%s was written by a newer program (schema %d, this one knows %d): "
                 "start that one, or restore a backup from before the upgrade",
                 path, id.version, sqlite_n_migrations);
        return ERR_CONFLICT;
    }
    *ret_version = id.version;
    return 0;
}

static int run_migration(struct db *d, int number)
{
    char *end = sqlite3_mprintf("PRAGMA application_id = %d; PRAGMA user_version = %d;"
                                "COMMIT;",
                                SQLITE_APPLICATION, number);
    int rc = sqlite3_exec(d->handle, "BEGIN IMMEDIATE", NULL, NULL, NULL);

    if (rc == SQLITE_OK)
        rc = sqlite3_exec(d->handle, sqlite_migrations[number - 1].sql, NULL, NULL,
                          NULL);
    if (rc == SQLITE_OK)
        rc = sqlite3_exec(d->handle, end, NULL, NULL, NULL);
    sqlite3_free(end);
    return rc;
}

int sqlite_migrate(struct db *d, const char *path, char *errmsg, size_t errmsg_size)
{
    int version, rc = sqlite_identify(d, path, &version, errmsg, errmsg_size);

    if (rc != 0)
        return rc;
    while (version < sqlite_n_migrations) {
        if (run_migration(d, ++version) == SQLITE_OK)
            continue;
        snprintf(errmsg, errmsg_size, "%s: migration %s failed and was undone: %s",
                 path, sqlite_migrations[version - 1].name, sqlite3_errmsg(d->handle));
        sqlite3_exec(d->handle, "ROLLBACK", NULL, NULL, NULL);
        return ERR_UNAVAILABLE;
    }
    return 0;
}
