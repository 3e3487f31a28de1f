/* cluster_redis.h — what the profile cluster uses Redis for: limits over all processes.
 *
 * Nothing true ever comes from Redis, and it may forget everything at any time. Where
 * none is configured, or it fails, each process limits by itself.
 *
 * Ownership  cluster_redis_open() starts, cluster_redis_close() ends what was started.
 * Errors     ERR_INVALID, the configuration cannot be read; ERR_UNAVAILABLE, no thread.
 *            errmsg says more. A Redis that is away is no error.
 * Threads    open, close: the owner's. check and metrics: any.
 */
#ifndef PROFILE_CLUSTER_CLUSTER_REDIS_H
#define PROFILE_CLUSTER_CLUSTER_REDIS_H

#include "ops/ready.h"
#include "ops/scrape.h"

struct app;
struct limiter;
struct limit_redis;
struct profile_limit;

/* All zero: closed. */
struct cluster_redis {
    const struct app *app;
    struct limit_redis *limits; /* NULL: no Redis is configured */
};

int cluster_redis_open(struct cluster_redis *r, const struct app *app, uint64_t seed,
                       char *errmsg, size_t size);
struct limiter *cluster_redis_limiter(struct cluster_redis *r,
                                      const struct profile_limit *limit);
void cluster_redis_close(struct cluster_redis *r);

#endif
