/* tally_words.h — a poll with two people on it: the words of the tests of the tally. */
#ifndef TEST_LIB_TALLY_WORDS_H
#define TEST_LIB_TALLY_WORDS_H

#include "lib/check.h"

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "core/tally.h"

enum { POLL = 7, OWNER = 1, ADA = 10, BOB = 11, NOBODY = 99 };
enum { OPENS = 1000, NOON = 5000, CLOSES = 9000 };

/* ---- a poll on which ada has voted and bob has skipped ---- */

static const uint8_t key_a[VOTE_KEY_BYTES] = "key a", key_b[VOTE_KEY_BYTES] = "key b";

static inline struct poll_rules rules_of(bool vote_change, enum poll_voters voters)
{
    return (struct poll_rules){.owner_id = OWNER,
                               .n_options = 3,
                               .vote_change = vote_change,
                               .voters = voters,
                               .opens_ms = OPENS,
                               .closes_ms = CLOSES};
}

/* Admits, applies; gives what was entered. */
static inline struct change enter(struct tally *t, const struct wish *w, int64_t now_ms)
{
    struct change c;
    bool replay = true;
    int rc = tally_admit(t, w, now_ms, &c, &replay);

    CHECK_EQ_AT("enter", rc, 0);
    CHECK_AT("enter", !replay);
    tally_apply(t, &c);
    return c;
}

#define WISH(...) (&(struct wish){__VA_ARGS__})

static inline struct wish keyed_vote(uint32_t user, uint32_t option, const uint8_t *key)
{
    struct wish w = {
        .kind = CHANGE_VOTE, .user = user, .option = option, .keyed = true};

    memcpy(w.key, key, sizeof w.key);
    return w;
}

static inline struct tally *tally_with_votes(const struct poll_rules *rules)
{
    struct tally *t = tally_new(POLL, rules, 1);
    struct wish ada = keyed_vote(ADA, 1, key_a);

    enter(t, &ada, NOON);
    enter(t, WISH(.kind = CHANGE_SKIP, .user = BOB), NOON);
    return t;
}

#endif
