/* test_tally.c — what votes change, and the versions that they make. */
#include "lib/tally_words.h"

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

static void a_skip_taken_back_can_come_back(void **state)
{
    struct poll_rules rules = rules_of(true, VOTERS_ANYONE);
    struct tally *t = tally_with_votes(&rules);
    struct change c;
    struct result r;
    (void)state;

    c = enter(t, WISH(.kind = CHANGE_UNSKIP, .user = BOB), NOON);
    assert_false(tally_skipped(t, BOB));
    tally_revert(t, &c);
    assert_true(tally_skipped(t, BOB));
    tally_apply(t, &c);
    tally_result(t, &r);
    assert_int_equal(r.skips, 0);
    assert_int_equal(r.version, 2); /* the vote's; the tally has not been touched */
    enter(t, WISH(.kind = CHANGE_VOTE, .user = BOB), NOON);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(versions_grow_by_one_with_what_can_be_seen),
        cmocka_unit_test(opening_and_closing_unseen_are_two_steps),
        cmocka_unit_test(a_result_without_its_tally_is_the_same),
        cmocka_unit_test(a_result_is_made_of_stored_counts),
        cmocka_unit_test(closing_by_hand_sets_the_closing_time),
        cmocka_unit_test(what_is_in_already_is_left_alone),
        cmocka_unit_test(a_skip_taken_back_can_come_back),
        cmocka_unit_test(an_old_withdrawal_does_not_take_a_new_vote),
        cmocka_unit_test(rows_load_in_any_order),
        cmocka_unit_test(an_option_from_outside_is_never_used),
        cmocka_unit_test(more_voters_take_more_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
