/* session.h — what every way to sign in ends with: a token, and the cookie that holds
 * it.
 *
 * The cookie is for the web page and EventSource, which cannot send a token in a
 * header. It is set and cleared for our own origins only: a form on another site may
 * post here, but cannot sign anybody in or out by it.
 *
 * Threads  the call's loop.
 */
#ifndef API_SESSION_H
#define API_SESSION_H

#include <stdint.h>

struct account;
struct call;

/* {"user": …, "token": …, "expiresAt": …}, and the cookie. */
void session_reply(struct call *c, int status, const struct account *a,
                   int64_t issued_ms);

/* "token": …, "expiresAt": … into call_out(), and the cookie. */
int session_write_token(struct call *c, const struct account *a, int64_t issued_ms);

/* 204, and the cookie is gone. */
void session_reply_ended(struct call *c);

#endif
