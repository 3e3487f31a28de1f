/* trend.h — how many votes each poll got lately: within about an hour, or a day.
 *
 * Votes are counted by spans: thirteen of five minutes, 25 of an hour. So an hour is
 * one to one hour and five minutes, a day is one to one hour more. Votes cast count,
 * whether they are still there or not.
 *
 * Units    _ms are milliseconds since the Unix epoch. About 200 bytes for each poll
 *          with a vote in the last 25 hours; at most TREND_POLLS, and those that come
 *          when it is full are not counted.
 * Threads  any: one lock. each() runs under it and may not call the trend.
 */
#ifndef INDEX_TREND_H
#define INDEX_TREND_H

#include <stddef.h>
#include <stdint.h>

enum { TREND_POLLS = 1 << 18 };
enum trend_window { TREND_HOUR, TREND_DAY };

struct trend;

struct trend *trend_new(void);
struct trend *trend_free(struct trend *t); /* accepts NULL; returns NULL */

void trend_add(struct trend *t, uint32_t poll, int64_t at_ms, uint32_t votes);
/* Polls with votes in the window, in no order. */
void trend_each(struct trend *t, enum trend_window window, int64_t now_ms,
                void (*each)(void *user, uint32_t poll, uint32_t votes), void *user);

#endif
