/* admit.h — the rules: may this happen, and what would it be?
 *
 * admit_wish() judges a wish over a standing: what the poll and the user are at this
 * moment. It is a pure function and remembers nothing. Whoever keeps votes supplies the
 * standing: a tally from its bitmaps, a database from its rows. So there is one book of
 * rules, wherever votes are kept.
 *
 * Shapes     options are 0..n_options-1.
 * Units      _ms are milliseconds since the Unix epoch.
 * Ownership  everything is borrowed for the call.
 * Errors     on error nothing is changed and no ret_ is written.
 * Threads    any.
 */
#ifndef CORE_ADMIT_H
#define CORE_ADMIT_H

#include <stdbool.h>
#include <stdint.h>

#include "core/change.h"
#include "core/poll.h"

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

/* ---- the poll ---- */

/* What a poll is without its votes. */
struct poll_state {
    uint32_t poll;
    struct poll_rules rules;
    uint64_t base_version; /* tally.h: versions */
    bool opened, closed;   /* entered by poll_state_touch() */
};

/* Has the poll opened or closed by now_ms? True when that made a new version. */
bool poll_state_touch(struct poll_state *p, int64_t now_ms);
uint64_t poll_state_version(const struct poll_state *p); /* what clients see */
enum poll_status poll_state_status(const struct poll_state *p);

/* ---- the standing ---- */

enum { CHOICE_NUMBERS = 1 };

/* What a voter chose: so many small numbers. Today it is one, the option. */
struct choice {
    uint8_t n; /* 0: no vote */
    uint8_t numbers[CHOICE_NUMBERS];
};

/* A key, and what its vote's voter was told. */
struct keyed_receipt {
    uint8_t key[VOTE_KEY_BYTES];
    struct receipt receipt;
};

/* Each field says for which wishes it is read; for others it may be left empty. */
struct standing {
    const struct poll_state *poll;
    uint32_t total;         /* ballots that were cast: EDIT */
    const uint32_t *counts; /* by option: keyed VOTE of a user without a vote */
    bool owns;              /* the user acts as the poll's owner: CLOSE, DELETE, EDIT */
    struct choice choice;   /* VOTE, SKIP, MOVE, WITHDRAW */
    bool skipped;           /* VOTE and SKIP of a user without a vote, UNSKIP */
    /* Of the vote that is there, and of the last keyed one that is not; NULL: none.
     * Keyed VOTE, WITHDRAW. */
    const struct keyed_receipt *told, *told_before;
};

/* May this happen at now_ms, and what would it be? On 0 *ret_change is filled in,
 * except for its receipt's votes_left.
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
 * ret_change->receipt as it was: nothing is to be applied. Taking back a skip that is
 * not there, and moving a vote to where it is, are replays too. */
int admit_wish(const struct standing *s, const struct wish *w, int64_t now_ms,
               struct change *ret_change, bool *ret_replay);

#endif
