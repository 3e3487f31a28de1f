/* test_admit.c — the rules over standings that are made up: no votes are kept here. */
#include "lib/check.h"

#include "base/err.h"
#include "core/admit.h"

enum { POLL = 7, OWNER = 1, ADA = 10 };
enum { OPENS = 1000, NOON = 5000, CLOSES = 9000, LATER = 20000 };

static const struct poll_state open_poll = {.poll = POLL,
                                            .rules = {.owner_id = OWNER,
                                                      .n_options = 3,
                                                      .vote_change = true,
                                                      .opens_ms = OPENS,
                                                      .closes_ms = CLOSES},
                                            .base_version = 40,
                                            .opened = true};
static const uint32_t counts[LIMIT_OPTIONS] = {5, 6, 7};

#define KEY_A "key a"
#define KEY_B "key b"
static const struct keyed_receipt told_a = {
    KEY_A, {.voted_ms = 4000, .version = 33, .option = 1, .n_options = 3}};
static const struct keyed_receipt told_b = {
    KEY_B, {.voted_ms = 3000, .version = 22, .option = 2, .n_options = 3}};
static const struct keyed_receipt told_older = {
    KEY_A, {.voted_ms = 2000, .version = 11, .option = 2, .n_options = 3}};

/* The standings of the tables below. */
static const struct standing fresh = {.counts = counts};
static const struct standing voted = {.choice = {1, {1}}};
static const struct standing voted_keyed = {.choice = {1, {1}}, .told = &told_a};
static const struct standing voted_again = {
    .choice = {1, {1}}, .told = &told_a, .told_before = &told_b};
static const struct standing voted_again_unkeyed = {.choice = {1, {1}},
                                                    .told_before = &told_b};
static const struct standing voted_one_key_twice = {
    .choice = {1, {1}}, .told = &told_a, .told_before = &told_older};
static const struct standing moved = {.choice = {1, {0}}, .told = &told_a};
static const struct standing withdrawn = {.counts = counts, .told_before = &told_b};
static const struct standing skipped = {.skipped = true};
static const struct standing skipped_since = {.skipped = true, .told_before = &told_b};
static const struct standing skipped_with_receipt = {.skipped = true, .told = &told_a};
static const struct standing owns = {.owns = true};

#define ADAS(what) .kind = CHANGE_##what, .user = ADA
#define BY_A .keyed = true, .key = KEY_A
#define BY_B .keyed = true, .key = KEY_B

struct refusal {
    const char *why;
    int rc;
    struct wish wish;
    const struct standing *on;
    int64_t now_ms; /* 0: NOON */
    bool fixed, registered, is_closed;
};

static const struct refusal refusals[] = {
    {"a vote before the opening",
     ERR_POLL_NOT_OPEN,
     {ADAS(VOTE)},
     .on = &fresh,
     OPENS - 1},
    {"a vote at the closing", ERR_POLL_CLOSED, {ADAS(VOTE)}, .on = &fresh, CLOSES},
    {"a vote by a clock set back",
     ERR_POLL_CLOSED,
     {ADAS(VOTE)},
     .on = &fresh,
     .is_closed = true},
    {"closed comes before the option",
     ERR_POLL_CLOSED,
     {ADAS(VOTE), .option = 3},
     .on = &fresh,
     CLOSES},
    {"closed comes before a vote", ERR_POLL_CLOSED, {ADAS(VOTE)}, .on = &voted, CLOSES},
    {"a guest among registered",
     ERR_FORBIDDEN,
     {ADAS(VOTE), .guest = true},
     .on = &fresh,
     .registered = true},
    {"a guest comes before the option",
     ERR_FORBIDDEN,
     {ADAS(VOTE), .guest = true, .option = 3},
     .on = &fresh,
     .registered = true},
    {"behind the last option",
     ERR_UNKNOWN_OPTION,
     {ADAS(VOTE), .option = 3},
     .on = &fresh},
    {"256 is not 0", ERR_UNKNOWN_OPTION, {ADAS(VOTE), .option = 256}, .on = &fresh},
    {"the option comes before a vote",
     ERR_UNKNOWN_OPTION,
     {ADAS(VOTE), .option = 3},
     .on = &voted},
    {"a second vote", ERR_ALREADY_VOTED, {ADAS(VOTE), .option = 1}, .on = &voted},
    {"a vote after a skip", ERR_ALREADY_SKIPPED, {ADAS(VOTE)}, .on = &skipped},
    {"the key of the vote, another option",
     ERR_CONFLICT,
     {ADAS(VOTE), BY_A},
     .on = &voted_keyed},
    {"the key of the vote, no option",
     ERR_CONFLICT,
     {ADAS(VOTE), BY_A, .option = 257},
     .on = &voted_keyed},
    {"the key of the withdrawn vote, another option",
     ERR_CONFLICT,
     {ADAS(VOTE), BY_B, .option = 1},
     .on = &withdrawn},
    {"closed: that key still",
     ERR_CONFLICT,
     {ADAS(VOTE), BY_B, .option = 1},
     .on = &withdrawn,
     CLOSES},
    {"another key",
     ERR_ALREADY_VOTED,
     {ADAS(VOTE), BY_B, .option = 1},
     .on = &voted_keyed},
    {"a key that is not sent",
     ERR_ALREADY_VOTED,
     {ADAS(VOTE), .key = KEY_A, .option = 1},
     .on = &voted_keyed},
    {"a receipt without its vote",
     ERR_ALREADY_SKIPPED,
     {ADAS(VOTE), BY_A, .option = 1},
     .on = &skipped_with_receipt},

    {"a second skip", ERR_ALREADY_SKIPPED, {ADAS(SKIP)}, .on = &skipped},
    {"a skip after a vote", ERR_ALREADY_VOTED, {ADAS(SKIP)}, .on = &voted},
    {"a skip before the opening",
     ERR_POLL_NOT_OPEN,
     {ADAS(SKIP)},
     .on = &fresh,
     OPENS - 1},
    {"a skip at the closing", ERR_POLL_CLOSED, {ADAS(SKIP)}, .on = &fresh, CLOSES},
    {"a skip of the skipped, closed",
     ERR_ALREADY_SKIPPED,
     {ADAS(SKIP)},
     .on = &skipped,
     CLOSES},
    {"a skip of a voter, closed",
     ERR_ALREADY_VOTED,
     {ADAS(SKIP)},
     .on = &voted,
     CLOSES},

    {"a move of nothing", ERR_CONFLICT, {ADAS(MOVE)}, .on = &fresh},
    {"a move of a skip", ERR_CONFLICT, {ADAS(MOVE)}, .on = &skipped},
    {"a move that the poll forbids",
     ERR_CONFLICT,
     {ADAS(MOVE)},
     .on = &voted,
     .fixed = true},
    {"a move to no option",
     ERR_UNKNOWN_OPTION,
     {ADAS(MOVE), .option = 3},
     .on = &voted},
    {"a move of a guest among registered",
     ERR_FORBIDDEN,
     {ADAS(MOVE), .guest = true},
     .on = &voted,
     .registered = true},
    {"a move before the opening",
     ERR_POLL_NOT_OPEN,
     {ADAS(MOVE)},
     .on = &voted,
     OPENS - 1},
    {"a move at the closing", ERR_POLL_CLOSED, {ADAS(MOVE)}, .on = &voted, CLOSES},
    {"closed comes before the permission",
     ERR_POLL_CLOSED,
     {ADAS(MOVE)},
     .on = &voted,
     CLOSES,
     .fixed = true},

    {"a withdrawal of nothing", ERR_CONFLICT, {ADAS(WITHDRAW)}, .on = &withdrawn},
    {"a withdrawal that the poll forbids",
     ERR_CONFLICT,
     {ADAS(WITHDRAW)},
     .on = &voted,
     .fixed = true},
    {"a withdrawal before the opening",
     ERR_POLL_NOT_OPEN,
     {ADAS(WITHDRAW)},
     .on = &voted,
     OPENS - 1},
    {"a withdrawal at the closing",
     ERR_POLL_CLOSED,
     {ADAS(WITHDRAW)},
     .on = &voted,
     CLOSES},

    {"somebody else closes", ERR_FORBIDDEN, {ADAS(CLOSE)}, .on = &fresh},
    {"only the standing says who owns",
     ERR_FORBIDDEN,
     {.kind = CHANGE_CLOSE, .user = OWNER},
     .on = &fresh},
    {"somebody else closes a closed one",
     ERR_FORBIDDEN,
     {ADAS(CLOSE)},
     .on = &fresh,
     CLOSES},
    {"closing at the closing", ERR_POLL_CLOSED, {ADAS(CLOSE)}, .on = &owns, CLOSES},
    {"closing a closed one",
     ERR_POLL_CLOSED,
     {ADAS(CLOSE)},
     .on = &owns,
     .is_closed = true},
    {"somebody else deletes",
     ERR_FORBIDDEN,
     {.kind = CHANGE_DELETE, .user = OWNER},
     .on = &fresh},
    {"no kind", ERR_INTERNAL, {.user = ADA}, .on = &owns},
};

static struct poll_state state_of(const struct refusal *r)
{
    struct poll_state p = open_poll;

    p.rules.vote_change = !r->fixed;
    p.rules.voters = r->registered ? VOTERS_REGISTERED : VOTERS_ANYONE;
    p.closed = r->is_closed;
    return p;
}

static void what_is_refused_writes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(refusals); i++) {
        const struct refusal *r = &refusals[i];
        struct poll_state p = state_of(r);
        struct standing s = *r->on;
        struct change c, untouched;
        bool replay = true;

        s.poll = &p;
        memset(&c, 0x5a, sizeof c);
        memset(&untouched, 0x5a, sizeof untouched);
        CHECK_EQ_AT(
            r->why,
            admit_wish(&s, &r->wish, r->now_ms != 0 ? r->now_ms : NOON, &c, &replay),
            r->rc);
        CHECK_AT(r->why, memcmp(&c, &untouched, sizeof c) == 0);
        CHECK_AT(r->why, replay);
    }
}

struct admission {
    const char *why;
    struct wish wish;
    const struct standing *on;
    uint64_t version;
    uint8_t option, was_option;
    int64_t now_ms; /* 0: NOON */
    bool replay, registered;
};

static const struct admission admissions[] = {
    {"a vote", {ADAS(VOTE), .option = 2}, .on = &fresh, 41, 2},
    {"as it opens", {ADAS(VOTE)}, .on = &fresh, 41, .now_ms = OPENS},
    {"the last moment", {ADAS(VOTE)}, .on = &fresh, 41, .now_ms = CLOSES - 1},
    {"a guest", {ADAS(VOTE), .guest = true}, .on = &fresh, 41},
    {"a registered one", {ADAS(VOTE)}, .on = &fresh, 41, .registered = true},
    {"after a withdrawal", {ADAS(VOTE)}, .on = &withdrawn, 41},
    {"a skip", {ADAS(SKIP), .option = 99}, .on = &fresh, 40},
    {"a guest's skip",
     {ADAS(SKIP), .guest = true},
     .on = &fresh,
     40,
     .registered = true},
    {"a move", {ADAS(MOVE), .option = 2}, .on = &voted, 41, 2, 1},
    {"a move to where it is",
     {ADAS(MOVE), .option = 1},
     .on = &voted,
     41,
     1,
     1,
     .replay = true},
    {"a withdrawal", {ADAS(WITHDRAW)}, .on = &voted, 41, 0, 1},
    {"closing", {ADAS(CLOSE)}, .on = &owns, 40},
    {"before it opens", {ADAS(CLOSE)}, .on = &owns, 40, .now_ms = OPENS - 1},
    {"deleting", {ADAS(DELETE)}, .on = &owns, 40},
    {"deleting once closed", {ADAS(DELETE)}, .on = &owns, 40, .now_ms = CLOSES},
    {"taking a skip back", {ADAS(UNSKIP)}, .on = &skipped, 40},
    {"also once closed", {ADAS(UNSKIP)}, .on = &skipped, 40, .now_ms = CLOSES},
    {"one that is not there", {ADAS(UNSKIP)}, .on = &fresh, 40, .replay = true},
};

static void expect_admission(const struct admission *a)
{
    const struct refusal r = {.registered = a->registered};
    int64_t now_ms = a->now_ms != 0 ? a->now_ms : NOON;
    struct poll_state p = state_of(&r);
    struct standing s = *a->on;
    struct change c;
    bool replay = !a->replay;

    s.poll = &p;
    memset(&c, 0x5a, sizeof c);
    CHECK_EQ_AT(a->why, admit_wish(&s, &a->wish, now_ms, &c, &replay), 0);
    CHECK_EQ_AT(a->why, replay, a->replay);
    CHECK_EQ_AT(a->why, c.kind, a->wish.kind);
    CHECK_EQ_AT(a->why, c.poll, POLL);
    CHECK_EQ_AT(a->why, c.user, ADA);
    CHECK_EQ_AT(a->why, c.at_ms, now_ms);
    CHECK_EQ_AT(a->why, c.version, a->version);
    CHECK_EQ_AT(a->why, c.option, a->option);
    CHECK_EQ_AT(a->why, c.was_option, a->was_option);
    CHECK_EQ_AT(a->why, c.was_closes_ms, c.kind == CHANGE_CLOSE ? CLOSES : 0);
    CHECK_AT(a->why, !c.keyed && !c.was_keyed);
}

static void what_is_admitted_becomes_a_change(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(admissions); i++)
        expect_admission(&admissions[i]);
}

static void a_repeat_gets_its_receipt_again(void **state)
{
    static const struct {
        const char *why;
        struct wish wish;
        const struct standing *on;
        uint64_t version;
    } rows[] = {
        {"of the vote", {ADAS(VOTE), BY_A, .option = 1}, .on = &voted_keyed, 33},
        {"of the vote, not the one before",
         {ADAS(VOTE), BY_A, .option = 1},
         .on = &voted_one_key_twice,
         33},
        {"of a vote that moved since",
         {ADAS(VOTE), BY_A, .option = 1},
         .on = &moved,
         33},
        {"of the one before", {ADAS(VOTE), BY_B, .option = 2}, .on = &voted_again, 22},
        {"of a withdrawn vote", {ADAS(VOTE), BY_B, .option = 2}, .on = &withdrawn, 22},
        {"of a withdrawn vote, skipped since",
         {ADAS(VOTE), BY_B, .option = 2},
         .on = &skipped_since,
         22},
    };
    static const int64_t times[] = {NOON, CLOSES, OPENS - 1};
    (void)state;

    for (size_t i = 0; i < LENGTH(rows) * LENGTH(times); i++) {
        size_t at = i / LENGTH(times);
        struct standing s = *rows[at].on;
        struct change c;
        bool replay = false;

        s.poll = &open_poll;
        CHECK_EQ_AT(
            rows[at].why,
            admit_wish(&s, &rows[at].wish, times[i % LENGTH(times)], &c, &replay), 0);
        CHECK_AT(rows[at].why, replay);
        CHECK_EQ_AT(rows[at].why, c.receipt.version, rows[at].version);
        CHECK_EQ_AT(rows[at].why, c.receipt.option, rows[at].wish.option);
    }
}

/* A key that differs in its last byte only is another one. */
static void a_key_counts_to_its_last_byte(void **state)
{
    struct wish w = {ADAS(VOTE), BY_A, .option = 1};
    struct standing s = voted_keyed;
    struct change c;
    bool replay;
    (void)state;

    s.poll = &open_poll;
    w.key[VOTE_KEY_BYTES - 1] = 1;
    assert_int_equal(admit_wish(&s, &w, NOON, &c, &replay), ERR_ALREADY_VOTED);
}

static void a_keyed_vote_has_a_receipt(void **state)
{
    const struct wish w = {ADAS(VOTE), BY_A, .option = 1};
    struct standing s = fresh;
    struct change c;
    bool replay = true;
    (void)state;

    s.poll = &open_poll;
    assert_int_equal(admit_wish(&s, &w, NOON, &c, &replay), 0);
    assert_false(replay);
    assert_true(c.keyed);
    assert_memory_equal(c.key, w.key, VOTE_KEY_BYTES);
    assert_int_equal(c.receipt.voted_ms, NOON);
    assert_int_equal(c.receipt.version, 42); /* it has opened */
    assert_int_equal(c.receipt.option, 1);
    assert_int_equal(c.receipt.votes_left, UINT32_MAX);
    assert_int_equal(c.receipt.n_options, 3);
    assert_int_equal(c.receipt.counts[0], 5);
    assert_int_equal(c.receipt.counts[1], 7);
    assert_int_equal(c.receipt.counts[2], 7);
}

/* So that the withdrawal can be undone. */
static void a_withdrawal_knows_what_it_replaces(void **state)
{
    static const struct {
        const char *why;
        const struct standing *on;
        bool was_keyed, keyed;
    } rows[] = {
        {"nothing", .on = &voted, false, false},
        {"nothing, by a receipt", .on = &voted_keyed, true, false},
        {"a receipt, by none", .on = &voted_again_unkeyed, false, true},
        {"a receipt, by another", .on = &voted_again, true, true},
    };
    const struct wish w = {ADAS(WITHDRAW)};
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct standing s = *rows[i].on;
        struct change c;
        bool replay = true;

        s.poll = &open_poll;
        CHECK_EQ_AT(rows[i].why, admit_wish(&s, &w, NOON, &c, &replay), 0);
        CHECK_AT(rows[i].why, !replay);
        CHECK_EQ_AT(rows[i].why, c.was_keyed, rows[i].was_keyed);
        CHECK_EQ_AT(rows[i].why, c.keyed, rows[i].keyed);
        CHECK_EQ_AT(rows[i].why, c.receipt.version, rows[i].keyed ? 22 : 0);
        CHECK_AT(rows[i].why, !c.keyed || memcmp(c.key, told_b.key, sizeof c.key) == 0);
    }
}

static void an_edit_is_judged_by_its_fields(void **state)
{
    static const struct {
        const char *why;
        uint32_t fields;
        bool owns;
        uint32_t total;
        int64_t opens_ms, closes_ms; /* to be */
        int rc;
    } rows[] = {
        {"the owner's", POLL_TITLE | POLL_TAGS, true, 0, 0, 0, 0},
        {"somebody else's", POLL_DESCRIPTION, false, 0, 0, 0, ERR_FORBIDDEN},
        {"somebody else's, with votes", POLL_TITLE, false, 1, 0, 0, ERR_FORBIDDEN},
        {"a title under votes", POLL_TITLE, true, 1, 0, 0, ERR_CONFLICT},
        {"a description under votes", POLL_DESCRIPTION, true, 1, 0, 0, 0},
        {"a closing under votes", POLL_CLOSES, true, 1, 0, LATER, 0},
        {"closes as it opens", POLL_CLOSES, true, 0, 0, OPENS, ERR_INVALID},
        {"opens as it closes", POLL_OPENS, true, 0, CLOSES, 0, ERR_INVALID},
        {"closes just after", POLL_CLOSES, true, 0, 0, OPENS + 1, 0},
        {"opens just before", POLL_OPENS, true, 0, CLOSES - 1, 0, 0},
        {"never closes", POLL_CLOSES, true, 0, 0, 0, 0},
        {"opens at once", POLL_OPENS, true, 0, 0, 0, 0},
        {"votes come before times", POLL_OPENS, true, 1, CLOSES, 0, ERR_CONFLICT},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        const struct poll values = {
            .rules = {.opens_ms = rows[i].opens_ms, .closes_ms = rows[i].closes_ms}};
        const struct poll_edit edit = {5, rows[i].fields, &values};
        const struct wish w = {.kind = CHANGE_EDIT, .user = OWNER, .edit = &edit};
        const struct standing s = {
            .poll = &open_poll, .owns = rows[i].owns, .total = rows[i].total};
        struct change c;
        bool replay = true;

        CHECK_EQ_AT(rows[i].why, admit_wish(&s, &w, CLOSES, &c, &replay), rows[i].rc);
        CHECK_EQ_AT(rows[i].why, replay, rows[i].rc != 0);
    }
}

/* Times that were out of order before do not hinder another edit. */
static void an_edit_of_a_text_leaves_times_alone(void **state)
{
    static const struct poll values;
    const struct poll_edit edit = {5, POLL_TITLE, &values};
    const struct wish w = {.kind = CHANGE_EDIT, .user = OWNER, .edit = &edit};
    struct poll_state p = open_poll;
    const struct standing s = {.poll = &p, .owns = true};
    struct change c;
    bool replay;
    (void)state;

    p.rules.closes_ms = OPENS;
    assert_int_equal(admit_wish(&s, &w, NOON, &c, &replay), 0);
}

static void an_edit_can_be_applied_and_taken_back(void **state)
{
    static const struct poll values = {.rules = {.n_options = 2, .closes_ms = LATER}};
    const struct poll_edit edit = {5, POLL_TEXTS | POLL_CLOSES, &values};
    const struct wish w = {.kind = CHANGE_EDIT, .user = OWNER, .edit = &edit};
    struct poll_state p = open_poll;
    const struct standing s = {.poll = &p, .owns = true};
    struct change c;
    bool replay;
    (void)state;

    p.closed = true;
    assert_int_equal(admit_wish(&s, &w, CLOSES, &c, &replay), 0);
    assert_int_equal(c.version, 43); /* above what was visible */
    assert_int_equal(c.edit.id, 5);
    assert_int_equal(c.edit.rules.n_options, 2);
    assert_int_equal(c.edit.rules.closes_ms, LATER);
    assert_int_equal(c.edit.rules.opens_ms, OPENS);
    assert_int_equal(c.edit.rules.edits, 1);
    assert_int_equal(c.edit.was_rules.n_options, 3);
    assert_int_equal(c.edit.was_rules.closes_ms, CLOSES);
    assert_int_equal(c.edit.was_version, 40);
    assert_true(c.edit.was_opened);
    assert_true(c.edit.was_closed);
}

static void each_step_of_time_is_a_version(void **state)
{
    static const struct {
        int64_t now_ms;
        bool moves;
        uint64_t version;
        enum poll_status status;
    } steps[] = {
        {OPENS - 1, false, 40, POLL_SCHEDULED}, {OPENS, true, 41, POLL_OPEN},
        {OPENS - 1, false, 41, POLL_OPEN},      {CLOSES - 1, false, 41, POLL_OPEN},
        {CLOSES, true, 42, POLL_CLOSED},        {CLOSES, false, 42, POLL_CLOSED},
        {NOON, false, 42, POLL_CLOSED},
    };
    struct poll_state p = open_poll;
    (void)state;

    p.opened = false;
    for (size_t i = 0; i < LENGTH(steps); i++) {
        assert_int_equal(poll_state_touch(&p, steps[i].now_ms), steps[i].moves);
        assert_int_equal(poll_state_version(&p), steps[i].version);
        assert_int_equal(poll_state_status(&p), steps[i].status);
    }
    p.rules.opens_ms = 0;
    p.opened = p.closed = false;
    assert_int_equal(poll_state_status(&p), POLL_OPEN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_refused_writes_nothing),
        cmocka_unit_test(what_is_admitted_becomes_a_change),
        cmocka_unit_test(a_repeat_gets_its_receipt_again),
        cmocka_unit_test(a_key_counts_to_its_last_byte),
        cmocka_unit_test(a_keyed_vote_has_a_receipt),
        cmocka_unit_test(a_withdrawal_knows_what_it_replaces),
        cmocka_unit_test(an_edit_is_judged_by_its_fields),
        cmocka_unit_test(an_edit_of_a_text_leaves_times_alone),
        cmocka_unit_test(an_edit_can_be_applied_and_taken_back),
        cmocka_unit_test(each_step_of_time_is_a_version),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
