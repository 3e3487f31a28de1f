/* clock_guard.h — whether this process' clock is right enough to judge votes by.
 *
 * Several processes judge by their own clocks whether a poll is open and which day it
 * is. One whose clock is more than CLOCK_OFF_MS from PostgreSQL's takes no votes.
 *
 * Threads  clock_guard_see(): one. clock_guard_is_right(): any.
 */
#ifndef PROFILE_CLUSTER_CLOCK_GUARD_H
#define PROFILE_CLUSTER_CLOCK_GUARD_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/log.h"

enum { CLOCK_OFF_MS = 500 };

struct clock_guard {
    atomic_bool is_off;
};

/* The clock is off by so much at least, one way or the other. Logs what changes. */
void clock_guard_see(struct clock_guard *g, int64_t off_ms, const struct log *log);
bool clock_guard_is_right(const struct clock_guard *g);

#endif
