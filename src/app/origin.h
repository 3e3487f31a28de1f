/* origin.h — which web pages may use the session cookie and read our answers.
 *
 * Ours are the pages that this server serves (the Origin's host equals the Host) and
 * the origins in server.origins. A request without an Origin does not come from a
 * page's script. Other pages get no CORS headers, so browsers keep the answers from
 * them, and their requests with the cookie are refused.
 *
 * Threads  the call's loop.
 */
#ifndef APP_ORIGIN_H
#define APP_ORIGIN_H

#include <stdbool.h>

#include "base/str.h"

struct call;

/* May this request be made on the strength of its cookie? One that only reads may;
 * WebSockets and changes only from our origins. */
bool origin_may_use_cookie(struct call *c);

void origin_add_headers(struct call *c);
void origin_add_preflight(struct call *c, struct str methods);

#endif
