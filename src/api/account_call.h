/* account_call.h — what the calls share that sign somebody in or change an account.
 *
 * Ownership  it is the data of the call, and is wiped at its end.
 * Threads    the call's loop; account_call_of_job(): the job's lane too.
 */
#ifndef API_ACCOUNT_CALL_H
#define API_ACCOUNT_CALL_H

#include "app/call.h"
#include "auth/login_guard.h"
#include "auth/password.h"

struct account_call {
    struct password_job password; /* first: found by a cast from its mail */
    struct call *call;
    struct app *app;
    struct account account;
    int64_t now_ms;
    int64_t issued_ms;       /* of the token to be */
    const char *taken_field; /* by somebody else */
    bool trying;             /* a password, and it is not known whether it is wrong */
    struct login_try attempt;
    void *more; /* the handler's; freed with free_more at the end */
    void (*free_more)(void *more);
};

struct account_call *account_call_new(struct call *c);
struct account_call *account_call_of(const struct call *c);
struct account_call *account_call_of_job(struct store_job *job);

/* The text of a field; at NULL where it is missing or null. False: something else, and
 * a fault. */
bool account_call_read_text(struct call *c, const char *field, struct str *ret_text);
/* The same in normal form, as names and addresses are kept. */
bool account_call_read_line(struct call *c, const char *field, struct str *ret_text);
/* The parser's own copy is not needed any more. */
void account_call_wipe(struct str text);
/* to has room: the rules hold it shorter. */
void account_call_copy_text(char *to, size_t size, struct str text);

/* Before a password is looked at: may it be tried for that e-mail address? False: too
 * many were wrong, and the call was answered. */
bool account_call_may_try(struct call *c, struct str email);

/* Nothing more may be done but return, as after call_store(). */
void account_call_ask_password(struct call *c, enum password_verb verb,
                               call_then_cb *then);
void account_call_fail_taken(struct call *c); /* 409, with taken_field */

#endif
