/* store_lane.h — the two lanes over a store: one that writes, one that reads.
 *
 * DESIGN
 *
 *   jobs ──▶ ┌ store lane ──────────────────────────────┐
 *            │ BEGIN; project what the journal has new;  │  one transaction for all
 *            │ run every waiting job; COMMIT             │
 *   wake ──▶ └───────────────────────────────────────────┘
 *   jobs ──▶ ┌ read lane: each job in turn ┐
 *
 * The projector follows the journal through a change_source: it always reads from the
 * journal itself, at the start as well as later, so there is one way by which a change
 * reaches the store. It is woken by store_lane_wake() after a sync and works in
 * transactions of at most PROJECT_MAX changes, jobs first in line for the next one.
 *
 * When a transaction fails, its jobs come home with ERR_UNAVAILABLE, nothing of it is
 * in the store, and projecting is tried again, at once when jobs come, else after a
 * second.
 *
 * Ownership  a job is lent by a submit that returned 0 and comes home through its mail.
 * Errors     submit: ERR_OVERLOADED.
 * Threads    submit, wake, projected: any.
 */
#ifndef WORK_STORE_LANE_H
#define WORK_STORE_LANE_H

#include "base/lane.h"
#include "core/change.h"
#include "store/store.h"

struct store_job {
    struct mail mail; /* first */
    /* Runs on the lane. A writing job runs inside the transaction; its own refusal
     * (anything but ERR_UNAVAILABLE) does not harm its neighbours. */
    int (*work)(struct store *s, struct store_job *job);
    int rc; /* of work, or ERR_UNAVAILABLE when the transaction failed */
    /* Runs on the lane after the commit, before the job goes home, when rc is 0: the
     * place to make what was stored visible in memory. May be NULL. */
    void (*committed)(struct store_job *job);
};

struct change_source {
    /* As journal_read(). */
    int (*read)(void *user, uint64_t position, struct change *changes, size_t max,
                size_t *ret_n, uint64_t *ret_next);
    /* Everything before position is durable in the store. On the store lane. */
    void (*projected)(void *user, uint64_t position);
    void *user;
};

struct store_lane_opts {
    struct store *store; /* borrowed */
    const struct change_source *source;
    size_t max_waiting;
    /* Told once per failure of the store, and once when it works again (err 0), for the
     * log. On the lane. May be NULL. */
    void (*report)(void *user, int err, const char *text);
    void *user;
};

struct store_lane;

/* Projects everything that the source has before it returns: `progress` (may be NULL)
 * is called now and then with how far it is. */
int store_lane_start(const struct store_lane_opts *opts,
                     void (*progress)(void *user, uint64_t done_bytes),
                     struct store_lane **ret_lane);
int store_lane_submit(struct store_lane *l, struct store_job *job);
void store_lane_wake(struct store_lane *l);               /* the source has more */
uint64_t store_lane_position(const struct store_lane *l); /* projected up to here */
/* Project and run everything, then end. Accepts NULL; returns NULL. */
struct store_lane *store_lane_stop(struct store_lane *l);

struct read_lane;
int read_lane_start(struct store *s, size_t max_waiting, struct read_lane **ret_lane);
int read_lane_submit(struct read_lane *l, struct store_job *job);
struct read_lane *read_lane_stop(struct read_lane *l);

#endif
