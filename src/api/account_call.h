/* account_call.h — shared by the calls that sign somebody in or change an account.
 *
 * Ownership  it is the call's data, and is wiped when the call ends.
 * Threads    the call's loop; account_call_of_job(): the job's lane too.
 */
#ifndef API_ACCOUNT_CALL_H
#define API_ACCOUNT_CALL_H

#include "app/call.h"
#include "auth/login_guard.h"
#include "auth/password.h"

struct account_call {
    struct password_job password; /* first: casting its mail gives the account_call */
    struct call *call;
    struct app *app;
    struct account account;
    int64_t now_ms;
    int64_t issued_ms;       /* of the token we will issue */
    const char *taken_field; /* the field that somebody else's account has */
    bool trying;             /* a password is being tried; the outcome is still open */
    struct login_try attempt;
    void *more; /* for the handler; freed with free_more at the end */
    void (*free_more)(void *more);
};

struct account_call *account_call_new(struct call *c);
struct account_call *account_call_of(const struct call *c);
struct account_call *account_call_of_job(struct store_job *job);

/* Read a field's text; at is NULL if it is missing or null. False: it is something
 * else, and a fault was added. */
bool account_call_read_text(struct call *c, const char *field, struct str *ret_text);
/* The same in normal form, for names and addresses. */
bool account_call_read_line(struct call *c, const char *field, struct str *ret_text);
/* Wipe the parser's copy of a text. */
void account_call_wipe(struct str text);
/* Copy a text that the rules keep short enough for to. */
void account_call_copy_text(char *to, size_t size, struct str text);

/* Call before checking a password: may one be tried for this e-mail address? False: too
 * many were wrong, and the call was answered. */
bool account_call_may_try(struct call *c, struct str email);

/* Return right after this, as after call_store(). */
void account_call_ask_password(struct call *c, enum password_verb verb,
                               call_then_cb *then);
void account_call_fail_taken(struct call *c); /* 409, with taken_field */

#endif
