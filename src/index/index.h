/* index.h — what readers see of all polls, in memory, with one owner.
 *
 * DESIGN
 *
 *   ballot: its events      ──┐         ┌─▶ catalogue   each poll, its newest result
 *   store lane: polls, owners ┼─▶ index ┼─▶ feed        which polls, in which order
 *   start: what is stored   ──┘         ├─▶ seen, tail  what each user has done
 *                                       ├─▶ trend       votes lately
 *                                       ├─▶ appoint()   polls open and close
 *                                       └─▶ changed()   followers get a snapshot
 *
 * Each fact comes in by one call, and the index brings every part up to date, in an
 * order in which no reader misses a poll: a poll enters the feed before the catalogue,
 * and leaves it first; an edit replaces it in one step. A bus that brings facts from
 * other processes is one more caller.
 *
 * Anybody may read the parts. Only the index writes to them.
 *
 * Units      _ms are milliseconds since the Unix epoch.
 * Ownership  index_new() gives the index, index_free() ends it (accepts NULL; returns
 *            NULL). What is passed in is borrowed, unless it says otherwise.
 * Errors     none: what is unknown is passed over.
 * Threads    any: calls that change something take turns.
 */
#ifndef INDEX_INDEX_H
#define INDEX_INDEX_H

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>

#include "ballot/ballot.h"
#include "core/poll.h"
#include "core/tally.h"
#include "index/catalogue.h"
#include "index/feed.h"
#include "index/seen.h"
#include "index/tail.h"
#include "index/trend.h"

struct index_opts {
    size_t seen_bytes; /* as seen_new() */
    /* Time will open or close this poll at at_ms: have the ballot touch it then. */
    void (*appoint)(void *user, uint32_t poll, int64_t at_ms);
    /* What followers of this poll see is another. */
    void (*changed)(void *user, uint32_t poll);
    void *user;
};

struct index {
    struct index_opts opts;
    pthread_mutex_t changing;
    struct catalogue *catalogue;
    struct feed *feed;
    struct seen *seen;
    struct tail *tail;
    struct trend *trend;
};

struct index *index_new(const struct index_opts *opts);
struct index *index_free(struct index *x);

/* Add a poll with its result at this moment, unless news of another process has brought
 * it already; takes over the caller's reference. */
void index_add(struct index *x, struct poll *poll, const struct result *r);
/* The owner has another name, or (owner_id 0) is gone. */
void index_set_owner(struct index *x, uint32_t poll, uint32_t owner_id,
                     struct str name);
/* A poll as another process has left it: added, edited, or with another result. Older
 * news than what is known is passed over. Takes over the reference. */
void index_take(struct index *x, struct poll *poll, const struct result *r);
void index_drop(struct index *x, uint32_t poll); /* another process has deleted it */
/* There are no polls but these n, whose ids are in order; and anybody may have voted in
 * another process: what users have seen is forgotten. */
void index_keep_only(struct index *x, const uint32_t *polls, size_t n);
/* So many votes came on a poll in the span that begins at start_ms: at the start. */
void index_add_recent(struct index *x, uint32_t poll, int64_t start_ms, uint32_t votes);

/* What a ballot is to tell. */
struct ballot_events index_events(struct index *x);
/* The store has everything before this position of the journal. */
void index_trim(struct index *x, uint64_t position);

#endif
