/* change.h — one fact about a poll: somebody voted, skipped, closed it.
 *
 * The journal holds changes, the store projects them, and tallies are built from them.
 * A change was admitted once: whoever reads it applies it, and never asks again whether
 * it was allowed.
 *
 * Units  at_ms is milliseconds since the Unix epoch.
 */
#ifndef CORE_CHANGE_H
#define CORE_CHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/poll.h"
#include "tbl/limits.h"

enum change_kind {
    CHANGE_VOTE = 1,     /* user chose option */
    CHANGE_SKIP = 2,     /* user does not want to vote */
    CHANGE_MOVE = 3,     /* user's vote went from was_option to option */
    CHANGE_WITHDRAW = 4, /* user's vote for was_option is gone */
    CHANGE_CLOSE = 5,    /* closed at at_ms by its owner */
    CHANGE_DELETE = 6,   /* the poll and its votes are gone */
    CHANGE_EDIT = 7,     /* its definition changed, by an edit that the store has */
    CHANGE_UNSKIP = 8,   /* user takes their skip back */
};

enum { VOTE_KEY_BYTES = 16 };

/* What the voter was told, to answer a repeat under the same Idempotency-Key the same
 * way. */
struct receipt {
    int64_t voted_ms;
    uint64_t version;
    uint8_t option;
    uint32_t votes_left; /* today; UINT32_MAX: no limit */
    uint32_t n_options;
    uint32_t counts[LIMIT_OPTIONS];
};

/* What an edit does to the rules. The texts wait in the store under this id before the
 * edit is admitted; the change says that they apply from here on. */
struct edit {
    uint64_t id;
    /* to apply it and to take it back; not in the journal */
    struct poll_rules rules, was_rules;
    uint64_t was_version;
    bool was_opened, was_closed;
};

struct change {
    enum change_kind kind;
    uint32_t poll, user;
    uint8_t option, was_option;
    bool keyed; /* key and receipt matter */
    /* Of CHANGE_WITHDRAW, to undo it; not stored. The vote had a receipt, which now
     * replaces that of the user's last withdrawn vote. The replaced one is in
     * `receipt`, if `keyed`. */
    bool was_keyed;
    uint8_t key[VOTE_KEY_BYTES];
    int64_t at_ms;
    int64_t was_closes_ms; /* of CHANGE_CLOSE, to take it back; not stored */
    uint64_t version;      /* the tally's base version after the change */
    union {
        struct receipt receipt; /* of a keyed CHANGE_VOTE; its option and voted_ms are
                                   the change's own */
        struct edit edit;       /* of CHANGE_EDIT */
    };
};

#endif
