/* profile.h — the backends that a server stands on: one table for each profile.
 *
 * DESIGN
 *
 *   main.c ──▶ a profile: embedded_new() ──▶ server_start()
 *
 *   profile   names backends: store, ballot, limiters; has their metrics and checks
 *   server    starts and ends them in its order, and everything that stands on the
 *             ports: index, accounts, hub, scheduler, loops, metrics, readiness
 *
 * So another profile is another table, and what does not depend on backends is written
 * once. docs/adr/0012 says why the table is cut so.
 *
 * Ownership  server_start() takes a profile over; close() ends it.
 * Errors     0 or ERR_*. errmsg gets a text for the operator; where it stays empty the
 *            error's title serves. A start that fails ends the process: nothing is
 *            undone.
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
struct limiter;
struct profile;
struct read_lane;
struct secret;
struct store;
struct store_lane;

/* What open() opened. The server stops the lanes; the store is there until close(). */
struct profile_stores {
    struct store *store; /* to load from, while nobody else reads */
    struct store_lane *writer;
    struct read_lane *reads;
    uint64_t first_version; /* of a new poll's result */
};

struct profile_ops {
    const char *name;

    /* ---- at the start, in this order ---- */

    /* Open the store, bring it up to date, and start the lanes over it. app has its
     * configuration, clock, log and index by then, and outlives the profile. */
    int (*open)(struct profile *p, const struct app *app,
                struct profile_stores *ret_stores, char *errmsg, size_t size);
    /* The secret that signs tokens. */
    int (*secret)(struct profile *p, struct secret *ret_secret, char *errmsg,
                  size_t size);
    /* At most max in any window_ms; of a limiter in memory, with at most max_bytes. The
     * caller ends it before close(). */
    struct limiter *(*limiter)(struct profile *p, uint32_t max, uint32_t window_ms,
                               size_t max_bytes);
    /* events: what the ballot is to tell, and whatever else brings facts about polls,
     * such as a bus. */
    int (*start_ballot)(struct profile *p, const struct ballot_events *events,
                        struct ballot **ret_ballot, char *errmsg, size_t size);
    /* Clients reach the server at this address ("127.0.0.1:8080", borrowed) from now
     * on. */
    int (*announce)(struct profile *p, const char *address, char *errmsg, size_t size);

    /* ---- at the end, in this order ---- */

    void (*retract)(struct profile *p); /* the address: nobody is served any more */
    void (*close)(struct profile *p);   /* the ballot and the lanes have been stopped */
};

struct profile {
    const struct profile_ops *ops; /* first field of every profile's struct */
    struct own_metrics metrics;    /* beside those that every server has */
    struct ready_checks ready;     /* likewise */
};

#endif
