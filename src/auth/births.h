/* births.h — since when the tokens of each account count.
 *
 * A token that is older than its account was issued for somebody else: by a data set
 * that was lost, or before a restore took that account back. So is a token of an id
 * that was given out and has no account any more. Ids that were never given out are
 * nobody's, and `pollux token` makes tokens of them. When all tokens of an account end,
 * it is as if it were born anew: only later ones count.
 *
 *   id ──▶ chunk of 4,096 ids, made when one of them is ──▶ the second, 0: no account
 *
 * Four bytes an account; a gap in the ids takes nothing. A token's time counts whole
 * seconds, and so does an account's.
 *
 * Shapes     user is 1 or more.
 * Units      _ms are milliseconds since the Unix epoch.
 * Threads    any; nothing takes a lock.
 */
#ifndef AUTH_BIRTHS_H
#define AUTH_BIRTHS_H

#include <stdbool.h>
#include <stdint.h>

struct births;

struct births *births_new(void);
struct births *births_free(struct births *b); /* accepts NULL; returns NULL */

/* Older tokens of the account do not count: never counts older ones again. */
void births_add(struct births *b, uint32_t user, int64_t since_ms);
/* All ids up to this one have been given out. */
void births_given(struct births *b, uint32_t last);

/* 0: there is no such account. Rounded down to a second. */
int64_t births_ms(struct births *b, uint32_t user);
/* Does a token of that time not count? */
bool births_void(struct births *b, uint32_t user, int64_t issued_ms);

#endif
