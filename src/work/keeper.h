/* keeper.h — does from time to time what nobody asks for: polls that time has closed
 * while nobody looked, tables for tomorrow, rows that are too old.
 *
 *   every KEEPER_DUE_MS    due()
 *   every KEEPER_TIDY_MS   tidy(), and with each due() while there is more
 *
 * Every process has one. What they do is harmless when it is done twice.
 *
 * Threads  due, tidy and report: the lane.
 */
#ifndef WORK_KEEPER_H
#define WORK_KEEPER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

enum { KEEPER_DUE_MS = 250, KEEPER_TIDY_MS = 10000 };

struct keeper_opts {
    const struct clock *clock; /* what now_ms is by */
    int (*due)(void *user, int64_t now_ms);
    int (*tidy)(void *user, int64_t now_ms, bool *ret_more);
    /* They begin to fail, or work again (err 0). */
    void (*report)(void *user, int err);
    void *user;
};

struct keeper;

int keeper_start(const struct keeper_opts *opts, struct keeper **ret_keeper);
struct keeper *keeper_stop(struct keeper *k); /* accepts NULL; returns NULL */

#endif
