/* ballot_postgres.h — what tests of the ballot in PostgreSQL do to its server. */
#ifndef TEST_LIB_BALLOT_POSTGRES_H
#define TEST_LIB_BALLOT_POSTGRES_H

#include "lib/ballot_world.h"

/* For a test whose state is a world of its own; the group needs begin and end of
 * ballot_backend_postgres. */
#define POSTGRES_TEST(name)                                                            \
    cmocka_unit_test_prestate_setup_teardown(                                          \
        name, ballot_world_setup, ballot_world_teardown,                               \
        (void *)(uintptr_t)&ballot_backend_postgres)

/* One more process with a ballot on the same database, whose events nobody watches. */
struct ballot *ballot_postgres_another(struct ballot_world *w, uint64_t origin);
const char *ballot_postgres_dsn(void);
void ballot_postgres_sql(const char *sql);
int64_t ballot_postgres_number(const char *sql); /* of one row with a bigint */
void ballot_postgres_kill(void);
void ballot_postgres_restart(void);

#endif
