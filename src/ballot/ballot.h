/* ballot.h — the port where votes are admitted and made durable.
 *
 * DESIGN
 *
 *   loop ──ballot_submit(op)──▶ backend: admit in memory, make the batch durable,
 *     ▲                                  tell the events: what is durable, new results
 *     └────── op comes home, answered ───────────┘
 *
 * Everything that changes a poll's result, or must be answered in order with such
 * changes, is one ballot_op. An op that comes home with rc 0 is durable, is counted
 * exactly once, and its events have been told. An op with any other rc has changed
 * nothing.
 *
 * Ownership  an op is lent by a submit that returned 0, and comes home through its mail
 *            (mail.home, mail.on_home: set them before).
 * Errors     ballot_submit(): ERR_OVERLOADED, the mailbox is full.
 *            op.rc: 0, the refusals of tally_admit(), ERR_DAILY_LIMIT, ERR_NOT_FOUND
 *            (no such poll), ERR_UNAVAILABLE or ERR_OVERLOADED (not durable: nothing
 *            was done).
 * Threads    ballot_submit(): any.
 */
#ifndef BALLOT_BALLOT_H
#define BALLOT_BALLOT_H

#include "base/mailbox.h"
#include "base/metric.h"
#include "core/tally.h"

enum ballot_verb {
    BALLOT_CHANGE, /* wish: admit it and make it durable */
    BALLOT_LOOK,   /* what has wish.user done here? */
    BALLOT_TOUCH,  /* enter the passing of time, so that the result's status is true */
    BALLOT_QUOTA,  /* how many votes has wish.user cast today? Of no poll. */
};

struct ballot_op {
    struct mail mail; /* first: the op is found by a cast from it */
    enum ballot_verb verb;
    uint32_t poll;
    struct wish wish;

    /* the answer */
    int rc;
    int64_t at_ms;          /* CHANGE: the moment for which it was judged */
    bool replay;            /* it is as wished already: nothing was entered */
    struct change change;   /* BALLOT_CHANGE with rc 0: what was entered, or would be */
    struct receipt receipt; /* of a keyed vote, new or replayed: right after it */
    struct result result;   /* after this op, and after what was entered with it */
    enum poll_visibility visibility; /* CHANGE: of the poll */
    uint32_t owner_id;               /* likewise */
    int choice;                      /* LOOK: the option, or -1 */
    bool skipped;                    /* LOOK */
    uint32_t votes_left;             /* today; UINT32_MAX: no limit */
    uint32_t votes_today;            /* QUOTA */

    void *slot; /* the backend's */
};

/* What a ballot reports. Everything that readers see depends on it, so every backend
 * must do all of it. For each batch that became durable: call `durable` once, then one
 * event for each poll whose result or rules changed, then send the ops home. So whoever
 * is answered finds their change everywhere.
 *
 * A poll's versions never shrink, and two results with one version are the same.
 * Nothing is reported about changes that were taken back, nor about a poll after
 * `deleted`.
 *
 * Ownership  what is passed is borrowed for the call.
 * Threads    the backend's; a call may not block. Events of one poll come one by one.
 */
struct ballot_events {
    /* These changes are durable, in the order in which they were entered. position:
     * where they end in the journal; 0: the store has them already. */
    void (*durable)(void *user, const struct change *changes, size_t n,
                    uint64_t position);
    /* The newest result of a poll, and its rules. */
    void (*published)(void *user, const struct result *r,
                      const struct poll_rules *rules);
    /* The same, and the definition has changed with it. */
    void (*edited)(void *user, const struct poll_edit *edit, const struct result *r,
                   const struct poll_rules *rules);
    void (*deleted)(void *user, uint32_t poll);
    void *user;
};

/* Written by the backend's thread; read by any. */
struct ballot_figures {
    struct histogram batch;                     /* changes made durable together */
    struct counter tallies_found, tallies_read; /* in memory, or from the store */
};

struct ballot;

struct ballot_ops {
    const char *name;
    int (*submit)(struct ballot *b, struct ballot_op *op);
    /* A mark behind everything that was answered so far. Any thread. */
    uint64_t (*mark)(struct ballot *b);
    /* Does the store have everything before this mark? Any thread. */
    bool (*is_stored)(struct ballot *b, uint64_t mark);
    /* Answer everything submitted, then end. NULL-safe; returns NULL. */
    struct ballot *(*stop)(struct ballot *b);
};

struct ballot {
    const struct ballot_ops *ops; /* first field of every backend's struct */
    const struct mailbox *box;    /* where ops wait */
    struct ballot_figures figures;
};

static inline int ballot_submit(struct ballot *b, struct ballot_op *op)
{
    return b->ops->submit(b, op);
}

/* Who reads what was answered from the store takes a mark, and reads once that is
 * stored. */
static inline uint64_t ballot_mark(struct ballot *b)
{
    return b->ops->mark(b);
}

static inline bool ballot_is_stored(struct ballot *b, uint64_t mark)
{
    return b->ops->is_stored(b, mark);
}

static inline struct ballot *ballot_stop(struct ballot *b)
{
    return b != NULL ? b->ops->stop(b) : NULL;
}

#endif
