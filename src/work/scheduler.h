/* scheduler.h — opens and closes polls on time, for those who watch.
 *
 * Nothing needs it to be correct: votes are judged by the clock when they are admitted,
 * and whoever reads a result after its poll's closing time has the ballot enter that
 * time first. The scheduler exists so that watchers, who do not ask, get the last
 * snapshot too.
 *
 * One lane with a heap of appointments (a time, a poll). When one is due, on_due() has
 * the ballot touch the poll; an appointment that is no longer true does no harm.
 *
 * Errors   start: ERR_UNAVAILABLE.
 * Threads  scheduler_at(): any, until scheduler_free(). on_due(): the
 * scheduler's lane.
 */
#ifndef WORK_SCHEDULER_H
#define WORK_SCHEDULER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/clock.h"

struct scheduler;

struct scheduler_opts {
    const struct clock *clock;
    /* False: not now (the ballot is full), come back soon. */
    bool (*on_due)(void *user, uint32_t poll);
    void *user;
};

struct scheduler *scheduler_new(const struct scheduler_opts *opts);
/* on_due() is called from now on, also for appointments made before. */
int scheduler_start(struct scheduler *s);
void scheduler_at(struct scheduler *s, uint32_t poll, int64_t at_ms);
/* on_due() is not called any more, and appointments are dropped. Accepts NULL. */
void scheduler_stop(struct scheduler *s);
struct scheduler *scheduler_free(struct scheduler *s); /* accepts NULL; returns NULL */

#endif
