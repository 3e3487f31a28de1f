/* tally.h — the votes of one poll: who voted, for what, and so how many.
 *
 * One compressed bitmap of user ids per option: a count *is* the cardinality of a
 * bitmap, so who and how many cannot disagree. tally_admit() says what may enter,
 * tally_apply() enters it, and tally_revert() undoes it while it is not
 * durable. It does no I/O, reads no clock and takes no lock. Applying the same
 * changes in the same order always gives the same tally.
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

/* Which fields of a poll are to change, and to what. */
struct poll_edit {
    uint64_t id;     /* in the store, where it waits already */
    uint32_t fields; /* enum poll_field */
    const struct poll *values;
};

/* A wish, before it is admitted. */
struct wish {
    enum change_kind kind;
    uint32_t user;
    bool guest;
    uint32_t option; /* any number: outside values are refused here */
    bool keyed;
    uint8_t key[VOTE_KEY_BYTES];
    const struct poll_edit *edit; /* of CHANGE_EDIT; borrowed until it is answered */
};

/* A tally without votes; base_version 1 for a new poll. */
struct tally *tally_new(uint32_t poll, const struct poll_rules *rules,
                        uint64_t base_version);
struct tally *tally_free(struct tally *t);

/* May this happen at now_ms, and what would it be? Changes nothing. On 0 *ret_change is
 * filled in, except for its receipt's votes_left: apply it or forget it.
 *
 * ERR_POLL_CLOSED, ERR_POLL_NOT_OPEN
 * ERR_UNKNOWN_OPTION
 * ERR_FORBIDDEN        a guest where voters are registered; not the owner's to close
 * ERR_ALREADY_VOTED    and no replay
 * ERR_ALREADY_SKIPPED  a vote after a skip; a second skip
 * ERR_CONFLICT         the key was used for another option; voteChange is false; there
 *                      is no vote to change or withdraw; votes forbid this edit
 * ERR_INVALID          the edit would close the poll before it opens
 *
 * A vote that repeats an earlier one under the same key is 0 with *ret_replay true, and
 * ret_change->receipt as it was: nothing is to be applied. Keys are remembered of the
 * user's vote that is there and of the last one that was withdrawn. Taking back a skip
 * that is not there is a replay too. */
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
