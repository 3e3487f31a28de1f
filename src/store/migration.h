/* migration.h — the files of sql/, as script/embed-sql puts them into the program. */
#ifndef STORE_MIGRATION_H
#define STORE_MIGRATION_H

struct migration {
    const char *name, *sql;
};

/* [i] is migration i + 1 */
extern const struct migration sqlite_migrations[], postgres_migrations[];
extern const int sqlite_n_migrations, postgres_n_migrations;

#endif
