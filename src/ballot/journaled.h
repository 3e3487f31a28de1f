/* journaled.h — the ballot of one machine: tallies in memory, a journal on disk.
 *
 * DESIGN
 *
 * One lane. For each batch of ops: enter what is admitted in memory, append it to the
 * journal, ONE sync, then tell the events and send the ops home. If the sync fails,
 * admissions are undone in reverse order, and every change of the batch gets the
 * journal's error: ERR_UNAVAILABLE, or ERR_OVERLOADED if it is full. That includes
 * refused changes, which were judged beside votes that are gone again. A failed journal
 * is retried once a second, even without votes.
 *
 * A tally is loaded from the store when an op first needs it; its ops wait meanwhile,
 * and other polls go on. Beyond max_bytes, the least recently used tallies are dropped,
 * if all their changes are projected.
 *
 * Ownership  the ballot takes over quota; everything else is borrowed until stop.
 * Errors     journaled_start(): ERR_UNAVAILABLE.
 * Threads    the callbacks run on the lane and may not block.
 */
#ifndef BALLOT_JOURNALED_H
#define BALLOT_JOURNALED_H

#include "ballot/ballot.h"
#include "ballot/journal.h"
#include "base/clock.h"
#include "core/quota.h"

/* A request to load a tally: whoever gets it from load() sets rc and, on 0, tally, and
 * returns it with mail_return(). */
struct tally_load {
    struct mail mail; /* first */
    uint32_t poll;
    int rc;
    struct tally *tally; /* the lane takes it over */
    void *lane;          /* used by the sender */
};

struct journaled_opts {
    struct journal *journal;
    const struct clock *clock;
    struct quota *quota;
    size_t max_waiting; /* more ops get ERR_OVERLOADED */
    size_t max_bytes;   /* for tallies in memory; 0: 256 MiB */
    struct ballot_events events;

    /* Start reading a tally from the store. ERR_OVERLOADED: not now. */
    int (*load)(void *user, struct tally_load *l);
    /* The journal has grown: wake the projector. Called once per batch. */
    void (*synced)(void *user);
    /* The position up to which the store has everything. Any thread. */
    uint64_t (*projected)(void *user);
    /* The journal has failed, or works again (err 0). Called once per change. */
    void (*report)(void *user, int err);
    void *user;
};

int journaled_start(const struct journaled_opts *opts, struct ballot **ret_ballot);

#endif
