/* lane.h — a thread that takes everything waiting as one batch.
 *
 * DESIGN
 *
 * A lane is where blocking is allowed: it sleeps until there is mail, takes all of
 * it, does one blocking thing for the whole batch, and returns the mail to its
 * homes. There is no timer that makes batches: they grow while the disk works, so an
 * idle server serves a lone vote at once. A lane that has appointments (a poll that
 * closes at noon) says when to be woken at the latest.
 *
 * Ownership  the mail of a batch is the lane's until run() returns it (mail_return).
 *            run() may keep some of it for later.
 * Errors     lane_start(): ERR_UNAVAILABLE when the system has no thread to give.
 *            lane_submit(): ERR_OVERLOADED when the mailbox is full.
 * Threads    lane_submit(): any. run() and wake_in_ms(): the lane's own. stop: the
 *            thread that started it.
 */
#ifndef BASE_LANE_H
#define BASE_LANE_H

#include "base/mailbox.h"

struct lane_opts {
    const char *name; /* of the thread, at most 15 characters */
    size_t max_waiting;
    int nice; /* added to the thread's niceness: background work gives way to votes */

    /* batch: oldest first; NULL when wake_in_ms() has passed and nothing came. */
    void (*run)(struct mail *batch, void *user);
    /* Milliseconds until run() is wanted even without mail; -1: no appointment.
     * NULL: never. Asked before each sleep. */
    int (*wake_in_ms)(void *user);
    void *user;
};

struct lane;

int lane_start(const struct lane_opts *opts, struct lane **ret_lane);
int lane_submit(struct lane *l, struct mail *m);
struct mailbox *
lane_box(struct lane *l); /* a home for mail that comes back to the lane */

/* Run everything that was submitted, then end the thread and free the lane. Nobody
 * may submit any more. Accepts NULL; returns NULL. */
struct lane *lane_stop(struct lane *l);

#endif
