/* entry.h — somebody who signs in, or changes their account: what all those calls
 * share.
 *
 * Ownership  the entry is the call's data, and is wiped at its end.
 * Threads    the call's loop; entry_of_job(): the job's lane too.
 */
#ifndef API_ENTRY_H
#define API_ENTRY_H

#include "app/call.h"
#include "auth/login_guard.h"
#include "auth/password.h"

struct entry {
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

struct entry *entry_new(struct call *c);
struct entry *entry_of(const struct call *c);
struct entry *entry_of_job(struct store_job *job);

/* The text of a field; at NULL where it is missing or null. False: something else, and
 * a fault. */
bool entry_read_text(struct call *c, const char *field, struct str *ret_text);
/* The same in normal form, as names and addresses are kept. */
bool entry_read_line(struct call *c, const char *field, struct str *ret_text);
/* The parser's own copy is not needed any more. */
void entry_wipe(struct str text);
/* to has room: the rules hold it shorter. */
void entry_copy_text(char *to, size_t size, struct str text);

/* Before a password is looked at: may it be tried for that e-mail address? False: too
 * many were wrong, and the call was answered. */
bool entry_may_try(struct call *c, struct str email);

/* Nothing more may be done but return, as after call_store(). */
void entry_ask_password(struct call *c, enum password_verb verb, call_then_cb *then);
void entry_fail_taken(struct call *c); /* 409, with taken_field */

#endif
