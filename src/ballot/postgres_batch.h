/* postgres_batch.h — the rows that a batch of ops is about, and what becomes of them.
 *
 * batch_begin() collects the ops, batch_read() locks and reads their rows,
 * batch_judge() asks the rules and enters what they admit into the rows in memory,
 * batch_write() writes the rows that differ and commits.
 *
 * Threads  one at a time: a lane's.
 */
#ifndef BALLOT_POSTGRES_BATCH_H
#define BALLOT_POSTGRES_BATCH_H

#include "ballot/ballot.h"
#include "link/pg.h"

enum { BATCH_MAX = 512 };

struct poll_row {
    uint32_t poll;
    bool found, deleted;
    bool changed; /* to be written, and published */
    struct poll_state state;
    uint32_t total, skips, counts[LIMIT_OPTIONS];
    uint32_t cast;                /* votes of this batch */
    const struct poll_edit *edit; /* of this batch */
};

enum ballot_kind { BALLOT_NONE, BALLOT_VOTE, BALLOT_SKIP };

/* What one user has done with one poll. */
struct ballot_row {
    uint32_t poll, user;
    bool changed;
    enum ballot_kind kind;
    int64_t at_ms;
    struct choice choice;
    uint64_t version;
    bool has_told, has_told_before;
    struct keyed_receipt told, told_before; /* admit.h */
    uint64_t number;                        /* of the op that wrote it last */
};

/* A user's votes of the day. */
struct day_row {
    uint32_t user;
    bool votes; /* may cast one in this batch: the row gets locked */
    uint32_t used, cast;
};

struct batch {
    int64_t day; /* since the Unix epoch: all ops are of one */
    uint32_t votes_per_day;
    uint64_t origin, next_number;
    uint64_t number; /* of this try; another one each time, over all of an origin */
    /* Found when it was read. */
    uint64_t epoch; /* what is added to stored versions */
    int64_t xid;

    struct ballot_op *ops[BATCH_MAX];
    struct poll_row polls[BATCH_MAX];
    struct ballot_row ballots[BATCH_MAX];
    struct day_row days[BATCH_MAX];
    struct change changes[BATCH_MAX];
    size_t n_ops, n_polls, n_ballots, n_days, n_changes;
};

/* Which rows do the ops need? To be called again before another try. */
void batch_begin(struct batch *b);
int batch_read(struct batch *b, struct pg *pg);
void batch_judge(struct batch *b);
bool batch_has_changed(const struct batch *b);
int batch_write(struct batch *b, struct pg *pg);
/* Was it committed? Asked when the connection was lost. ERR_OVERLOADED: not known yet.
 */
int batch_find_outcome(const struct batch *b, struct pg *pg, bool *ret_committed);
/* Fill in the answers, when it was committed. */
void batch_answer(struct batch *b);

/* NULL: none of this batch. */
struct poll_row *batch_poll(struct batch *b, uint32_t poll);
struct ballot_row *batch_ballot(struct batch *b, uint32_t poll, uint32_t user);
struct day_row *batch_day(struct batch *b, uint32_t user);

void poll_row_result(const struct poll_row *p, struct result *ret_result);

#endif
