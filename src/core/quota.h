/* quota.h — how many votes each user has cast today.
 *
 * Pages of counters by user id, four bytes per user; a page is made when the first of
 * its users votes. A new day forgets them all at once.
 *
 * Units    a day is a number of days since the Unix epoch, in UTC.
 * Threads  one at a time: the ballot lane's.
 */
#ifndef CORE_QUOTA_H
#define CORE_QUOTA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct quota;

/* per_day 0: no limit. */
struct quota *quota_new(uint32_t per_day);
struct quota *quota_free(struct quota *q); /* accepts NULL; returns NULL */

/* All counters start again when day differs from the last one; but not on the day
 * before it, which a clock that was set back may show again. Further back, the clock
 * was wrong.
 */
void quota_set_day(struct quota *q, int64_t day);

/* Count one more vote. ERR_DAILY_LIMIT: none was left, and nothing changed. */
int quota_take(struct quota *q, uint32_t user);
void quota_give_back(struct quota *q, uint32_t user); /* of the same day */
void quota_load(struct quota *q, uint32_t user, uint32_t used);

uint32_t quota_used(const struct quota *q, uint32_t user);
uint32_t quota_left(const struct quota *q, uint32_t user); /* UINT32_MAX: no limit */

#endif
