/* journaled.h — the ballot of one machine: tallies in memory, a journal on disk.
 *
 * DESIGN
 *
 * One lane. For each batch of ops: enter what is admitted in memory, append it to the
 * journal, ONE sync, then tell the events and send the ops home. If the sync fails,
 * the admissions are taken back in reverse order and every change of the batch, also
 * the refused ones (they were judged beside votes that are gone again), gets the
 * journal's error: ERR_UNAVAILABLE, or ERR_OVERLOADED where it is full. A journal that
 * has failed is tried again once a second, also without votes.
 *
 * A tally is loaded from the store the first time that an op needs it; ops for it wait
 * meanwhile, and other polls go on. When tallies take more than max_bytes, the ones
 * that were used least recently, and whose changes are all projected, are dropped.
 *
 * Ownership  quota is the lane's from start on; everything else is borrowed until stop.
 * Errors     journaled_start(): ERR_UNAVAILABLE.
 * Threads    the callbacks run on the lane and may not block.
 */
#ifndef BALLOT_JOURNALED_H
#define BALLOT_JOURNALED_H

#include "ballot/ballot.h"
#include "ballot/journal.h"
#include "base/clock.h"
#include "core/quota.h"

/* A tally on its way: the receiver of load() sets rc and tally (on 0), and returns it
 * by mail_return(). */
struct tally_load {
    struct mail mail; /* first */
    uint32_t poll;
    int rc;
    struct tally *tally; /* becomes the lane's */
    void *lane;          /* the sender's */
};

struct journaled_opts {
    struct journal *journal;
    const struct clock *clock;
    struct quota *quota;
    size_t max_waiting; /* ops, before ERR_OVERLOADED */
    size_t max_bytes;   /* of tallies in memory; 0: 256 MiB */
    struct ballot_events events;

    /* Have a tally read from the store. ERR_OVERLOADED: not now. */
    int (*load)(void *user, struct tally_load *l);
    /* The journal has grown: wake the projector. Once a batch. */
    void (*synced)(void *user);
    /* The store has everything before here. Any thread. */
    uint64_t (*projected)(void *user);
    /* The journal has failed, or (err 0) works again. Once each time it turns. */
    void (*report)(void *user, int err);
    void *user;
};

int journaled_start(const struct journaled_opts *opts, struct ballot **ret_ballot);

#endif
