/* store_lane.h — the two lanes over a store: one that writes, one that reads.
 *
 * DESIGN
 *
 *   jobs ──▶ ┌ store lane ───────────────────────────────────────────┐
 *            │ BEGIN; run every waiting job; COMMIT; send them home  │ one transaction
 *            │ BEGIN; project what the journal has new; COMMIT       │ each, in turn
 *   wake ──▶ └───────────────────────────────────────────────────────┘
 *   jobs ──▶ ┌ read lane: each job in turn ┐
 *
 * The projector follows the journal through a change_source. It always reads from the
 * journal, at start-up as well as later, so changes reach the store in only one way.
 * Nobody waits for it, and it competes with the journal for the disk. So after a
 * transaction that took all there was, it pauses for PROJECT_PAUSE_MS and then finds a
 * batch: three transactions a second under load, while a lone vote is projected at
 * once. It does not pause while it is behind.
 *
 * Somebody waits for each job. So jobs have their own transactions, and never wait for
 * more than one of the projector's, of at most PROJECT_MAX changes.
 *
 * If a transaction of jobs fails, they come home with ERR_UNAVAILABLE, and nothing of
 * it is in the store. If one of the projector's fails, it is retried: at once when jobs
 * come, else after a second. Jobs that cannot be stored do not stop the projector, nor
 * the reverse.
 *
 * Ownership  a job is lent by a submit that returned 0 and comes home through its mail.
 * Errors     submit: ERR_OVERLOADED. start: ERR_UNAVAILABLE or the source's error, and
 *            report() has been told.
 * Threads    submit, wake, position: any.
 */
#ifndef WORK_STORE_LANE_H
#define WORK_STORE_LANE_H

#include <stdbool.h>

#include "base/lane.h"
#include "core/change.h"
#include "store/store.h"

enum {
    PROJECT_MAX = 16384, /* changes a transaction */
    PROJECT_PAUSE_MS = 300,
    PROJECT_RETRY_MS = 1000,
};

struct store_job;
typedef int store_work_cb(struct store *s, struct store_job *job);
typedef void store_committed_cb(struct store_job *job);
/* How much of the journal is projected. */
typedef void store_progress_cb(void *user, uint64_t done_bytes);

struct store_job {
    struct mail mail; /* first */
    /* Runs on the lane. A writing job runs inside the transaction. Its own refusal
     * (anything but ERR_UNAVAILABLE) does not harm its neighbours, and must come before
     * anything has been changed: there is no way to take back a part. */
    store_work_cb *work;
    int rc; /* of work, or ERR_UNAVAILABLE when the transaction failed */
    /* Runs on the store lane after the commit, before the job goes home, when rc is 0:
     * the place to make what was stored visible in memory. May be NULL. */
    store_committed_cb *committed;
};

struct change_source {
    /* As journal_read(). */
    int (*read)(void *user, uint64_t position, struct change *changes, size_t max,
                size_t *ret_n, uint64_t *ret_next);
    /* Everything before position is durable in the store. On the store lane. */
    void (*projected)(void *user, uint64_t position);
    void *user;
};

/* Called once when something begins to fail, and once when it works again (err 0), for
 * the log. On the lane. */
typedef void store_report_cb(void *user, int err, const char *text);

struct store_lane_opts {
    struct store *store; /* borrowed */
    const struct change_source *source;
    size_t max_waiting;
    store_report_cb *report; /* of the store, or the source; may be NULL */
    /* Jobs were committed: other processes may want to know. On the lane; may be
     * NULL. */
    void (*committed)(void *user);
    void *user;
};

struct store_lane;

/* Projects everything that the source has before it returns: `progress` (may be NULL)
 * is called now and then with how far it is. */
int store_lane_start(const struct store_lane_opts *opts, store_progress_cb *progress,
                     struct store_lane **ret_lane);
int store_lane_submit(struct store_lane *l, struct store_job *job);
void store_lane_wake(struct store_lane *l);               /* the source has more */
uint64_t store_lane_position(const struct store_lane *l); /* projected up to here */
/* For metrics and readiness; any thread. */
bool store_lane_jobs_fail(const struct store_lane *l);
bool store_lane_projector_fails(const struct store_lane *l);
const struct mailbox *store_lane_box(const struct store_lane *l);
/* Run every job, project everything (unless that fails), then end. Accepts NULL;
 * returns NULL. */
struct store_lane *store_lane_stop(struct store_lane *l);

struct read_lane_opts {
    struct store *store; /* borrowed */
    size_t max_waiting;
    store_report_cb *report; /* of reading; may be NULL */
    void *user;
};

struct read_lane;
int read_lane_start(const struct read_lane_opts *opts, struct read_lane **ret_lane);
int read_lane_submit(struct read_lane *l, struct store_job *job);
bool read_lane_fails(const struct read_lane *l);
const struct mailbox *read_lane_box(const struct read_lane *l);
struct read_lane *read_lane_stop(struct read_lane *l);

#endif
