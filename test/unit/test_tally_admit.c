/* test_tally_admit.c — which votes enter, and what a repeat is told. */
#include "lib/tally_words.h"

static const uint8_t key_c[VOTE_KEY_BYTES] = "key c";

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

        {"taking a skip back", {CHANGE_UNSKIP, .user = BOB}, .rc = 0},
        {"also when closed", {CHANGE_UNSKIP, .user = BOB}, .rc = 0, .now_ms = CLOSES},

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

static struct change withdraw(struct tally *t, uint32_t user)
{
    return enter(t, WISH(.kind = CHANGE_WITHDRAW, .user = user), NOON);
}

/* What a vote of ada's comes to: an error, 0: a new vote, or the version of the answer
 * that she gets again. Looks only. */
static int told(const struct tally *t, const uint8_t *key, uint32_t option)
{
    struct wish w = keyed_vote(ADA, option, key);
    struct change c;
    bool replay = false;
    int rc = tally_admit(t, &w, NOON, &c, &replay);

    return rc == 0 && replay ? (int)c.receipt.version : rc;
}

static void a_receipt_outlives_a_move_and_a_withdrawal(void **state)
{
    struct poll_rules rules = rules_of(true, VOTERS_ANYONE);
    struct tally *t = tally_with_votes(&rules);
    struct wish w = keyed_vote(ADA, 1, key_a);
    int64_t times[] = {NOON, CLOSES, CLOSES + 1000};
    (void)state;

    enter(t, WISH(.kind = CHANGE_MOVE, .user = ADA, .option = 2), NOON);
    assert_int_equal(told(t, key_a, 1), 2);
    withdraw(t, ADA);
    for (size_t i = 0; i < LENGTH(times); i++) {
        struct change c;
        bool replay = false;

        assert_int_equal(tally_admit(t, &w, times[i], &c, &replay), 0);
        assert_true(replay);
        assert_int_equal(c.receipt.voted_ms, NOON);
        assert_int_equal(c.receipt.version, 2);
        assert_int_equal(c.receipt.option, 1);
        assert_int_equal(c.receipt.counts[1], 1);
        assert_int_equal(tally_choice(t, ADA), -1);
    }
    assert_int_equal(told(t, key_a, 2), ERR_CONFLICT);
    assert_int_equal(told(t, key_a, 3), ERR_CONFLICT);
    tally_free(t);
}

static void nobody_elses_key_is_remembered(void **state)
{
    struct poll_rules rules = rules_of(true, VOTERS_ANYONE);
    struct tally *t = tally_with_votes(&rules);
    struct wish other = keyed_vote(NOBODY, 1, key_a);
    struct wish unkeyed = {.kind = CHANGE_VOTE, .user = ADA, .option = 1};
    (void)state;

    withdraw(t, ADA);
    memcpy(unkeyed.key, key_a, sizeof unkeyed.key);
    enter(t, &other, NOON);
    enter(t, &unkeyed, NOON);
    tally_free(t);
}

/* Of the vote that is there, and of the last keyed one that is not. */
static void two_keys_of_a_user_are_remembered(void **state)
{
    struct poll_rules rules = rules_of(true, VOTERS_ANYONE);
    struct tally *t = tally_with_votes(&rules);
    struct wish w = keyed_vote(ADA, 0, key_b);
    (void)state;

    withdraw(t, ADA);
    assert_int_equal(told(t, key_b, 0), 0);
    assert_int_equal(enter(t, &w, NOON).receipt.version, 4);
    assert_int_equal(told(t, key_a, 1), 2);
    assert_int_equal(told(t, key_a, 0), ERR_CONFLICT);
    assert_int_equal(told(t, key_b, 0), 4);
    assert_int_equal(told(t, key_b, 1), ERR_CONFLICT);
    assert_int_equal(told(t, key_c, 0), ERR_ALREADY_VOTED);
    withdraw(t, ADA);
    assert_int_equal(told(t, key_b, 0), 4);
    assert_int_equal(told(t, key_a, 1), 0); /* the older one is forgotten */
    tally_free(t);
}

static void votes_without_a_key_leave_what_is_remembered(void **state)
{
    struct poll_rules rules = rules_of(true, VOTERS_ANYONE);
    struct tally *t = tally_with_votes(&rules);
    struct change c;
    size_t bytes;
    (void)state;

    withdraw(t, ADA);
    enter(t, WISH(.kind = CHANGE_VOTE, .user = ADA, .option = 2), NOON);
    assert_int_equal(told(t, key_a, 1), 2);
    bytes = tally_bytes(t);
    c = withdraw(t, ADA);
    assert_int_equal(told(t, key_a, 1), 2);
    tally_revert(t, &c);
    assert_int_equal(tally_bytes(t), bytes);
    assert_int_equal(tally_choice(t, ADA), 2);
    assert_int_equal(told(t, key_a, 1), 2);
    enter(t, WISH(.kind = CHANGE_WITHDRAW, .user = ADA), NOON);
    enter(t, WISH(.kind = CHANGE_SKIP, .user = ADA), NOON);
    assert_int_equal(told(t, key_a, 1), 2);
    tally_free(t);
}

static void what_is_taken_back_is_remembered_as_before(void **state)
{
    struct poll_rules rules = rules_of(true, VOTERS_ANYONE);
    struct tally *t = tally_with_votes(&rules);
    struct wish w = keyed_vote(ADA, 0, key_b);
    struct change undone[3];
    (void)state;

    undone[0] = withdraw(t, ADA);
    undone[1] = enter(t, &w, NOON);
    undone[2] = withdraw(t, ADA);
    tally_revert(t, &undone[2]);
    assert_int_equal(told(t, key_a, 1), 2);
    assert_int_equal(told(t, key_b, 0), 4);
    tally_revert(t, &undone[1]);
    assert_int_equal(told(t, key_a, 1), 2);
    assert_int_equal(told(t, key_b, 0), 0);
    tally_revert(t, &undone[0]);
    assert_int_equal(told(t, key_a, 1), 2);
    assert_int_equal(told(t, key_b, 0), ERR_ALREADY_VOTED);
    assert_int_equal(tally_choice(t, ADA), 1);
    withdraw(t, ADA); /* it is the vote's own again */
    assert_int_equal(told(t, key_a, 1), 2);
    tally_free(t);
}

static void a_store_tells_what_is_remembered(void **state)
{
    struct poll_rules rules = rules_of(true, VOTERS_ANYONE);
    struct tally *t = tally_new(POLL, &rules, 9);
    const struct receipt receipt = {.version = 7, .option = 2, .n_options = 3};
    size_t bytes = tally_bytes(t);
    (void)state;

    tally_remember(t, ADA, key_a, &receipt);
    assert_true(tally_bytes(t) > bytes);
    assert_int_equal(tally_base_version(t), 9);
    assert_int_equal(tally_choice(t, ADA), -1);
    assert_int_equal(told(t, key_a, 2), 7);
    assert_int_equal(told(t, key_b, 2), 0);
    tally_free(t);
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
        cmocka_unit_test(a_receipt_outlives_a_move_and_a_withdrawal),
        cmocka_unit_test(nobody_elses_key_is_remembered),
        cmocka_unit_test(two_keys_of_a_user_are_remembered),
        cmocka_unit_test(votes_without_a_key_leave_what_is_remembered),
        cmocka_unit_test(what_is_taken_back_is_remembered_as_before),
        cmocka_unit_test(a_store_tells_what_is_remembered),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
