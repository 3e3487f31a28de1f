/* rate_limit.h — how many requests one client may make under /api.
 *
 * A request with a good token counts against its user: limits.requests_per_minute, as a
 * sliding window over all of /api. Any other counts against its address
 * (proxy_client()): limits.burst_per_second; also one whose token is bad, and the
 * routes that look at no token, or everybody whom somebody lets join as a guest could
 * let more join. A refused request does not count.
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

enum { RATE_LIMIT_USER_MS = 60000, RATE_LIMIT_ADDRESS_MS = 1000 };

/* c->who is known. Adds the headers. False: it is one too many, and was answered. */
bool rate_limit_admit(struct call *c);

#endif
