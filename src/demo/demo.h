/* demo.h — lively polls on a running server, to look at.
 *
 * DESIGN
 *
 *   find the server ─▶ sign in as "demo" ─▶ its open polls, or new ones ─▶ guests vote
 *
 * The demo uses HTTP like any other client, so the server knows nothing about it. Its
 * user is an ordinary account whose random password is kept in
 * <data.dir>/demo.password. It makes no new polls while it has open ones, so it can be
 * run again and again. Each guest votes on most polls, with uneven preferences that
 * shift, so that there is something to see.
 *
 * demo_run() blocks until everybody has voted, the time is over, or it is stopped;
 * demo_start() does the same in a thread beside a server.
 *
 * Errors   ERR_UNAVAILABLE, ERR_CONFLICT, ERR_INVALID, with a text that says what to
 *          do. Being stopped is not an error.
 * Threads  one demo at a time in a process. say() is called in the demo's thread.
 */
#ifndef DEMO_DEMO_H
#define DEMO_DEMO_H

#include <stdbool.h>

#include "base/buf.h"
#include "config/config.h"

enum { DEMO_ERRMSG_BYTES = 512 };

struct demo_opts {
    const struct config *config; /* where the server is, and its data */
    int polls, voters;
    int rate;       /* votes a second */
    int64_t for_ms; /* 0: as long as it takes */

    /* Called with a line, without its end, about what happened. */
    void (*say)(void *user, const char *line);
    /* NULL: do not report progress. */
    void (*say_progress)(void *user, const char *line);
    /* Of demo_start(): the demo has ended, errmsg says why. */
    void (*failed)(void *user, const char *errmsg);
    void *user;
};

/* stop_fd: readable when the demo is to end. */
int demo_run(const struct demo_opts *opts, int stop_fd, char errmsg[DEMO_ERRMSG_BYTES]);

struct demo;

int demo_start(const struct demo_opts *opts, struct demo **ret_demo);
/* End the demo within about a second. Accepts NULL; returns NULL. */
struct demo *demo_stop(struct demo *d);

/* ---- for tests ---- */

/* The address to connect to: a server on all interfaces is reached on this machine. */
void demo_url(struct str address, struct buf *out);

/* An option by weight: dice is below the sum of weights. */
unsigned demo_choose(const unsigned *weights, unsigned n, unsigned dice);

#endif
