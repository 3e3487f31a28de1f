/* app.h — the program as a whole: what every handler can reach.
 *
 * DESIGN
 *
 *   main.c: configuration → profile/: backends → server/: starts all → loops, router
 *   → handlers: api/votes.c, api/polls.c, live/live_ws.c …
 *
 * This header only names things. Whoever uses one includes its header, so a file's
 * includes say what it needs.
 *
 * Threads  struct app is made once and is constant while the loops run; what it points
 *          to may be used from any thread by its own rules.
 */
#ifndef APP_APP_H
#define APP_APP_H

#include <stdatomic.h>

#include "base/log.h"

struct app {
    const struct config *config;
    const struct clock *clock;
    struct log log;
    struct index *index;
    struct leaderboard *leaderboard;
    struct ballot *ballot;
    uint64_t first_version; /* of results, and of hidden ones: store/data_set.h */
    struct store_lane *store;
    struct read_lane *reads;
    struct follow *follow; /* NULL: nobody else writes to the store */
    struct passwords *passwords;
    struct pictures *pictures;
    struct jwt_signer *signer;
    struct revocations *revocations;
    struct login_guard *logins;
    struct hub *hub;
    const struct watchers_news *watchers;
    struct rate_limits *rates; /* server/rate_limit.h */
    struct scrapes *scrapes;
    const struct ready_checks *ready;
    atomic_bool draining;
    _Atomic uint64_t warned_foreign_ms; /* monotonic; 0: not yet (origin.h) */
    struct app_loop *loops;
    unsigned n_loops;
    struct loop_set *set; /* server/loops.c */
};

#endif
