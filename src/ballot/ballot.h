/* ballot.h — the port where votes are admitted and made durable.
 *
 * DESIGN
 *
 *   loop ──ballot_submit(op)──▶ backend: admit in memory, make the batch durable,
 *     ▲                                  tell the events: what is durable, new results
 *     └────── op comes home, answered ───────────┘
 *
 * Everything that changes a poll's result, or must be answered in order with such
 * changes, is one ballot_op. An op that comes home with rc 0 is durable, counted
 * exactly once, and its events have been told. An op with any other rc has changed
 * nothing.
 *
 * Ownership  a submit that returns 0 borrows the op, which comes home through its mail
 *            (set mail.home and mail.on_home before).
 * Errors     ballot_submit(): ERR_OVERLOADED, the mailbox is full.
 *            op.rc: 0, the refusals of admit_wish(), ERR_DAILY_LIMIT, ERR_NOT_FOUND
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
    BALLOT_TOUCH,  /* let time open or close the poll, so that the result's status is
                      true */
    BALLOT_QUOTA,  /* how many votes has wish.user cast today? Of no poll. */
};

struct ballot_op {
    struct mail mail; /* first: casting it gives the op */
    enum ballot_verb verb;
    uint32_t poll;
    struct wish wish;

    /* the answer */
    int rc;
    int64_t at_ms;          /* CHANGE: the time it was judged by */
    bool replay;            /* the wish was fulfilled already: nothing was entered */
    struct change change;   /* BALLOT_CHANGE with rc 0: what was entered, or would be */
    struct receipt receipt; /* of a keyed vote, new or replayed: as it was then */
    struct result result;   /* after this op and all others in its batch */
    enum poll_visibility visibility; /* CHANGE: the poll's */
    uint32_t owner_id;               /* CHANGE: the poll's */
    int choice;                      /* LOOK: the option, or -1 */
    bool skipped;                    /* LOOK */
    uint32_t votes_left;             /* today; UINT32_MAX: no limit */
    uint32_t votes_today;            /* QUOTA */

    void *slot; /* used by the backend */
};

/* What a ballot reports. Everything that readers see depends on it, so every backend
 * must do all of it. For each durable batch: call `durable` once, then one event per
 * poll whose result or rules changed, then send the ops home. So whoever gets an answer
 * finds their change everywhere.
 *
 * A poll's versions never shrink, and results with the same version are the same.
 * Nothing is reported about changes that were taken back, nor about a poll after
 * `deleted`.
 *
 * Ownership  arguments are borrowed for the call.
 * Threads    the backend's; a call may not block. A poll's events come one at a time.
 */
struct ballot_events {
    /* These changes are durable, in the order they were entered. position: where they
     * end in the journal; 0: the store has them already. */
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
    /* Return a mark after everything answered so far. Any thread. */
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

/* To read answered changes from the store, take a mark and wait until it is stored. */
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
