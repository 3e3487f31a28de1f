/* tally.h — the votes of one poll: who voted, for what, and so how many.
 *
 * One compressed bitmap of user ids per option: a count *is* the cardinality of a
 * bitmap, so who and how many cannot disagree. tally_admit() asks the rules (admit.h)
 * what may enter, tally_apply() enters it, and tally_revert() undoes it while it is not
 * durable. It does no I/O, reads no clock and takes no lock. Applying the same changes
 * in the same order always gives the same tally.
 *
 * Versions. The base version counts changes that a client can see: 1 for a new poll,
 * one more with every vote, move and withdrawal, and with an edit the version after
 * the one that was visible. What clients see (result.version) is the base, plus one
 * once the poll has opened (if it was scheduled), plus one once it has closed.
 * tally_touch() enters the passing of time, in order with the votes, so no two states
 * ever share a version.
 *
 * Shapes     options are 0..n_options-1.
 * Units      _ms are milliseconds since the Unix epoch.
 * Ownership  tally_new() gives the tally, tally_free() ends it (accepts NULL; returns
 *            NULL). Nothing that is passed in is kept.
 * Errors     on error nothing is changed and no ret_ is written.
 * Threads    one at a time: the ballot lane's.
 */
#ifndef CORE_TALLY_H
#define CORE_TALLY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/admit.h"
#include "core/change.h"
#include "core/poll.h"

struct tally;

/* A tally's result at one moment. */
struct result {
    uint32_t poll;
    uint64_t version;
    enum poll_status status;
    uint32_t n_options;
    uint32_t total;
    uint32_t skips;
    uint32_t counts[LIMIT_OPTIONS];
};

/* A tally without votes; base_version 1 for a new poll. */
struct tally *tally_new(uint32_t poll, const struct poll_rules *rules,
                        uint64_t base_version);
struct tally *tally_free(struct tally *t);

/* admit_wish() over what this tally has: changes nothing. Keys are remembered of the
 * user's vote that is there and of the last one that was withdrawn. */
int tally_admit(const struct tally *t, const struct wish *w, int64_t now_ms,
                struct change *ret_change, bool *ret_replay);

/* Enter an admitted change. Never fails; a change that was entered before is ignored.
 */
void tally_apply(struct tally *t, const struct change *c);

/* Undo the newest change: only in reverse order of tally_apply(). */
void tally_revert(struct tally *t, const struct change *c);

/* Has the poll opened or closed by now_ms? True when that made a new version. */
bool tally_touch(struct tally *t, int64_t now_ms);

void tally_result(const struct tally *t, struct result *ret_result);
/* The same for a poll whose tally is not in memory, from what the store has. */
void tally_result_at(const struct poll *p, uint64_t base_version,
                     const uint32_t *counts, uint32_t skips, int64_t now_ms,
                     struct result *ret_result);
uint64_t tally_base_version(const struct tally *t);
const struct poll_rules *tally_rules(const struct tally *t);

/* What a user was told of the last keyed vote that is not there any more: from a store,
 * for tally_admit(). */
void tally_remember(struct tally *t, uint32_t user, const uint8_t key[VOTE_KEY_BYTES],
                    const struct receipt *receipt);

/* The option that a user chose, or -1. */
int tally_choice(const struct tally *t, uint32_t user);
bool tally_skipped(const struct tally *t, uint32_t user);

size_t tally_bytes(const struct tally *t); /* roughly how much memory it takes */

#endif
