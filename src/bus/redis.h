/* redis.h — the bus over a channel of Redis.
 *
 * DESIGN
 *
 *   bus_wake() ──▶ tell lane: PUBLISH pollux:wake    one for all that wait
 *   hear lane: SUBSCRIBE pollux:wake ──▶ heard()     but for one's own
 *
 * Each lane has a connection, and makes it anew when it is lost. Once it can hear, at
 * the start or again, it calls heard(): something may have been missed. Redis keeps
 * nothing of all this.
 *
 * Ownership  what the options point to has to outlive the bus.
 * Errors     ERR_UNAVAILABLE, no thread could be started. A Redis that is away is no
 *            error here.
 * Threads    heard, report: the hear lane.
 */
#ifndef BUS_REDIS_H
#define BUS_REDIS_H

#include "bus/bus.h"
#include "link/redis.h"

struct bus_redis_opts {
    struct redis_opts redis;
    uint64_t origin; /* of this process, random */
    void (*heard)(void *user);
    /* It cannot be heard any more (text says why), or again (err 0). */
    void (*report)(void *user, int err, const char *text);
    void *user;
};

int bus_redis_start(const struct bus_redis_opts *opts, struct bus **ret);

#endif
