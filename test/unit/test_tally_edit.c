/* test_tally_edit.c — edits: what votes forbid, what becomes of versions, and back. */
#include "lib/check.h"

#include <stdbool.h>

#include "base/err.h"
#include "core/tally.h"

enum { POLL = 7, OWNER = 1, ADA = 10 };
enum { OPENS = 1000, NOON = 5000, CLOSES = 9000, NIGHT = 9500, LATER = 20000 };

static const struct poll_rules plain = {.owner_id = OWNER, .n_options = 3};

static struct wish edit_wish(struct poll_edit *edit, uint32_t fields,
                             const struct poll *values)
{
    *edit = (struct poll_edit){.id = 5, .fields = fields, .values = values};
    return (struct wish){.kind = CHANGE_EDIT, .user = OWNER, .edit = edit};
}

static int admit(struct tally *t, const struct wish *w, int64_t now_ms,
                 struct change *ret_change)
{
    bool replay = true;
    int rc;

    tally_touch(t, now_ms);
    rc = tally_admit(t, w, now_ms, ret_change, &replay);
    if (rc == 0)
        assert_false(replay);
    return rc;
}

static void vote(struct tally *t, int64_t now_ms)
{
    const struct wish w = {.kind = CHANGE_VOTE, .user = ADA, .option = 1};
    struct change c;

    assert_int_equal(admit(t, &w, now_ms, &c), 0);
    tally_apply(t, &c);
}

static void a_vote_freezes_all_but_two_fields(void **state)
{
    static const struct {
        const char *why;
        uint32_t fields;
        int fresh, voted;
    } rows[] = {
        {"title", POLL_TITLE, 0, ERR_CONFLICT},
        {"description", POLL_DESCRIPTION, 0, 0},
        {"options", POLL_TEXTS, 0, ERR_CONFLICT},
        {"tags", POLL_TAGS, 0, ERR_CONFLICT},
        {"opensAt", POLL_OPENS, 0, ERR_CONFLICT},
        {"closesAt", POLL_CLOSES, 0, 0},
        {"visibility", POLL_VISIBILITY, 0, ERR_CONFLICT},
        {"voters", POLL_VOTERS, 0, ERR_CONFLICT},
        {"voteChange", POLL_VOTE_CHANGE, 0, ERR_CONFLICT},
        {"both that may", POLL_DESCRIPTION | POLL_CLOSES, 0, 0},
        {"one that may not among them", POLL_CLOSES | POLL_TAGS, 0, ERR_CONFLICT},
    };
    static const struct poll values = {.rules = {.n_options = 2, .closes_ms = LATER}};
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct tally *t = tally_new(POLL, &plain, 1);
        struct poll_edit edit;
        struct wish w = edit_wish(&edit, rows[i].fields, &values);
        struct change c;

        CHECK_EQ_AT(rows[i].why, admit(t, &w, NOON, &c), rows[i].fresh);
        vote(t, NOON);
        CHECK_EQ_AT(rows[i].why, admit(t, &w, NOON, &c), rows[i].voted);
        w.user = ADA;
        CHECK_EQ_AT(rows[i].why, admit(t, &w, NOON, &c), ERR_FORBIDDEN);
        w.user = OWNER;
        w.guest = true;
        CHECK_EQ_AT(rows[i].why, admit(t, &w, NOON, &c), ERR_FORBIDDEN);
        tally_free(t);
    }
}

static void times_have_to_be_in_order(void **state)
{
    static const struct poll values = {.rules = {.opens_ms = CLOSES}};
    struct poll_rules rules = plain;
    struct poll_edit edit;
    struct wish w = edit_wish(&edit, POLL_OPENS, &values);
    struct change c;
    struct tally *t;
    (void)state;

    rules.closes_ms = CLOSES;
    t = tally_new(POLL, &rules, 1);
    assert_int_equal(admit(t, &w, NOON, &c), ERR_INVALID);
    edit.fields = POLL_TITLE;
    assert_int_equal(admit(t, &w, NOON, &c), 0);
    tally_free(t);
}

/* Before and after: what is visible, and that it comes out of the stored base version
 * and the clock again. */
static void versions_grow_whatever_time_has_made(void **state)
{
    static const struct {
        const char *why;
        int64_t opens_ms, closes_ms, now_ms;
        uint32_t fields;
        struct poll_rules to;
        enum poll_status status;
    } rows[] = {
        {"plain", 0, 0, NOON, POLL_DESCRIPTION, {0}, POLL_OPEN},
        {"has opened", OPENS, 0, NOON, POLL_DESCRIPTION, {0}, POLL_OPEN},
        {"has closed", OPENS, CLOSES, NIGHT, POLL_DESCRIPTION, {0}, POLL_CLOSED},
        {"opens again", OPENS, CLOSES, NIGHT, POLL_CLOSES, {0}, POLL_OPEN},
        {"opens again for a while",
         OPENS,
         CLOSES,
         NIGHT,
         POLL_CLOSES,
         {.closes_ms = LATER},
         POLL_OPEN},
        {"is put off", 0, 0, NOON, POLL_OPENS, {.opens_ms = LATER}, POLL_SCHEDULED},
        {"opens at once", LATER, 0, NOON, POLL_OPENS, {0}, POLL_OPEN},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct poll_rules rules = plain;
        struct poll values = {.rules = rows[i].to}, again = {.id = POLL};
        struct poll_edit edit;
        struct wish w = edit_wish(&edit, rows[i].fields, &values);
        static const uint32_t none[LIMIT_OPTIONS];
        struct result before = {0}, after = {0}, loaded;
        struct change c;
        struct tally *t;

        rules.opens_ms = rows[i].opens_ms;
        rules.closes_ms = rows[i].closes_ms;
        t = tally_new(POLL, &rules, 4);
        tally_touch(t, rows[i].now_ms);
        tally_result(t, &before);
        CHECK_EQ_AT(rows[i].why, admit(t, &w, rows[i].now_ms, &c), 0);
        tally_apply(t, &c);
        tally_apply(t, &c); /* again: nothing */
        tally_result(t, &after);
        CHECK_EQ_AT(rows[i].why, after.status, rows[i].status);
        CHECK_AT(rows[i].why, after.version > before.version);
        CHECK_AT(rows[i].why, !tally_touch(t, rows[i].now_ms));

        again.rules = *tally_rules(t);
        tally_result_at(&again, tally_base_version(t), none, 0, rows[i].now_ms,
                        &loaded);
        CHECK_EQ_AT(rows[i].why, loaded.version, after.version);
        CHECK_EQ_AT(rows[i].why, loaded.status, after.status);

        tally_revert(t, &c);
        tally_result(t, &after);
        CHECK_AT(rows[i].why, memcmp(&after, &before, sizeof after) == 0);
        CHECK_EQ_AT(rows[i].why, tally_base_version(t), 4);
        CHECK_EQ_AT(rows[i].why, tally_rules(t)->closes_ms, rows[i].closes_ms);
        tally_free(t);
    }
}

static void options_come_and_go(void **state)
{
    static const uint32_t numbers[] = {2, 20, 3, 4};
    struct tally *t = tally_new(POLL, &plain, 1);
    struct result r;
    (void)state;

    for (size_t i = 0; i < LENGTH(numbers); i++) {
        struct poll values = {.rules.n_options = numbers[i]};
        struct poll_edit edit;
        struct wish w = edit_wish(&edit, POLL_TEXTS, &values);
        struct change c, first;

        assert_int_equal(admit(t, &w, NOON, &first), 0);
        tally_apply(t, &first);
        tally_revert(t, &first);
        tally_result(t, &r);
        assert_int_equal(r.n_options, i == 0 ? 3 : numbers[i - 1]);
        assert_int_equal(admit(t, &w, NOON, &c), 0);
        tally_apply(t, &c);
        tally_result(t, &r);
        assert_int_equal(r.n_options, numbers[i]);
        assert_int_equal(r.version, 2 + i);
    }
    vote(t, NOON);
    assert_int_equal(tally_choice(t, ADA), 1);
    tally_free(t);
}

/* ---- definitions ---- */

static struct poll definition(void)
{
    return (struct poll){.title = STR("t"),
                         .owner_name = STR("ada"),
                         .description = STR("d"),
                         .options = {STR("a"), STR("b")},
                         .tags = {STR("x"), STR("y")},
                         .n_tags = 2,
                         .rules = {.owner_id = OWNER, .n_options = 2}};
}

static void only_what_differs_is_an_edit(void **state)
{
    struct poll p = definition(), same = definition(), other = definition();
    (void)state;

    assert_int_equal(poll_differs(&p, POLL__FIELDS, &same), 0);
    other.title = STR("T");
    other.description = (struct str){NULL, 0};
    other.options[1] = STR("B");
    other.n_tags = 1;
    other.rules.opens_ms = other.rules.closes_ms = 1;
    other.rules.visibility = VISIBLE_AFTER_VOTE;
    other.rules.voters = VOTERS_REGISTERED;
    other.rules.vote_change = true;
    assert_int_equal(poll_differs(&p, POLL__FIELDS, &other), POLL__FIELDS);
    for (uint32_t field = 1; field < POLL__FIELDS; field *= 2) {
        struct poll *edited = poll_edited(&p, field, &other);

        assert_int_equal(poll_differs(&p, POLL__FIELDS, edited), field);
        CHECK_STR(edited->owner_name, "ada");
        assert_int_equal(edited->rules.owner_id, OWNER);
        poll_unref(edited);
    }
    same.description = STR("");
    p.description = (struct str){NULL, 0};
    assert_int_equal(poll_differs(&p, POLL__FIELDS, &same), POLL_DESCRIPTION);
}

/* Options may come and go when the last vote was withdrawn: what was said stays. */
static void a_receipt_outlives_an_edit_of_the_options(void **state)
{
    static const struct poll values = {.rules = {.n_options = 2}};
    struct poll_rules rules = plain;
    struct tally *t;
    struct poll_edit edit;
    struct wish w = {.kind = CHANGE_VOTE, .user = ADA, .option = 2, .keyed = true};
    struct wish edits = edit_wish(&edit, POLL_TEXTS, &values), gone = w;
    struct change c;
    bool replay = false;
    (void)state;

    rules.vote_change = true;
    t = tally_new(POLL, &rules, 1);
    gone.kind = CHANGE_WITHDRAW;
    const struct wish *const wishes[] = {&w, &gone, &edits};
    for (size_t i = 0; i < LENGTH(wishes); i++) {
        assert_int_equal(admit(t, wishes[i], NOON, &c), 0);
        tally_apply(t, &c);
    }
    assert_int_equal(tally_rules(t)->n_options, 2);
    assert_int_equal(tally_admit(t, &w, NOON, &c, &replay), 0);
    assert_true(replay);
    assert_int_equal(c.receipt.option, 2);
    assert_int_equal(c.receipt.n_options, 3);
    assert_int_equal(c.receipt.counts[2], 1);
    tally_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_vote_freezes_all_but_two_fields),
        cmocka_unit_test(times_have_to_be_in_order),
        cmocka_unit_test(versions_grow_whatever_time_has_made),
        cmocka_unit_test(options_come_and_go),
        cmocka_unit_test(only_what_differs_is_an_edit),
        cmocka_unit_test(a_receipt_outlives_an_edit_of_the_options),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
