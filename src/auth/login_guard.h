/* login_guard.h — limits how often somebody may try wrong passwords.
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
 * So whatever others do, the owner has tries left at an address of their own: a few at
 * a new one, all of them where they have logged in within LOGIN_KNOWN_MS. There, tries
 * by others at the same address for other accounts do not count against them either. An
 * attacker who shares the owner's address can only lock that address out of that one
 * account, for one window.
 *
 * An account is the e-mail address as typed, folded as the store does, whether it
 * exists or not: so a refusal does not reveal that.
 *
 * A try is counted in advance, and given back unless the password was wrong, so
 * simultaneous tries cannot exceed a limit. Only hashes with a key of this process are
 * kept, within the bounds of the limiters.
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

/* A try in progress. */
struct login_try {
    uint64_t pair, account, address; /* keys */
    unsigned taken;
};

/* Makes a limiter of the configured backend; max is not 0. */
typedef struct limiter *login_limiter(void *user, uint32_t max, uint32_t window_ms);

/* 0: no limit. */
struct login_guard *login_guard_new(uint32_t failures, uint32_t address_failures,
                                    login_limiter *make, void *user);
struct login_guard *login_guard_free(struct login_guard *g); /* accepts NULL */

/* address: proxy_client(). False: too many tries; *ret_wait_ms until the next is
 * allowed. */
bool login_guard_begin(struct login_guard *g, struct str email, uint64_t address,
                       uint64_t now_ms, struct login_try *ret_try,
                       uint32_t *ret_wait_ms);
/* The password was right. */
void login_guard_right(struct login_guard *g, const struct login_try *t,
                       uint64_t now_ms);
/* The password was not checked. */
void login_guard_untried(struct login_guard *g, const struct login_try *t,
                         uint64_t now_ms);

#endif
