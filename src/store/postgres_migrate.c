/* postgres_migrate.c — checks that a database is ours, and brings its schema up to
 * date.
 *
 * The binary holds the files of sql/postgres, and runs in order those that are missing,
 * in one transaction, under a lock that lasts as long: any number of processes may
 * start at once, through PgBouncer too. */
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "store/migration.h"
#include "store/postgres.h"
#include "store/postgres_db.h"

enum { SERVER_AT_LEAST = 150000 };

struct identity {
    int64_t server; /* its version */
    bool utf8, ours, empty;
    int64_t version; /* of the schema */
};

static int take_identity(void *user, const struct pg_row *row)
{
    struct identity *id = user;

    id->server = pg_i64(row, 0);
    id->utf8 = pg_i64(row, 1) != 0;
    id->ours = pg_i64(row, 2) != 0;
    id->empty = pg_i64(row, 3) != 0;
    return 0;
}

static int take_version(void *user, const struct pg_row *row)
{
    ((struct identity *)user)->version = pg_i64(row, 0);
    return 0;
}

static int identify(struct pg *pg, struct identity *ret_id)
{
    int rc = pg_run(pg,
                    "SELECT current_setting('server_version_num')::integer,"
                    " current_setting('server_encoding') = 'UTF8',"
                    " to_regclass('pollux_schema') IS NOT NULL,"
                    " NOT EXISTS (SELECT FROM pg_tables"
                    " WHERE schemaname = current_schema())",
                    NULL, take_identity, ret_id);

    if (rc == 0 && ret_id->ours)
        rc =
            pg_run(pg, "SELECT version FROM pollux_schema", NULL, take_version, ret_id);
    return rc;
}

/* Why this program may not use the database; NULL: it may. */
static const char *objection(const struct identity *id, bool read_only)
{
    if (id->server < SERVER_AT_LEAST)
        return "this PostgreSQL is too old: 15 or newer is needed";
    if (!id->utf8)
        return "the database is not in UTF-8: make one with ENCODING 'UTF8'";
    if (!id->ours && !id->empty)
        return "the database is another program's: it has tables, and none are ours";
    if (id->version > postgres_n_migrations)
        return "the database was written by a newer program: start that one, or "
               "restore "
               "a backup from before the upgrade";
    if (read_only && id->version < postgres_n_migrations)
        return "the database is empty or was made by an older program: start the "
               "server "
               "with this program once";
    return NULL;
}

static int refuse(const struct identity *id, const char *why, char *errmsg,
                  size_t errmsg_size)
{
    snprintf(errmsg, errmsg_size, "%s (schema %lld, this program's is %d)", why,
             (long long)id->version, postgres_n_migrations);
    return ERR_CONFLICT;
}

static int set_version(struct pg *pg)
{
    struct pg_args a = {0};

    pg_arg_i64(&a, postgres_n_migrations);
    return pg_run(pg, "UPDATE pollux_schema SET version = $1", &a, NULL, NULL);
}

static int run_migrations(struct pg *pg, const struct identity *id, const char **ret_at)
{
    int rc = 0;

    *ret_at = "pollux_schema";
    if (!id->ours)
        rc = pg_script(pg, "CREATE TABLE pollux_schema (version integer NOT NULL);"
                           "INSERT INTO pollux_schema VALUES (0)");
    for (int64_t v = id->version; rc == 0 && v < postgres_n_migrations; v++) {
        *ret_at = postgres_migrations[v].name;
        rc = pg_script(pg, postgres_migrations[v].sql);
    }
    return rc == 0 && id->version < postgres_n_migrations ? set_version(pg) : rc;
}

static int lock(struct pg *pg)
{
    struct pg_args a = {0};

    pg_arg_i64(&a, POSTGRES_LOCK);
    return pg_run(pg, "SELECT pg_advisory_xact_lock($1)", &a, NULL, NULL);
}

static int migrate(struct pg *pg, bool read_only, char *errmsg, size_t errmsg_size)
{
    struct identity id = {0};
    const char *at = NULL, *why;
    int rc = read_only ? 0 : lock(pg);

    if (rc == 0)
        rc = identify(pg, &id);
    if (rc == 0) {
        why = objection(&id, read_only);
        if (why != NULL)
            return refuse(&id, why, errmsg, errmsg_size);
        if (!read_only)
            rc = run_migrations(pg, &id, &at);
    }
    if (rc == 0 && !read_only)
        rc = postgres_text_remake(pg);
    if (rc == 0)
        return pg_commit(pg);
    if (at != NULL)
        snprintf(errmsg, errmsg_size, "migration %s failed and was undone: %s", at,
                 pg_errmsg(pg));
    return ERR_UNAVAILABLE;
}

int store_postgres_look(const char *dsn, struct postgres_seen *ret_seen, char *errmsg,
                        size_t errmsg_size)
{
    struct pg *pg = pg_new(&(struct pg_opts){.dsn = dsn, .name = "pollux look"});
    struct identity id = {0};
    const char *why = NULL;
    int rc = identify(pg, &id);

    if (rc != 0)
        snprintf(errmsg, errmsg_size, "%s", pg_errmsg(pg));
    else
        why = objection(&id, false);
    pg_free(pg);
    if (rc != 0)
        return ERR_UNAVAILABLE;
    *ret_seen =
        (struct postgres_seen){(int)id.server, (int)id.version, postgres_n_migrations};
    return why == NULL ? 0 : refuse(&id, why, errmsg, errmsg_size);
}

int postgres_migrate(struct pg *pg, bool read_only, char *errmsg, size_t errmsg_size)
{
    int rc = pg_begin(pg);

    errmsg[0] = '\0';
    if (rc == 0)
        rc = migrate(pg, read_only, errmsg, errmsg_size);
    else
        rc = ERR_UNAVAILABLE;
    if (rc != 0 && errmsg[0] == '\0')
        snprintf(errmsg, errmsg_size, "%s", pg_errmsg(pg));
    pg_rollback(pg); /* nothing, if it was committed */
    return rc;
}
