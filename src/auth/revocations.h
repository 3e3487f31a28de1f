/* revocations.h — whose tokens have ended before their time.
 *
 * A user who changes the password, or is deleted, ends every token issued until then.
 * Every request asks here, and hardly ever is there anything to find, so asking is
 * made of two atomic loads.
 *
 * DESIGN
 *
 *   issued ──▶ newest end of all? ──▶ newest end of this slot? ──▶ the user's own end
 *                 (an atomic)         (65,536 slots by a hash        (a table and a
 *                                      of the user, atomics)          mutex a stripe)
 *
 * An end is the newest issue time that is void. The newest end of a slot is at least
 * that of each user in it, so a token issued later is good without a lock. Slots are
 * never cleared: what an old end could still say about a token, expiry says too.
 *
 * The same second. A token's `iat` counts whole seconds, so the second of a password
 * change holds tokens from before it and from after it. All of that second's tokens are
 * void, and the user's next token is issued as of the second after it
 * (revocations_issue_ms), at most a second ahead of the clock. A second change within
 * that second ends one second later than the first: ends of one user always grow.
 *
 *   clock     10.2 login   10.4 change       10.5 login    10.9 change      11.0 login
 *   issued    10           ends 10 and older 11            ends 11 and older 12
 *
 * Who hands out a token asks revocations_issue_ms() *before* reading the password's
 * hash. If the password changes between the two, the new token is void like every
 * other that the old password has bought.
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
    REVOCATIONS_USERS = 1 << 20, /* a good max_users: about 20 MiB */
    REVOCATIONS_AHEAD_MS = 30000 /* how far an end may run ahead of the clock */
};

/* lifetime_ms: of a token; an end that is older says nothing any more. */
struct revocations *revocations_new(int64_t lifetime_ms, size_t max_users);
struct revocations *revocations_free(struct revocations *r); /* accepts NULL */

/* When would the user's tokens end, if now? Changes nothing: store the end with the new
 * password in one transaction, and add it after the commit.
 *
 * ERR_RATE_LIMITED  so many changes a second that the end would be far ahead
 * ERR_OVERLOADED    max_users have an end already */
int revocations_plan(struct revocations *r, uint32_t user, int64_t now_ms,
                     int64_t *ret_end_ms);

/* An end that is stored: now, or read from the store at the start. Never takes an end
 * back. */
void revocations_add(struct revocations *r, uint32_t user, int64_t end_ms,
                     int64_t now_ms);

/* Has a token of this user that was issued then ended? */
bool revocations_hit(struct revocations *r, uint32_t user, int64_t issued_ms);

/* As of when to issue a token for the user: now, or right after the user's end. */
int64_t revocations_issue_ms(struct revocations *r, uint32_t user, int64_t now_ms);

size_t revocations_users(const struct revocations *r); /* with an end; for metrics */

#endif
