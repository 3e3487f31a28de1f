/* patience.h — opens the store of a PostgreSQL that may not be there yet.
 *
 * After a power failure everything starts at once, and the database is not the first
 * that is ready. So a server waits for it, for postgres.start_wait, and says so. What
 * will not change by waiting fails at once: a wrong password, a database that does not
 * exist, one that is another program's.
 */
#ifndef PROFILE_CLUSTER_PATIENCE_H
#define PROFILE_CLUSTER_PATIENCE_H

#include <stddef.h>

struct app;
struct postgres_opts;
struct store;

/* As store_postgres_open(). */
int patient_open(const struct postgres_opts *opts, const struct app *app,
                 struct store **ret_store, char *errmsg, size_t size);

#endif
