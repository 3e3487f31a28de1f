/* identity.h — whose request it is, as its token says.
 *
 * A token comes in the header Authorization, or else in the session cookie.
 *
 * Threads  the call's loop.
 */
#ifndef APP_IDENTITY_H
#define APP_IDENTITY_H

#include "base/str.h"

struct call;

/* Is there a token at all? Sets c->by_cookie. An empty *ret_token: none.
 * ERR_UNAUTHORIZED    an Authorization header that holds something else
 * ERR_FOREIGN_ORIGIN  a cookie that this page may not use (origin.h) */
int identity_find_token(struct call *c, struct str *ret_token);

/* Sets c->who to whom a token names. No token: 0, and nobody.
 * ERR_UNAUTHORIZED    the token is not good, or the request says X-Expect-User and it
 *                     is somebody else's
 * ERR_FOREIGN_ORIGIN */
int identity_read(struct call *c);

#endif
