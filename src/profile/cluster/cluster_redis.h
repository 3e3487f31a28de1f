/* cluster_redis.h — what the profile cluster uses Redis for: limits over all processes,
 * and waking the others when something was committed.
 *
 * Nothing true ever comes from Redis, and it may forget everything at any time. Where
 * none is configured, or it fails, each process limits by itself, and looks for what is
 * new by itself.
 *
 * Ownership  cluster_redis_open() and cluster_redis_start_bus() start,
 *            cluster_redis_close() ends what was started.
 * Errors     ERR_INVALID, the configuration cannot be read; ERR_UNAVAILABLE, no thread.
 *            errmsg says more. A Redis that is away is no error.
 * Threads    cluster_redis_wake(), check and metrics: any. The others: the owner's.
 */
#ifndef PROFILE_CLUSTER_CLUSTER_REDIS_H
#define PROFILE_CLUSTER_CLUSTER_REDIS_H

#include "ops/ready.h"
#include "ops/scrape.h"

struct app;
struct bus;
struct follow;
struct limit_redis;
struct limiter;
struct profile_limit;

/* All zero: closed. */
struct cluster_redis {
    const struct app *app;
    uint64_t seed;
    struct limit_redis *limits; /* NULL: no Redis is configured */
    struct bus *_Atomic bus;    /* the same; it comes when lanes already run */
    struct follow *follow;      /* whom it wakes */
};

int cluster_redis_open(struct cluster_redis *r, const struct app *app, uint64_t seed,
                       char *errmsg, size_t size);
struct limiter *cluster_redis_limiter(struct cluster_redis *r,
                                      const struct profile_limit *limit);
/* Wake follow when others have committed, until cluster_redis_hush(). */
int cluster_redis_start_bus(struct cluster_redis *r, struct follow *follow);
void cluster_redis_wake(struct cluster_redis *r); /* wake the others */
void cluster_redis_hush(struct cluster_redis *r);
/* What is wrong with it, or NULL. */
const char *cluster_redis_check(const struct cluster_redis *r);
struct own_metrics cluster_redis_metrics(struct cluster_redis *r);
void cluster_redis_close(struct cluster_redis *r);

#endif
