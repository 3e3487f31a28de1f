/* loops.h — starts the threads that serve clients, and ends them without losing
 * anybody's answer.
 *
 * Ending: GET /readyz answers 503. After server.drain_delay each loop stops accepting,
 * tells its watchers to come back (1012, retry), finishes its calls, and ends when none
 * is left or the time is up.
 *
 * Errors   ERR_UNAVAILABLE, with a text for the operator.
 * Threads  the owner's; loops_drain(): any.
 */
#ifndef SERVER_LOOPS_H
#define SERVER_LOOPS_H

#include <stdint.h>

struct app;
struct config;

enum { LOOPS_ERRMSG_BYTES = 512 };

/* server.loops, or one per core. */
unsigned loops_wanted(const struct config *config);

/* Open the sockets and make app->loops; nothing is served yet. *ret_port: the port
 * bound. */
int loops_open(struct app *app, uint16_t *ret_port, char errmsg[LOOPS_ERRMSG_BYTES]);
int loops_start(struct app *app);

/* Ask all loops to end. loops_join() waits for them, at most server.drain_delay and
 * server.shutdown_timeout. */
void loops_drain(struct app *app);

enum loops_end {
    LOOPS_ALL_ANSWERED,
    LOOPS_SOME_CUT_OFF, /* some clients did not finish, or did not go */
    LOOPS_CALLS_LEFT,   /* a lane has not answered: the loops cannot be freed */
};
enum loops_end loops_join(struct app *app);

/* Call after the lanes have stopped. */
void loops_free(struct app *app);

#endif
