/* revocations.h — knows whose tokens ended before they expired, or were issued for
 * somebody else.
 *
 * When a user changes the password, signs out everywhere or is deleted, all tokens
 * issued up to then end. Every request asks here and hardly ever finds anything, so
 * asking mostly costs a few atomic loads.
 *
 * DESIGN
 *
 *   issued ──▶ newest end of all? ──▶ newest end of this slot? ──▶ the user's own end
 *                 (an atomic)         (65,536 slots by a hash        (a table and a
 *                                      of the user, atomics)          mutex a stripe)
 *
 * An end is the newest issue time that is void. A slot's newest end is at least that of
 * each user in it, so a token issued later is good without taking a lock. Slots need no
 * clearing: all tokens that an old end would refuse have expired.
 *
 * The same second. A token's `iat` counts whole seconds, so the second of a password
 * change holds tokens from before it and from after it. All tokens of that second are
 * void, and the user's next token gets the second after it as its issue time
 * (revocations_issue_ms), at most a second ahead of the clock. A second change within
 * that second ends one second later than the first: ends of one user always grow.
 *
 *   clock     10.2 login   10.4 change       10.5 login    10.9 change      11.0 login
 *   issued    10           ends 10 and older 11            ends 11 and older 12
 *
 * Call revocations_issue_ms() *before* reading the password's hash to issue a token. If
 * the password changes in between, the new token is void like all others issued for the
 * old password.
 *
 * Tokens that are older than their account, or whose account is gone, are void as well
 * (births.h).
 *
 * Shapes     user is 1 or more.
 * Units      _ms are milliseconds since the Unix epoch; ends and issue times are whole
 *            seconds of it.
 * Errors     revocations_plan() refuses; nothing else fails.
 * Threads    revocations_plan() and revocations_add(): one at a time (the store
 *            lane's). All else: any.
 */
#ifndef AUTH_REVOCATIONS_H
#define AUTH_REVOCATIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct revocations;

enum {
    REVOCATIONS_USERS = 1 << 20, /* a good value for max_users: about 20 MiB */
    REVOCATIONS_AHEAD_MS = 30000 /* how far an end may run ahead of the clock */
};

/* lifetime_ms: a token's longest; older ends are dropped. */
struct revocations *revocations_new(int64_t lifetime_ms, size_t max_users);
struct revocations *revocations_free(struct revocations *r); /* accepts NULL */

/* Find the end for ending the user's tokens now. Changes nothing: store the end in one
 * transaction with the new password, and add it after the commit.
 *
 * ERR_RATE_LIMITED  so many changes that the end would be too far ahead of the clock
 * ERR_OVERLOADED    max_users have an end already */
int revocations_plan(struct revocations *r, uint32_t user, int64_t now_ms,
                     int64_t *ret_end_ms);

/* Add an end that is stored, now or at the start. Never lowers an end. */
void revocations_add(struct revocations *r, uint32_t user, int64_t end_ms,
                     int64_t now_ms);

/* Call it for each account: at the start, and before its first token is issued. */
void revocations_born(struct revocations *r, uint32_t user, int64_t created_ms);
/* All ids up to this one have been given out: those without an account are void. */
void revocations_given(struct revocations *r, uint32_t last);

/* Is the user's token with this issue time void? */
bool revocations_hit(struct revocations *r, uint32_t user, int64_t issued_ms);

/* The issue time for a new token of the user: now, or right after the user's end, and
 * never before the account was made, however the clock was set. */
int64_t revocations_issue_ms(struct revocations *r, uint32_t user, int64_t now_ms);

size_t revocations_users(const struct revocations *r); /* with an end */

#endif
