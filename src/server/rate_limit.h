/* rate_limit.h — how many requests one client may make under /api.
 *
 * A request with a good token counts against its user, and never against its address:
 * limits.requests_per_minute, as a sliding window over all of /api. Any other counts
 * against its address (proxy_client()), by what it does, since a whole hall may be
 * behind one address:
 *
 *   reading one poll   limits.poll_reads_per_second
 *   joining            limits.guests_per_minute
 *   registering        limits.registrations_per_minute
 *   anything else      limits.burst_per_second
 *
 * Joining looks at no token, or every guest could let more join. A refused request does
 * not count.
 *
 * Every answer says where its client stands: X-RateLimit-Limit, -Remaining, and -Reset,
 * the second of the Unix epoch from which on one more than Remaining is left. Where a
 * limit is switched off there are no such headers.
 *
 * Threads  the call's loop.
 */
#ifndef SERVER_RATE_LIMIT_H
#define SERVER_RATE_LIMIT_H

#include <stdbool.h>

struct call;
struct limiter;

enum { RATE_LIMIT_MINUTE_MS = 60000, RATE_LIMIT_SECOND_MS = 1000 };

enum rate { RATE_USER, RATE_ADDRESS, RATE_READ, RATE_JOIN, RATE_REGISTER, RATE__KINDS };

/* Each with keys of its own. */
struct rate_limits {
    struct limiter *of[RATE__KINDS]; /* NULL: none is set */
};

typedef void route_handler(struct call *c);

/* c->who is known. handle: what the request is for; NULL: nothing is there.
 * Adds the headers. False: it is one too many, and was answered. */
bool rate_limit_admit(struct call *c, route_handler *handle);

#endif
