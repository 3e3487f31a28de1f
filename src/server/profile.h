/* profile.h — the backends of a server: one table per profile.
 *
 * DESIGN
 *
 *   main.c ──▶ a profile: embedded_new() ──▶ server_start()
 *
 *   profile   chooses the backends: store, ballot, limiters; has their metrics and
 *             checks
 *   server    starts and ends them in order, and everything built on the ports: index,
 *             accounts, hub, scheduler, loops, metrics, readiness
 *
 * So another profile is another table, and the server is written once. docs/adr/0012
 * says why the table has these entries.
 *
 * Ownership  server_start() takes a profile over; close() ends it.
 * Errors     0 or ERR_*. errmsg gets a text for the operator; if it stays empty, the
 *            error's title is used. A failed start ends the process: nothing is undone.
 * Threads    the owner's, one call after the other. metrics: the metrics lane. ready:
 *            the read lane.
 */
#ifndef SERVER_PROFILE_H
#define SERVER_PROFILE_H

#include <stddef.h>
#include <stdint.h>

#include "ballot/ballot.h"
#include "ops/ready.h"
#include "ops/scrape.h"

struct app;
struct follow;
struct limiter;
struct profile;
struct read_lane;
struct secret;
struct store;
struct store_lane;

/* What open() opened. The server stops the lanes; the store stays open until
 * close(). */
struct profile_stores {
    struct store *store; /* for loading, while nobody else reads */
    struct store_lane *writer;
    struct read_lane *reads;
    uint64_t first_version; /* version of a new poll's first result */
};

/* At most max in any window_ms, and at most max_bytes of memory. */
struct profile_limit {
    const char *whose, *what; /* "user", "api": a limit of all processes together, and
                               * its name; NULL: each process's own, which says at
                               * once. Static storage. */
    uint32_t max, window_ms;
    size_t max_bytes;
};

struct profile_ops {
    const char *name;

    /* ---- at the start, in this order ---- */

    /* Open the store, bring it up to date, and start its lanes. app already has its
     * configuration, clock, log and index, and outlives the profile. */
    int (*open)(struct profile *p, const struct app *app,
                struct profile_stores *ret_stores, char *errmsg, size_t size);
    /* Get the secret that signs tokens. */
    int (*secret)(struct profile *p, struct secret *ret_secret, char *errmsg,
                  size_t size);
    /* Read what is stored into memory: polls and their results, accounts, ends of
     * tokens. */
    int (*load)(struct profile *p, struct app *app, char *errmsg, size_t size);
    /* Make a limiter. The caller frees it before close(). */
    struct limiter *(*limiter)(struct profile *p, const struct profile_limit *limit);
    /* events: called by the ballot, and by whatever else brings news of polls, such as
     * a bus. */
    int (*start_ballot)(struct profile *p, const struct ballot_events *events,
                        struct ballot **ret_ballot, char *errmsg, size_t size);
    /* Begin to follow what other processes commit. NULL: there are none. */
    int (*start_follow)(struct profile *p, struct app *app, struct follow **ret_follow);
    /* Tell others where clients reach the server from now on ("127.0.0.1:8080",
     * borrowed). */
    int (*announce)(struct profile *p, const char *address, char *errmsg, size_t size);

    /* ---- at the end, in this order ---- */

    void (*retract)(struct profile *p); /* undo announce(): nobody is served any more */
    void (*close)(struct profile *p);   /* the ballot and the lanes have stopped */
};

struct profile {
    const struct profile_ops *ops; /* first field of every profile's struct */
    struct own_metrics metrics;    /* besides those that every server has */
    struct ready_checks ready;     /* besides those that every server has */
};

#endif
