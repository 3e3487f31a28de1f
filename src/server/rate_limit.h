/* rate_limit.h — limits how many requests one client may make under /api.
 *
 * A request with a good token counts against its user, and never against its address:
 * limits.requests_per_minute, as a sliding window over all of /api. Any other counts
 * against its address (proxy_client()), in one of these kinds, since a whole hall may
 * share one address:
 *
 *   reading one poll   limits.poll_reads_per_second
 *   joining            limits.guests_per_minute
 *   registering        limits.registrations_per_minute
 *   anything else      limits.burst_per_second
 *
 * Joining ignores tokens, or every guest could let more guests join. A refused request
 * does not count.
 *
 * Every answer tells the client where it stands: X-RateLimit-Limit, -Remaining, and
 * -Reset, the Unix time in seconds when Remaining grows by one. If a limit is switched
 * off these headers are left out.
 *
 * Threads  the call's loop.
 */
#ifndef SERVER_RATE_LIMIT_H
#define SERVER_RATE_LIMIT_H

#include "app/call.h"

struct limiter;

enum { RATE_LIMIT_MINUTE_MS = 60000, RATE_LIMIT_SECOND_MS = 1000 };

enum rate { RATE_USER, RATE_ADDRESS, RATE_READ, RATE_JOIN, RATE_REGISTER, RATE__KINDS };

/* Each kind has keys of its own. */
struct rate_limits {
    struct limiter *of[RATE__KINDS]; /* NULL: no limit */
};

typedef void route_handler(struct call *c);

/* Count the request and add the headers; c->who must be known. handle: the request's
 * handler, NULL if there is none. then is run when it may go on: at once, or when the
 * limiter's answer is home. If it was one too many, it is answered here instead. */
void rate_limit_admit(struct call *c, route_handler *handle, call_then_cb *then);

#endif
