/* identity.h — finds out from its token who sent a request.
 *
 * The token is in the header Authorization, or else in the session cookie.
 *
 * Threads  the call's loop.
 */
#ifndef APP_IDENTITY_H
#define APP_IDENTITY_H

#include "base/str.h"

struct call;

/* Find the token, and set c->by_cookie. *ret_token empty: there is none.
 * ERR_UNAUTHORIZED    the Authorization header holds something else
 * ERR_FOREIGN_ORIGIN  this page may not use the cookie (origin.h) */
int identity_find_token(struct call *c, struct str *ret_token);

/* Set c->who to the user that the token names. Without a token: 0, and nobody.
 * ERR_UNAUTHORIZED    the token is not good, or belongs to another user than the
 *                     request's X-Expect-User
 * ERR_FOREIGN_ORIGIN */
int identity_read(struct call *c);

#endif
