/* pg_rig.h — a PostgreSQL of the test's own: in a new folder of /tmp, reached by a
 * socket in it, without fsync, ended with the test. PostgreSQL refuses to be root; then
 * it runs as the user postgres.
 *
 * Threads  one at a time.
 */
#ifndef TEST_LIB_PG_RIG_H
#define TEST_LIB_PG_RIG_H

struct pg_rig;

struct pg_dsn {
    char text[256];
};

/* Fails the test, with what the server said, if it does not start. */
struct pg_rig *pg_rig_start(void);
struct pg_rig *pg_rig_stop(struct pg_rig *r); /* accepts NULL; returns NULL */

struct pg_dsn pg_rig_dsn(const struct pg_rig *r, const char *database);
/* One statement, in the database postgres. */
void pg_rig_admin(const struct pg_rig *r, const char *sql);
/* Stop it as a power failure would, start it again. */
void pg_rig_kill(struct pg_rig *r);
void pg_rig_restart(struct pg_rig *r);

#endif
