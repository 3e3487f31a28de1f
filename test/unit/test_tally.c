/* test_tally.c — which votes enter, what they change, and how they are taken back. */
#include "check.h"

#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "core/tally.h"

enum { POLL = 7, OWNER = 1, ADA = 10, BOB = 11, NOBODY = 99 };
enum { OPENS = 1000, NOON = 5000, CLOSES = 9000 };

/* ---- a poll on which ada has voted and bob has skipped ---- */

static const uint8_t key_a[VOTE_KEY_BYTES] = "key a", key_b[VOTE_KEY_BYTES] = "key b";

static struct poll_rules rules_of(bool vote_change, enum poll_voters voters)
{
    return (struct poll_rules){.owner_id = OWNER,
                               .n_options = 3,
                               .vote_change = vote_change,
                               .voters = voters,
                               .opens_ms = OPENS,
                               .closes_ms = CLOSES};
}

/* Admits, applies; gives what was entered. */
static struct change enter(struct tally *t, const struct wish *w, int64_t now_ms)
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

static struct wish keyed_vote(uint32_t user, uint32_t option, const uint8_t *key)
{
    struct wish w = {
        .kind = CHANGE_VOTE, .user = user, .option = option, .keyed = true};

    memcpy(w.key, key, sizeof w.key);
    return w;
}

static struct tally *tally_with_votes(const struct poll_rules *rules)
{
    struct tally *t = tally_new(POLL, rules, 1);
    struct wish ada = keyed_vote(ADA, 1, key_a);

    enter(t, &ada, NOON);
    enter(t, WISH(.kind = CHANGE_SKIP, .user = BOB), NOON);
    return t;
}

/* ---- admission ---- */

static void what_may_happen(void **state)
{
    static const struct {
        const char *why;
        struct wish wish;
        int rc;
        int64_t now_ms; /* 0: NOON */
        bool fixed;     /* voteChange is false */
        bool registered;
    } rows[] = {
        {"a first vote", {CHANGE_VOTE, .user = NOBODY, .option = 0}, .rc = 0},
        {"for the last option", {CHANGE_VOTE, .user = NOBODY, .option = 2}, .rc = 0},
        {"for no option",
         {CHANGE_VOTE, .user = NOBODY, .option = 3},
         .rc = ERR_UNKNOWN_OPTION},
        {"far beyond",
         {CHANGE_VOTE, .user = NOBODY, .option = UINT32_MAX},
         .rc = ERR_UNKNOWN_OPTION},
        {"256 is not 0",
         {CHANGE_VOTE, .user = NOBODY, .option = 256},
         .rc = ERR_UNKNOWN_OPTION},
        {"as it opens", {CHANGE_VOTE, .user = NOBODY}, .rc = 0, .now_ms = OPENS},
        {"just before",
         {CHANGE_VOTE, .user = NOBODY},
         .rc = ERR_POLL_NOT_OPEN,
         .now_ms = OPENS - 1},
        {"the last moment",
         {CHANGE_VOTE, .user = NOBODY},
         .rc = 0,
         .now_ms = CLOSES - 1},
        {"as it closes",
         {CHANGE_VOTE, .user = NOBODY},
         .rc = ERR_POLL_CLOSED,
         .now_ms = CLOSES},
        {"closed: the option does not matter",
         {CHANGE_VOTE, .user = NOBODY, .option = 3},
         .rc = ERR_POLL_CLOSED,
         .now_ms = CLOSES},
        {"a guest", {CHANGE_VOTE, .user = NOBODY, .guest = true}, .rc = 0},
        {"a guest among registered",
         {CHANGE_VOTE, .user = NOBODY, .guest = true},
         .rc = ERR_FORBIDDEN,
         .registered = true},
        {"a registered one",
         {CHANGE_VOTE, .user = NOBODY},
         .rc = 0,
         .registered = true},
        {"a second vote",
         {CHANGE_VOTE, .user = ADA, .option = 1},
         .rc = ERR_ALREADY_VOTED},
        {"for another option",
         {CHANGE_VOTE, .user = ADA, .option = 2},
         .rc = ERR_ALREADY_VOTED},
        {"for none: told first",
         {CHANGE_VOTE, .user = ADA, .option = 3},
         .rc = ERR_UNKNOWN_OPTION},
        {"a second vote, closed",
         {CHANGE_VOTE, .user = ADA},
         .rc = ERR_POLL_CLOSED,
         .now_ms = CLOSES},
        {"a vote after a skip", {CHANGE_VOTE, .user = BOB}, .rc = ERR_ALREADY_SKIPPED},

        {"a skip", {CHANGE_SKIP, .user = NOBODY}, .rc = 0},
        {"a guest's, among registered",
         {CHANGE_SKIP, .user = NOBODY, .guest = true},
         .rc = 0,
         .registered = true},
        {"a skip's option does not matter",
         {CHANGE_SKIP, .user = NOBODY, .option = 99},
         .rc = 0},
        {"a second skip", {CHANGE_SKIP, .user = BOB}, .rc = ERR_ALREADY_SKIPPED},
        {"also when closed",
         {CHANGE_SKIP, .user = BOB},
         .rc = ERR_ALREADY_SKIPPED,
         .now_ms = CLOSES},
        {"a skip after a vote", {CHANGE_SKIP, .user = ADA}, .rc = ERR_ALREADY_VOTED},
        {"a skip, early",
         {CHANGE_SKIP, .user = NOBODY},
         .rc = ERR_POLL_NOT_OPEN,
         .now_ms = OPENS - 1},
        {"a skip, late",
         {CHANGE_SKIP, .user = NOBODY},
         .rc = ERR_POLL_CLOSED,
         .now_ms = CLOSES},

        {"a move", {CHANGE_MOVE, .user = ADA, .option = 2}, .rc = 0},
        {"to no option",
         {CHANGE_MOVE, .user = ADA, .option = 3},
         .rc = ERR_UNKNOWN_OPTION},
        {"of nothing", {CHANGE_MOVE, .user = NOBODY, .option = 2}, .rc = ERR_CONFLICT},
        {"of a skip", {CHANGE_MOVE, .user = BOB, .option = 2}, .rc = ERR_CONFLICT},
        {"not allowed",
         {CHANGE_MOVE, .user = ADA, .option = 2},
         .rc = ERR_CONFLICT,
         .fixed = true},
        {"late",
         {CHANGE_MOVE, .user = ADA, .option = 2},
         .rc = ERR_POLL_CLOSED,
         .now_ms = CLOSES},
        {"early",
         {CHANGE_MOVE, .user = ADA, .option = 2},
         .rc = ERR_POLL_NOT_OPEN,
         .now_ms = OPENS - 1},
        {"a guest's move among registered",
         {CHANGE_MOVE, .user = ADA, .option = 2, .guest = true},
         .rc = ERR_FORBIDDEN,
         .registered = true},

        {"a withdrawal", {CHANGE_WITHDRAW, .user = ADA}, .rc = 0},
        {"of nothing", {CHANGE_WITHDRAW, .user = NOBODY}, .rc = ERR_CONFLICT},
        {"not allowed",
         {CHANGE_WITHDRAW, .user = ADA},
         .rc = ERR_CONFLICT,
         .fixed = true},
        {"late",
         {CHANGE_WITHDRAW, .user = ADA},
         .rc = ERR_POLL_CLOSED,
         .now_ms = CLOSES},
        {"early",
         {CHANGE_WITHDRAW, .user = ADA},
         .rc = ERR_POLL_NOT_OPEN,
         .now_ms = OPENS - 1},

        {"closing", {CHANGE_CLOSE, .user = OWNER}, .rc = 0},
        {"before it opens",
         {CHANGE_CLOSE, .user = OWNER},
         .rc = 0,
         .now_ms = OPENS - 1},
        {"once closed",
         {CHANGE_CLOSE, .user = OWNER},
         .rc = ERR_POLL_CLOSED,
         .now_ms = CLOSES},
        {"somebody else's", {CHANGE_CLOSE, .user = ADA}, .rc = ERR_FORBIDDEN},
        {"somebody else's, closed",
         {CHANGE_CLOSE, .user = ADA},
         .rc = ERR_FORBIDDEN,
         .now_ms = CLOSES},
        {"a guest is nobody's owner",
         {CHANGE_CLOSE, .user = OWNER, .guest = true},
         .rc = ERR_FORBIDDEN},

        {"deleting", {CHANGE_DELETE, .user = OWNER}, .rc = 0},
        {"once closed", {CHANGE_DELETE, .user = OWNER}, .rc = 0, .now_ms = CLOSES},
        {"somebody else's", {CHANGE_DELETE, .user = ADA}, .rc = ERR_FORBIDDEN},
        {"no kind", {.user = OWNER}, .rc = ERR_INTERNAL},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct poll_rules rules = rules_of(
            !rows[i].fixed, rows[i].registered ? VOTERS_REGISTERED : VOTERS_ANYONE);
        struct tally *t = tally_with_votes(&rules);
        struct change c = {.poll = 12345};
        bool replay = true;
        int64_t now_ms = rows[i].now_ms != 0 ? rows[i].now_ms : NOON;

        CHECK_EQ_AT(rows[i].why, tally_admit(t, &rows[i].wish, now_ms, &c, &replay),
                    rows[i].rc);
        if (rows[i].rc != 0) {
            CHECK_EQ_AT(rows[i].why, c.poll, 12345); /* nothing written */
            CHECK_EQ_AT(rows[i].why, replay, true);
        } else {
            CHECK_EQ_AT(rows[i].why, c.kind, rows[i].wish.kind);
            CHECK_EQ_AT(rows[i].why, c.poll, POLL);
            CHECK_EQ_AT(rows[i].why, c.user, rows[i].wish.user);
            CHECK_EQ_AT(rows[i].why, c.at_ms, now_ms);
            CHECK_EQ_AT(rows[i].why, replay, false);
        }
        tally_free(t);
    }
}

static void a_poll_without_times_is_open_for_ever(void **state)
{
    struct poll_rules rules = {.owner_id = OWNER, .n_options = 2};
    struct tally *t = tally_new(POLL, &rules, 1);
    struct result r;
    (void)state;

    enter(t, WISH(.kind = CHANGE_VOTE, .user = ADA), 0);
    enter(t, WISH(.kind = CHANGE_VOTE, .user = BOB), INT64_MAX);
    assert_false(tally_touch(t, INT64_MAX));
    tally_result(t, &r);
    assert_int_equal(r.status, POLL_OPEN);
    assert_int_equal(r.version, 3);
    tally_free(t);
}

static void a_poll_entered_as_closed_stays_closed_when_the_clock_goes_back(void **state)
{
    struct poll_rules rules = rules_of(true, VOTERS_ANYONE);
    struct tally *t = tally_with_votes(&rules);
    struct change c;
    bool replay;
    (void)state;

    assert_true(tally_touch(t, CLOSES));
    assert_int_equal(
        tally_admit(t, WISH(.kind = CHANGE_VOTE, .user = NOBODY), NOON, &c, &replay),
        ERR_POLL_CLOSED);
    assert_int_equal(
        tally_admit(t, WISH(.kind = CHANGE_CLOSE, .user = OWNER), NOON, &c, &replay),
        ERR_POLL_CLOSED);
    tally_free(t);
}

/* ---- replays ---- */

static void a_repeat_under_its_key_gets_the_first_answer(void **state)
{
    struct poll_rules rules = rules_of(true, VOTERS_REGISTERED);
    struct tally *t = tally_new(POLL, &rules, 41);
    struct wish w = keyed_vote(ADA, 1, key_a);
    struct change first, c;
    bool replay = false;
    (void)state;

    tally_touch(t, NOON);
    enter(t, WISH(.kind = CHANGE_VOTE, .user = BOB, .option = 1), NOON);
    assert_int_equal(tally_admit(t, &w, NOON + 1, &first, &replay), 0);
    first.receipt.votes_left = 77;
    tally_apply(t, &first);
    enter(t, WISH(.kind = CHANGE_VOTE, .user = NOBODY, .option = 2), NOON + 2);

    int64_t times[] = {NOON + 3, CLOSES, CLOSES + 1000, OPENS - 1};
    for (size_t i = 0; i < LENGTH(times); i++) {
        replay = false;
        assert_int_equal(tally_admit(t, &w, times[i], &c, &replay), 0);
        assert_true(replay);
        assert_int_equal(c.receipt.voted_ms, NOON + 1);
        assert_int_equal(c.receipt.version, 44); /* 41, opened, bob, ada */
        assert_int_equal(c.receipt.option, 1);
        assert_int_equal(c.receipt.votes_left, 77);
        assert_int_equal(c.receipt.n_options, 3);
        assert_int_equal(c.receipt.counts[0], 0);
        assert_int_equal(c.receipt.counts[1], 2);
        assert_int_equal(c.receipt.counts[2], 0);
    }
    tally_free(t);
}

static void a_receipt_says_what_the_result_will_say(void **state)
{
    struct poll_rules rules = rules_of(true, VOTERS_ANYONE);
    struct tally *t = tally_with_votes(&rules);
    struct wish w = keyed_vote(NOBODY, 2, key_b);
    struct change c;
    struct result r;
    (void)state;

    tally_touch(t, NOON);
    c = enter(t, &w, NOON);
    tally_result(t, &r);
    assert_int_equal(c.receipt.version, r.version);
    assert_int_equal(c.receipt.voted_ms, c.at_ms);
    assert_int_equal(c.receipt.votes_left, UINT32_MAX);
    assert_memory_equal(c.receipt.counts, r.counts, 3 * sizeof r.counts[0]);
    tally_free(t);
}

static void what_is_no_repeat(void **state)
{
    static const struct {
        const char *why;
        struct wish wish;
        int rc, closed_rc;
    } rows[] = {
        {"the same key, another option",
         {CHANGE_VOTE, .user = ADA, .option = 2, .keyed = true, .key = "key a"},
         ERR_CONFLICT,
         ERR_CONFLICT},
        {"the same key, no option",
         {CHANGE_VOTE, .user = ADA, .option = 257, .keyed = true, .key = "key a"},
         ERR_CONFLICT,
         ERR_CONFLICT},
        {"another key",
         {CHANGE_VOTE, .user = ADA, .option = 1, .keyed = true, .key = "key b"},
         ERR_ALREADY_VOTED,
         ERR_POLL_CLOSED},
        {"no key",
         {CHANGE_VOTE, .user = ADA, .option = 1, .key = "key a"},
         ERR_ALREADY_VOTED,
         ERR_POLL_CLOSED},
        {"somebody else's key",
         {CHANGE_VOTE, .user = NOBODY, .option = 1, .keyed = true, .key = "key a"},
         0,
         ERR_POLL_CLOSED},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct poll_rules rules = rules_of(true, VOTERS_ANYONE);
        struct tally *t = tally_with_votes(&rules);
        struct change c;
        bool replay = false;

        CHECK_EQ_AT(rows[i].why, tally_admit(t, &rows[i].wish, NOON, &c, &replay),
                    rows[i].rc);
        CHECK_AT(rows[i].why, !replay);
        CHECK_EQ_AT(rows[i].why, tally_admit(t, &rows[i].wish, CLOSES, &c, &replay),
                    rows[i].closed_rc);
        CHECK_AT(rows[i].why, !replay);
        tally_free(t);
    }
}

static void the_last_byte_of_a_key_counts(void **state)
{
    struct poll_rules rules = rules_of(true, VOTERS_ANYONE);
    struct tally *t = tally_with_votes(&rules);
    struct wish w = keyed_vote(ADA, 1, key_a);
    struct change c;
    bool replay;
    (void)state;

    w.key[VOTE_KEY_BYTES - 1] ^= 1;
    assert_int_equal(tally_admit(t, &w, NOON, &c, &replay), ERR_ALREADY_VOTED);
    tally_free(t);
}

static void a_move_to_where_it_is_changes_nothing(void **state)
{
    struct poll_rules rules = rules_of(true, VOTERS_ANYONE);
    struct tally *t = tally_with_votes(&rules);
    struct change c;
    bool replay = false;
    (void)state;

    assert_int_equal(tally_admit(t, WISH(.kind = CHANGE_MOVE, .user = ADA, .option = 1),
                                 NOON, &c, &replay),
                     0);
    assert_true(replay);
    tally_free(t);
}

static void a_receipt_survives_a_move_but_not_a_withdrawal(void **state)
{
    struct poll_rules rules = rules_of(true, VOTERS_ANYONE);
    struct tally *t = tally_with_votes(&rules);
    struct wish w = keyed_vote(ADA, 1, key_a);
    struct change c;
    bool replay = false;
    (void)state;

    enter(t, WISH(.kind = CHANGE_MOVE, .user = ADA, .option = 2), NOON);
    assert_int_equal(tally_admit(t, &w, NOON, &c, &replay), 0);
    assert_true(replay);
    enter(t, WISH(.kind = CHANGE_WITHDRAW, .user = ADA), NOON);
    c = enter(t, &w, NOON); /* a new vote under the old key */
    assert_int_equal(c.receipt.version, 5);
    tally_free(t);
}

/* ---- versions and time ---- */

static uint64_t version_of(struct tally *t)
{
    struct result r;

    tally_result(t, &r);
    return r.version;
}

static void versions_grow_by_one_with_what_can_be_seen(void **state)
{
    struct poll_rules rules = rules_of(true, VOTERS_ANYONE);
    struct tally *t = tally_new(POLL, &rules, 1);
    struct result r;
    (void)state;

    tally_result(t, &r);
    assert_int_equal(r.status, POLL_SCHEDULED);
    assert_int_equal(r.version, 1);
    assert_false(tally_touch(t, OPENS - 1));
    assert_true(tally_touch(t, OPENS));
    assert_false(tally_touch(t, OPENS + 1));
    tally_result(t, &r);
    assert_int_equal(r.status, POLL_OPEN);
    assert_int_equal(r.version, 2);

    enter(t, WISH(.kind = CHANGE_VOTE, .user = ADA), NOON);
    assert_int_equal(version_of(t), 3);
    enter(t, WISH(.kind = CHANGE_SKIP, .user = BOB), NOON);
    assert_int_equal(version_of(t), 3); /* a skip is not seen */
    enter(t, WISH(.kind = CHANGE_MOVE, .user = ADA, .option = 2), NOON);
    assert_int_equal(version_of(t), 4);
    enter(t, WISH(.kind = CHANGE_WITHDRAW, .user = ADA), NOON);
    assert_int_equal(version_of(t), 5);
    assert_int_equal(tally_base_version(t), 4);

    assert_false(tally_touch(t, CLOSES - 1));
    assert_true(tally_touch(t, CLOSES));
    assert_false(tally_touch(t, CLOSES + 1));
    tally_result(t, &r);
    assert_int_equal(r.status, POLL_CLOSED);
    assert_int_equal(r.version, 6);
    tally_free(t);
}

static void opening_and_closing_unseen_are_two_steps(void **state)
{
    struct poll_rules rules = rules_of(true, VOTERS_ANYONE);
    struct tally *t = tally_new(POLL, &rules, 10);
    (void)state;

    assert_true(tally_touch(t, CLOSES));
    assert_int_equal(version_of(t), 12);
    tally_free(t);
}

/* The same poll, seen through its tally and through what the store has of it. */
static void a_result_without_its_tally_is_the_same(void **state)
{
    static const struct {
        const char *why;
        int64_t opens, closes, close_at, now;
        enum poll_status status;
        uint64_t version;
    } rows[] = {
        {"never closes", 0, 0, 0, NOON, POLL_OPEN, 20},
        {"closes later", 0, CLOSES, 0, CLOSES - 1, POLL_OPEN, 20},
        {"closed", 0, CLOSES, 0, CLOSES, POLL_CLOSED, 21},
        {"scheduled", OPENS, CLOSES, 0, OPENS - 1, POLL_SCHEDULED, 20},
        {"opened", OPENS, 0, 0, OPENS, POLL_OPEN, 21},
        {"opened and closed", OPENS, CLOSES, 0, CLOSES, POLL_CLOSED, 22},
        {"closed by hand", OPENS, CLOSES, NOON, NOON, POLL_CLOSED, 22},
        {"closed before it opened", OPENS, CLOSES, OPENS - 1, NOON, POLL_CLOSED, 21},
        {"closed as it opened", OPENS, CLOSES, OPENS, NOON, POLL_CLOSED, 22},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct poll p = {.id = POLL,
                         .rules = {.owner_id = OWNER,
                                   .n_options = 2,
                                   .opens_ms = rows[i].opens,
                                   .closes_ms = rows[i].closes}};
        struct tally *t = tally_new(POLL, &p.rules, 20);
        struct result a, b;
        const uint32_t counts[] = {0, 0};

        if (rows[i].close_at != 0) {
            tally_touch(t, rows[i].close_at);
            enter(t, WISH(.kind = CHANGE_CLOSE, .user = OWNER), rows[i].close_at);
        }
        tally_touch(t, rows[i].now);
        tally_result(t, &a);
        CHECK_EQ_AT(rows[i].why, a.status, rows[i].status);
        CHECK_EQ_AT(rows[i].why, a.version, rows[i].version);

        p.rules = *tally_rules(t);
        tally_result_at(&p, tally_base_version(t), counts, 0, rows[i].now, &b);
        CHECK_EQ_AT(rows[i].why, b.status, rows[i].status);
        CHECK_EQ_AT(rows[i].why, b.version, rows[i].version);
        tally_free(t);
    }
}

static void a_result_is_made_of_stored_counts(void **state)
{
    struct poll p = {.id = POLL, .rules = {.n_options = 3}};
    const uint32_t counts[] = {4, 0, 3};
    struct result r;
    (void)state;

    tally_result_at(&p, 8, counts, 2, NOON, &r);
    assert_int_equal(r.poll, POLL);
    assert_int_equal(r.version, 8);
    assert_int_equal(r.n_options, 3);
    assert_int_equal(r.total, 7);
    assert_int_equal(r.skips, 2);
    assert_memory_equal(r.counts, counts, sizeof counts);
}

static void closing_by_hand_sets_the_closing_time(void **state)
{
    struct poll_rules rules = rules_of(true, VOTERS_ANYONE);
    struct tally *t = tally_new(POLL, &rules, 1);
    struct result r;
    struct change c;
    (void)state;

    tally_touch(t, NOON);
    c = enter(t, WISH(.kind = CHANGE_CLOSE, .user = OWNER), NOON);
    assert_int_equal(tally_rules(t)->closes_ms, NOON);
    assert_false(tally_touch(t, NOON)); /* its step has been made */
    tally_result(t, &r);
    assert_int_equal(r.status, POLL_CLOSED);
    assert_int_equal(r.version, 3);

    tally_revert(t, &c);
    assert_int_equal(tally_rules(t)->closes_ms, CLOSES);
    tally_result(t, &r);
    assert_int_equal(r.status, POLL_OPEN);
    assert_int_equal(r.version, 2);
    tally_free(t);
}

static void rules_can_change(void **state)
{
    struct poll_rules rules = rules_of(false, VOTERS_ANYONE);
    struct tally *t = tally_with_votes(&rules);
    (void)state;

    rules.vote_change = true;
    tally_set_rules(t, &rules);
    enter(t, WISH(.kind = CHANGE_WITHDRAW, .user = ADA), NOON);
    tally_free(t);
}

/* ---- applying again ---- */

static void what_is_in_already_is_left_alone(void **state)
{
    struct poll_rules rules = rules_of(true, VOTERS_ANYONE);
    struct tally *t = tally_new(POLL, &rules, 1);
    struct change history[5];
    struct result before, after;
    (void)state;

    tally_touch(t, NOON);
    history[0] = enter(t, WISH(.kind = CHANGE_VOTE, .user = ADA, .option = 0), NOON);
    history[1] = enter(t, WISH(.kind = CHANGE_VOTE, .user = BOB), NOON);
    history[2] = enter(t, WISH(.kind = CHANGE_MOVE, .user = ADA, .option = 2), NOON);
    history[3] = enter(t, WISH(.kind = CHANGE_MOVE, .user = BOB, .option = 1), NOON);
    history[4] = enter(t, WISH(.kind = CHANGE_SKIP, .user = NOBODY), NOON);
    tally_result(t, &before);
    for (size_t i = 0; i < LENGTH(history); i++)
        tally_apply(t, &history[i]);
    tally_result(t, &after);
    assert_int_equal(after.version, before.version);
    assert_int_equal(after.total, 2);
    assert_int_equal(after.skips, 1);
    assert_int_equal(tally_choice(t, ADA), 2);
    assert_int_equal(tally_choice(t, BOB), 1);
    tally_free(t);
}

static void an_old_withdrawal_does_not_take_a_new_vote(void **state)
{
    struct poll_rules rules = rules_of(true, VOTERS_ANYONE);
    struct tally *t = tally_with_votes(&rules);
    struct change c;
    (void)state;

    c = enter(t, WISH(.kind = CHANGE_WITHDRAW, .user = ADA), NOON);
    enter(t, WISH(.kind = CHANGE_VOTE, .user = ADA, .option = 1), NOON);
    tally_apply(t, &c);
    assert_int_equal(tally_choice(t, ADA), 1);
    tally_free(t);
}

/* Rows come out of a store in the order of users: versions are no order then. */
static void rows_load_in_any_order(void **state)
{
    struct poll_rules rules = rules_of(true, VOTERS_ANYONE);
    struct tally *t = tally_new(POLL, &rules, 9);
    struct result r;
    (void)state;

    for (uint32_t user = 1; user <= 8; user++)
        tally_apply(t, &(struct change){.kind = CHANGE_VOTE,
                                        .poll = POLL,
                                        .user = user,
                                        .option = (uint8_t)(user % 3),
                                        .version = 10 - user});
    tally_result(t, &r);
    assert_int_equal(r.total, 8);
    assert_int_equal(tally_base_version(t), 9);
    tally_free(t);
}

static void an_option_from_outside_is_never_used(void **state)
{
    struct poll_rules rules = rules_of(true, VOTERS_ANYONE);
    struct tally *t = tally_new(POLL, &rules, 1);
    static const struct change bad[] = {
        {.kind = CHANGE_VOTE, .user = ADA, .option = 3, .version = 2},
        {.kind = CHANGE_VOTE, .user = ADA, .option = 255, .version = 2},
        {.kind = CHANGE_MOVE, .user = ADA, .was_option = 3, .version = 2},
    };
    struct result r;
    (void)state;

    for (size_t i = 0; i < LENGTH(bad); i++)
        tally_apply(t, &bad[i]);
    tally_result(t, &r);
    assert_int_equal(r.total, 0);
    assert_int_equal(r.version, 1);
    tally_free(t);
}

static void more_voters_take_more_memory(void **state)
{
    struct poll_rules rules = rules_of(true, VOTERS_ANYONE);
    struct tally *t = tally_new(POLL, &rules, 1);
    size_t empty = tally_bytes(t), voted;
    (void)state;

    for (uint32_t user = 1; user <= 1000; user++)
        enter(t, WISH(.kind = CHANGE_VOTE, .user = user * 100, .option = user % 3),
              NOON);
    voted = tally_bytes(t);
    assert_true(voted >= empty + 2000); /* a bitmap takes two bytes a user, or less */
    for (uint32_t user = 1; user <= 1000; user++)
        enter(t, WISH(.kind = CHANGE_SKIP, .user = user * 100 + 1), NOON);
    assert_true(tally_bytes(t) >= voted + 1900);
    tally_free(t);
    assert_null(tally_free(NULL));
}

/* ---- against a naive model ---- */

enum { USERS = 12, OPTIONS = 4, STEPS = 3000 };

struct voter {
    int choice; /* -1: none */
    bool skipped, keyed;
    uint8_t key, first_option;
};

struct model {
    struct voter voters[USERS];
    uint64_t version; /* the base */
    bool opened, closed;
    int64_t closes_ms;
};

static uint32_t rng(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(*seed >> 33);
}

static int model_open(const struct model *m, int64_t now)
{
    if (now >= m->closes_ms)
        return ERR_POLL_CLOSED;
    return now < OPENS ? ERR_POLL_NOT_OPEN : 0;
}

/* 0, an error, or 1: a replay. */
static int model_admit(const struct model *m, const struct wish *w, int64_t now)
{
    const struct voter *v = &m->voters[w->user];
    int open = model_open(m, now);

    switch (w->kind) {
    case CHANGE_VOTE:
        if (v->choice >= 0 && w->keyed && v->keyed && w->key[0] == v->key)
            return v->first_option == w->option ? 1 : ERR_CONFLICT;
        if (open != 0)
            return open;
        if (w->option >= OPTIONS)
            return ERR_UNKNOWN_OPTION;
        if (v->choice >= 0)
            return ERR_ALREADY_VOTED;
        return v->skipped ? ERR_ALREADY_SKIPPED : 0;
    case CHANGE_SKIP:
        if (v->choice >= 0)
            return ERR_ALREADY_VOTED;
        return v->skipped ? ERR_ALREADY_SKIPPED : open;
    case CHANGE_MOVE:
        if (open != 0)
            return open;
        if (v->choice < 0)
            return ERR_CONFLICT;
        if (w->option >= OPTIONS)
            return ERR_UNKNOWN_OPTION;
        return v->choice == (int)w->option;
    case CHANGE_WITHDRAW:
        return open != 0 ? open : v->choice < 0 ? ERR_CONFLICT : 0;
    case CHANGE_CLOSE:
        if (w->user != OWNER)
            return ERR_FORBIDDEN;
        return open == ERR_POLL_CLOSED ? open : 0;
    default:
        return w->user == OWNER ? 0 : ERR_FORBIDDEN;
    }
}

static void model_apply(struct model *m, const struct wish *w, int64_t now)
{
    struct voter *v = &m->voters[w->user];

    m->version +=
        w->kind == CHANGE_VOTE || w->kind == CHANGE_MOVE || w->kind == CHANGE_WITHDRAW;
    if (w->kind == CHANGE_VOTE)
        *v = (struct voter){(int)w->option, false, w->keyed, w->key[0],
                            (uint8_t)w->option};
    else if (w->kind == CHANGE_SKIP)
        v->skipped = true;
    else if (w->kind == CHANGE_MOVE)
        v->choice = (int)w->option;
    else if (w->kind == CHANGE_WITHDRAW)
        v->choice = -1;
    else if (w->kind == CHANGE_CLOSE) {
        m->closes_ms = now;
        m->closed = true;
    }
}

static void check_model(const char *why, const struct model *m, const struct tally *t)
{
    uint32_t counts[OPTIONS] = {0}, total = 0, skips = 0;
    struct result r;

    for (uint32_t u = 0; u < USERS; u++) {
        const struct voter *v = &m->voters[u];

        CHECK_EQ_AT(why, tally_choice(t, u), v->choice);
        CHECK_EQ_AT(why, tally_skipped(t, u), v->skipped);
        if (v->choice >= 0)
            counts[v->choice]++, total++;
        skips += v->skipped;
    }
    tally_result(t, &r);
    CHECK_EQ_AT(why, r.version, m->version + m->opened + m->closed);
    CHECK_EQ_AT(why, r.total, total);
    CHECK_EQ_AT(why, r.skips, skips);
    CHECK_EQ_AT(why, r.n_options, OPTIONS);
    CHECK_EQ_AT(why, r.status,
                m->closed   ? POLL_CLOSED
                : m->opened ? POLL_OPEN
                            : POLL_SCHEDULED);
    for (int i = 0; i < OPTIONS; i++)
        CHECK_EQ_AT(why, r.counts[i], counts[i]);
}

static struct wish random_wish(uint64_t *seed)
{
    static const enum change_kind kinds[] = {CHANGE_VOTE,    CHANGE_VOTE, CHANGE_VOTE,
                                             CHANGE_SKIP,    CHANGE_MOVE, CHANGE_MOVE,
                                             CHANGE_WITHDRAW};
    struct wish w = {.kind = kinds[rng(seed) % LENGTH(kinds)],
                     .user = rng(seed) % USERS,
                     .option = rng(seed) % (OPTIONS + 1),
                     .keyed = rng(seed) % 2};

    w.key[0] = (uint8_t)(rng(seed) % 2);
    if (rng(seed) % 400 == 0)
        w.kind = CHANGE_CLOSE;
    if (rng(seed) % 100 == 0)
        w.kind = CHANGE_DELETE;
    return w;
}

/* Some steps are taken back at once, up to four at a time: then all is as before. */
static void random_wishes_agree_with_a_naive_model(void **state)
{
    (void)state;

    for (uint64_t run = 1; run <= 30; run++) {
        uint64_t seed = run;
        struct poll_rules rules = rules_of(true, VOTERS_ANYONE);
        struct model m = {.version = 5, .closes_ms = CLOSES};
        struct model undone[5];
        struct change done[5];
        size_t n_done = 0;
        struct tally *t;
        char why[64];

        rules.n_options = OPTIONS;
        t = tally_new(POLL, &rules, 5);
        for (uint32_t u = 0; u < USERS; u++)
            m.voters[u].choice = -1;
        for (int step = 0; step < STEPS; step++) {
            struct wish w = random_wish(&seed);
            int64_t now = step * 4; /* opens at 250, closes at 2250 */
            struct change c;
            bool replay = false, touched = false;
            int want, rc;

            snprintf(why, sizeof why, "run %d, step %d", (int)run, step);
            if (!m.opened && now >= OPENS && m.closes_ms >= OPENS)
                m.opened = touched = true;
            if (!m.closed && now >= m.closes_ms)
                m.closed = touched = true;
            CHECK_EQ_AT(why, tally_touch(t, now), touched);
            if (touched)
                n_done = 0; /* time is never taken back */
            want = model_admit(&m, &w, now);
            rc = tally_admit(t, &w, now, &c, &replay);
            CHECK_EQ_AT(why, rc == 0 ? replay : rc, want);
            if (want == 0) {
                n_done = n_done == LENGTH(done) ? 0 : n_done;
                undone[n_done] = m;
                done[n_done++] = c;
                tally_apply(t, &c);
                model_apply(&m, &w, now);
            }
            check_model(why, &m, t);
            if (rng(&seed) % 3 == 0 && n_done > 0) {
                for (size_t back = 1 + rng(&seed) % n_done; back > 0; back--) {
                    tally_revert(t, &done[--n_done]);
                    m = undone[n_done];
                }
                check_model(why, &m, t);
            }
        }
        tally_free(t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_may_happen),
        cmocka_unit_test(a_poll_without_times_is_open_for_ever),
        cmocka_unit_test(
            a_poll_entered_as_closed_stays_closed_when_the_clock_goes_back),
        cmocka_unit_test(a_repeat_under_its_key_gets_the_first_answer),
        cmocka_unit_test(a_receipt_says_what_the_result_will_say),
        cmocka_unit_test(what_is_no_repeat),
        cmocka_unit_test(the_last_byte_of_a_key_counts),
        cmocka_unit_test(a_move_to_where_it_is_changes_nothing),
        cmocka_unit_test(a_receipt_survives_a_move_but_not_a_withdrawal),
        cmocka_unit_test(versions_grow_by_one_with_what_can_be_seen),
        cmocka_unit_test(opening_and_closing_unseen_are_two_steps),
        cmocka_unit_test(a_result_without_its_tally_is_the_same),
        cmocka_unit_test(a_result_is_made_of_stored_counts),
        cmocka_unit_test(closing_by_hand_sets_the_closing_time),
        cmocka_unit_test(rules_can_change),
        cmocka_unit_test(what_is_in_already_is_left_alone),
        cmocka_unit_test(an_old_withdrawal_does_not_take_a_new_vote),
        cmocka_unit_test(rows_load_in_any_order),
        cmocka_unit_test(an_option_from_outside_is_never_used),
        cmocka_unit_test(more_voters_take_more_memory),
        cmocka_unit_test(random_wishes_agree_with_a_naive_model),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
