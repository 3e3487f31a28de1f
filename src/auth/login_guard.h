/* login_guard.h — how often a wrong password may be tried.
 *
 * DESIGN
 *
 * Only wrong passwords count, in a sliding window of LOGIN_WINDOW_MS:
 *
 *   for one account from one address   a person guessing: `failures`
 *   from one address, for any account  stolen lists being tried: `address_failures`
 *   for one account from anywhere      many addresses guessing: nothing is refused for
 *                                      that alone, or they could lock the owner out.
 *                                      But while there are more than LOGIN_UNDER_ATTACK
 *                                      times `failures`, an address from which nobody
 *                                      has got into that account before has only
 *                                      LOGIN_STRANGER tries.
 *
 * So whatever others do, the owner has tries left at an address of their own: a few
 * where they are new, all of them where they have logged in within LOGIN_KNOWN_MS.
 * There they need not pay either for what others try from the same address for other
 * accounts. What is left to an attacker who shares the owner's address is to lock that
 * address out of that one account, for a window.
 *
 * An account is the e-mail address that was typed, folded as the store folds it,
 * whether there is such an account or not: a refusal tells nothing about that.
 *
 * A try is taken in advance, and given back when it was no wrong password: tries at the
 * same instant cannot exceed a limit. What is kept is hashes with a key of this
 * process, within the bounds of the limiters.
 *
 * Units    milliseconds of a clock that never goes back.
 * Threads  any, except new and free.
 */
#ifndef AUTH_LOGIN_GUARD_H
#define AUTH_LOGIN_GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "limit/limit.h"

enum {
    LOGIN_WINDOW_MS = 15 * 60 * 1000,
    LOGIN_KNOWN_MS = 24 * 60 * 60 * 1000,
    LOGIN_UNDER_ATTACK = 5,
    LOGIN_STRANGER = 3,
};

struct login_guard;

/* A try that is under way. */
struct login_try {
    uint64_t pair, account, address; /* keys */
    unsigned taken;
};

/* A limiter of the backend that there is; max is not 0. */
typedef struct limiter *login_limiter(void *user, uint32_t max, uint32_t window_ms);

/* 0: no limit. */
struct login_guard *login_guard_new(uint32_t failures, uint32_t address_failures,
                                    login_limiter *make, void *user);
struct login_guard *login_guard_free(struct login_guard *g); /* accepts NULL */

/* address: proxy_client(). False: one too many; *ret_wait_ms until the next. */
bool login_guard_begin(struct login_guard *g, struct str email, uint64_t address,
                       uint64_t now_ms, struct login_try *ret_try,
                       uint32_t *ret_wait_ms);
/* The password was right. */
void login_guard_right(struct login_guard *g, const struct login_try *t,
                       uint64_t now_ms);
/* It was not looked at. */
void login_guard_untried(struct login_guard *g, const struct login_try *t,
                         uint64_t now_ms);

#endif
