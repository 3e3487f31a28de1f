/* lane.h — a thread that takes everything waiting as one batch.
 *
 * DESIGN
 *
 * Blocking is allowed only on lanes. A lane sleeps until there is mail, takes all of
 * it, does one blocking thing for the whole batch, and sends the mail home. No timer
 * builds batches: they grow while the disk works, so an idle server answers a lone vote
 * at once. A lane with appointments (a poll closes at noon) says when to wake it at the
 * latest.
 *
 * Ownership  the mail of a batch is the lane's until run() returns it (mail_return).
 *            run() may keep some of it for later.
 * Errors     lane_start(): ERR_UNAVAILABLE when no thread can be started.
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
    int nice; /* added to the thread's niceness, so that background work gives way to
                 votes */

    /* batch: oldest first; NULL when wake_in_ms() ran out before anything came. */
    void (*run)(struct mail *batch, void *user);
    /* In how many milliseconds to call run() even without mail; -1: no appointment.
     * Called before each sleep. NULL: there are never any. */
    int (*wake_in_ms)(void *user);
    void *user;
};

struct lane;

int lane_start(const struct lane_opts *opts, struct lane **ret_lane);
int lane_submit(struct lane *l, struct mail *m);
struct mailbox *lane_box(struct lane *l); /* where mail returns to this lane */

/* Run everything submitted, then end the thread and free the lane. Nothing may be
 * submitted any more. Accepts NULL; returns NULL. */
struct lane *lane_stop(struct lane *l);

#endif
