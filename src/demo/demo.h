/* demo.h — lively polls on a running server, to look at.
 *
 * DESIGN
 *
 *   find the server ─▶ sign in as "demo" ─▶ its open polls, or new ones ─▶ guests vote
 *
 * All of it over HTTP, as any client would, so nothing in the server knows of it. The
 * demo's user is an ordinary account whose random password is kept in
 * <data.dir>/demo.password. As long as it has polls that are open none are made, so
 * that it can be run again and again. Each guest votes on most of the polls, with
 * preferences that are uneven and sway, so that there is something to see.
 *
 * demo_run() blocks until everybody has voted, the time is over, or it is stopped;
 * demo_start() does the same in a thread beside a server.
 *
 * Errors   ERR_UNAVAILABLE, ERR_CONFLICT, ERR_INVALID, with a text that says what to
 *          do. To be stopped is no error.
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

    /* What has happened, a line without its end. */
    void (*say)(void *user, const char *line);
    /* NULL: progress is not told. */
    void (*say_progress)(void *user, const char *line);
    /* Of demo_start(): the demo has ended, errmsg says why. */
    void (*failed)(void *user, const char *errmsg);
    void *user;
};

/* stop_fd: readable when the demo is to end. */
int demo_run(const struct demo_opts *opts, int stop_fd, char errmsg[DEMO_ERRMSG_BYTES]);

struct demo;

int demo_start(const struct demo_opts *opts, struct demo **ret_demo);
/* Ends it within a second or so. Accepts NULL; returns NULL. */
struct demo *demo_stop(struct demo *d);

/* ---- for tests ---- */

/* What to connect to: listening on all interfaces, it is on this machine too. */
void demo_url(struct str address, struct buf *out);

/* An option by weight: dice is below the sum of weights. */
unsigned demo_choose(const unsigned *weights, unsigned n, unsigned dice);

#endif
