/* session.h — what every way to sign in ends with: a token, and the cookie that holds
 * it.
 *
 * The cookie is for the web page and EventSource, which cannot send a token in a
 * header. It is set and cleared for our own origins only: a form on another site may
 * post here, but cannot sign anybody in or out by it.
 *
 * The cookie's token lasts longer than the one in the answer, and any answer renews it
 * once a quarter of its life has passed: a browser that is used stays the same person.
 * A new token is issued as of a moment before the old one is looked at once more. So
 * whatever ends the old one ends the new one too, also when both happen at once.
 *
 * Threads  the call's loop, but where it says another.
 */
#ifndef API_SESSION_H
#define API_SESSION_H

#include <stdbool.h>
#include <stdint.h>

struct account;
struct app;
struct call;

/* {"user": …, "token": …, "expiresAt": …}, and the cookie. */
void session_reply(struct call *c, int status, const struct account *a,
                   int64_t issued_ms);

/* Somebody is about to sign in: may this page be given a cookie? False: it was answered
 * (403), so that nobody believes to have one. */
bool session_may_begin(struct call *c);

/* c->who came by a cookie: send a new one if a quarter of its life has passed. */
void session_renew(struct call *c);

/* "token": …, "expiresAt": … into call_out(), and the cookie. */
int session_write_token(struct call *c, const struct account *a, int64_t issued_ms);

/* For refresh: who keeps the session that c->who has. A token that came in a header
 * gets no cookie. */
void session_reply_renewed(struct call *c, const struct account *a, int64_t issued_ms);

/* All tokens of a user issued up to then are over, as the store has it: nobody takes
 * them any more, and what they have opened ends. Any thread. */
void session_end_tokens(struct app *app, uint32_t user, int64_t end_ms);

/* 204, and the cookie is gone. */
void session_reply_ended(struct call *c);

#endif
