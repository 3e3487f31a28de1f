/* redis.h — limiters that count over all processes, in one Redis.
 *
 * DESIGN
 *
 *   loops ──ask──▶ lane: all that wait ──▶ sql/redis/limit.lua   one round trip, exact
 *     ▲                                                          over all processes
 *     └──────────── answers ◀─────────────┘
 *
 *   Redis fails: ──▶ limiters in memory, at once; the lane tries until it works again
 *
 * A key of Redis holds when the requests of one client came (rate:user:42:api), by the
 * clock of Redis, and expires when the last of them has left the window. Redis may
 * forget any of them at any time: then that client starts afresh.
 *
 * Each limiter stands on one in memory, which also counts what Redis has admitted
 * through this process. When Redis fails or is slow, the ones in memory decide, each
 * process for itself: a client may then make as many requests as there are processes
 * times the rule. Redis does not hear of them when it works again. Nobody waits for a
 * Redis that is known to fail; those who found out waited for one timeout.
 *
 * Ownership  limit_redis_start() gives the lane, limit_redis_stop() ends it (accepts
 *            NULL; returns NULL), after its limiters were freed. A limiter takes over
 *            the one in memory.
 * Errors     ERR_UNAVAILABLE, no thread could be started. A Redis that is away is no
 *            error here.
 * Threads    as limit.h. report: the lane, or the caller of start.
 */
#ifndef LIMIT_REDIS_H
#define LIMIT_REDIS_H

#include "limit/limit.h"
#include "link/redis.h"

struct limit_redis;

struct limit_redis_opts {
    struct redis_opts redis; /* timeout_ms is how long requests may wait for it */
    size_t max_waiting;      /* beyond that the limiters in memory decide */
    bool callers_time;       /* now_ms counts, not Redis' clock: for tests */
    /* Redis begins to fail (text says why), or works again (err 0). */
    void (*report)(void *user, int err, const char *text);
    void *user;
};

/* Keys are rate:WHOSE:KEY:WHAT. */
struct limit_redis_name {
    const char *whose, *what; /* outlive the limiter */
};

int limit_redis_start(const struct limit_redis_opts *opts, struct limit_redis **ret);
struct limit_redis *limit_redis_stop(struct limit_redis *r);
/* The rule is own's, which says at once. */
struct limiter *limit_redis_new(struct limit_redis *r,
                                const struct limit_redis_name *name,
                                struct limiter *own);

/* For metrics and readiness; any thread. */
bool limit_redis_works(const struct limit_redis *r);
uint64_t limit_redis_own(const struct limit_redis *r); /* requests decided in memory */

#endif
