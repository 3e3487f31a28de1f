/* revocations.h — knows whose tokens ended before they expired, or were issued for
 * somebody else.
 *
 * When a user changes the password, signs out everywhere or is deleted, all tokens
 * issued up to then end. Every request asks here, which costs two atomic loads.
 *
 * DESIGN
 *
 * An end is the newest issue time that is void. So it says the same as the birth of an
 * account, before which no token is its own: from when on its tokens count. Both are
 * one number, the later of them, which each account has anyway (births.h). So however
 * many sign out, there is no table to fill up, and ending tokens is never refused for
 * want of room.
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
#include <stdint.h>

struct revocations;

enum { REVOCATIONS_AHEAD_MS = 30000 /* how far an end may run ahead of the clock */ };

struct revocations *revocations_new(void);
struct revocations *revocations_free(struct revocations *r); /* accepts NULL */

/* Find the end for ending the user's tokens now. Changes nothing: store the end in one
 * transaction with the new password, and add it after the commit.
 *
 * ERR_RATE_LIMITED  so many changes that the end would be too far ahead of the clock */
int revocations_plan(struct revocations *r, uint32_t user, int64_t now_ms,
                     int64_t *ret_end_ms);

/* Add an end that is stored, now or at the start, after the account's birth. Never
 * lowers an end. Where there is no account, all tokens are void anyway. */
void revocations_add(struct revocations *r, uint32_t user, int64_t end_ms);

/* Call it for each account: at the start, and before its first token is issued. */
void revocations_born(struct revocations *r, uint32_t user, int64_t created_ms);
/* All ids up to this one have been given out: those without an account are void. */
void revocations_given(struct revocations *r, uint32_t last);

/* Is the user's token with this issue time void? */
bool revocations_hit(struct revocations *r, uint32_t user, int64_t issued_ms);

/* The issue time for a new token of the user: now, or right after the user's end, and
 * never before the account was made, however the clock was set. */
int64_t revocations_issue_ms(struct revocations *r, uint32_t user, int64_t now_ms);

#endif
