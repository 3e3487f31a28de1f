/* origin.h — which web pages may use the session cookie and read our answers.
 *
 * Ours are the pages that this server serves, and the origins in server.origins. A page
 * is one that we serve when its Origin's host equals the Host that was asked; or,
 * behind a proxy that changes the Host, when the browser says Sec-Fetch-Site:
 * same-origin, a header that no script can set. A request without an Origin does not
 * come from a page's script. Other pages get no CORS headers, so browsers keep the
 * answers from them, and their requests with the cookie are refused.
 *
 * Threads  the call's loop.
 */
#ifndef APP_ORIGIN_H
#define APP_ORIGIN_H

#include <stdbool.h>

#include "base/str.h"

struct call;

/* May this request be made on the strength of its cookie, or be given one? One that
 * only reads may; WebSockets and changes only from our origins. False: answer
 * ERR_FOREIGN_ORIGIN. It is in the log then, with the configuration that helps where
 * the page was ours: once in ten minutes, however many are refused. */
bool origin_may_use_cookie(struct call *c);
extern const char ORIGIN_REFUSED[]; /* the detail of that answer */

void origin_add_headers(struct call *c);
void origin_add_preflight(struct call *c, struct str methods);

#endif
