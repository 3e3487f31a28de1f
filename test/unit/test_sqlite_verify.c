/* test_sqlite_verify.c — what verify finds in a database that was tampered with, and
 * how reading it fails. */
#include "lib/check.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/err.h"
#include "lib/store_world.h"

/* ---- verify ---- */

struct findings {
    size_t n;
    char texts[8][512];
};

static void keep_finding(void *user, const char *text)
{
    struct findings *f = user;

    if (f->n < LENGTH(f->texts))
        snprintf(f->texts[f->n], sizeof f->texts[0], "%s", text);
    f->n++;
}

/* What is done to the database of tamper_with(), and the finding that tells. */
struct tampering {
    const char *why, *sql, *finding;
};

static const struct tampering tamperings[] = {
    {"a poll that search does not know", "DELETE FROM poll_words_docsize",
     "search knows 0 polls, and there are 2"},
    {"a vote is gone", "DELETE FROM votes WHERE user_id = 7",
     "poll 1: 1 votes for option 0 are stored, and its rows are 0"},
    {"and so the total", "DELETE FROM votes WHERE user_id = 7",
     "poll 1: 2 votes are stored, and its rows are 1"},
    {"a vote was added", "INSERT INTO votes VALUES (2, 7, 1, 1, 2, NULL, NULL)",
     "poll 2: 0 votes for option 1 are stored, and its rows are 1"},
    {"a vote was moved", "UPDATE votes SET option = 1 WHERE user_id = 7",
     "poll 1: 1 votes for option 1 are stored, and its rows are 2"},
    {"an option that the poll does not have",
     "UPDATE votes SET option = 2 WHERE user_id = 7",
     "poll 1: 1 votes are for option 2, which it does not have"},
    {"an option that no poll has", "UPDATE votes SET option = 20 WHERE user_id = 7",
     "poll 1: user 7 voted for option 20, which no poll has"},
    {"a skip is gone", "DELETE FROM skips",
     "poll 1: 1 skips are stored, and its rows are 0"},
    {"the total is wrong", "UPDATE results SET total = 3 WHERE poll_id = 1",
     "poll 1: 3 votes are stored, and its rows are 2"},
    {"the counts are not one for each option",
     "UPDATE results SET counts = '[1,1,0]' WHERE poll_id = 1",
     "poll 1 has no counts, or not one for each of its options"},
    {"the counts are no list", "UPDATE results SET counts = '' WHERE poll_id = 1",
     "poll 1 has no counts"},
    {"the result is gone", "DELETE FROM results WHERE poll_id = 2",
     "poll 2 has no counts"},
    {"the version is below the votes",
     "UPDATE results SET base_version = 2 WHERE poll_id = 1",
     "poll 1 is at version 2, and its votes need at least 3"},
    {"the version is below a vote's", "UPDATE votes SET version = 9 WHERE user_id = 7",
     "poll 1 is at version 5, and its votes need at least 9"},
    {"votes of no poll", "DELETE FROM polls WHERE id = 1",
     "poll 1 is not there, but has 2 votes and 1 skips"},
    {"votes of no poll, behind all",
     "INSERT INTO votes VALUES (9, 7, 0, 1, 2, NULL, NULL)",
     "poll 9 is not there, but has 1 votes and 0 skips"},
    {"skips of no poll", "INSERT INTO skips VALUES (9, 7, 1)",
     "poll 9 is not there, but has 0 votes and 1 skips"},
    {"voted and skipped", "INSERT INTO skips VALUES (1, 7, 1)",
     "poll 1: user 7 has both voted and skipped"},
    {"a receipt is cut off", "UPDATE votes SET receipt = x'0080' WHERE user_id = 8",
     "poll 1: the receipt of user 8 cannot be read"},
    {"a withdrawn receipt is cut off",
     "UPDATE withdrawn_receipts SET receipt = x'0080'",
     "poll 1: the receipt of user 6, who withdrew, cannot be read"},
    {"its key is cut off", "UPDATE withdrawn_receipts SET key = x'00'",
     "poll 1: the receipt of user 6, who withdrew, cannot be read"},
    {"a withdrawn receipt of no poll", "UPDATE withdrawn_receipts SET poll_id = 9",
     "poll 9 is not there, but has a withdrawn vote's receipt"},
    {"a key of no poll", "UPDATE poll_keys SET poll_id = 9 WHERE deleted = 0",
     "poll 9 has a key, and is not there for its owner"},
    {"a key of somebody else's poll", "UPDATE polls SET owner_id = NULL WHERE id = 2",
     "poll 2 has a key, and is not there for its owner"},
    {"a key that outlives nothing", "UPDATE poll_keys SET deleted = 1",
     "poll 2 is there, and its key is a deleted poll's"},
    {"a day is too low", "DELETE FROM daily_votes WHERE user_id = 7",
     "user 7: 0 votes are stored for the newest day, and 1 are there"},
    {"an owner who is not there", "UPDATE polls SET owner_id = 99 WHERE id = 2",
     "row 2 of polls refers to accounts that are not there"},
};

static bool has_finding(const struct findings *f, const char *text)
{
    for (size_t i = 0; i < f->n && i < LENGTH(f->texts); i++)
        if (strstr(f->texts[i], text) != NULL)
            return true;
    return false;
}

/* Poll 1: user 7 for option 0, 8 for 1 (keyed); user 9 skipped, 6 withdrew (keyed).
 * Poll 2: none. */
static void tamper_with(struct world *w, const char *sql)
{
    uint32_t poll = add_poll(w, 2);

    add_key(w, &(struct poll_key){.key = {1}}, add_poll(w, 2));
    PROJECT(w, vote(poll, 7, 0, 2), keyed_vote(poll, 8, 1, 3), skipping(poll, 9),
            keyed_vote(poll, 6, 0, 4), withdrawal(poll, 6, 0, 5));
    verified(w);
    run_sql(w, sql);
    if (strstr(sql, "DELETE FROM polls") != NULL) /* its keys were off */
        run_sql(w, "DELETE FROM results WHERE poll_id = 1");
}

static void verify_finds_what_was_tampered_with(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(tamperings); i++) {
        const struct tampering *t = &tamperings[i];
        struct world *w = world_new(&backend_sqlite);
        struct findings f = {0};
        const struct store_report to = {.finding = keep_finding, .user = &f};
        struct store_totals totals;

        tamper_with(w, t->sql);
        CHECK_EQ_AT(t->why, w->s->ops->verify(w->s, &to, &totals), ERR_CONFLICT);
        if (!has_finding(&f, t->finding))
            fail_msg("%s: %zu findings, the first: %s", t->why, f.n, f.texts[0]);
        world_free(w);
    }
}

static void verify_finds_a_damaged_page(void **state)
{
    struct world *w = *state;
    struct findings f = {0};
    const struct store_report to = {.finding = keep_finding, .user = &f};
    struct store_totals totals;
    char junk[4096];
    int fd;

    add_poll(w, 2);
    world_reopen(w); /* out of the WAL */
    world_close(w);
    memset(junk, 0x5a, sizeof junk);
    fd = open(path_of(w).text, O_RDWR);
    assert_true(fd >= 0);
    assert_int_equal(pwrite(fd, junk, sizeof junk, 4096), sizeof junk);
    close(fd);
    w->s = backend_sqlite.open(w->dir);
    assert_int_equal(w->s->ops->verify(w->s, &to, &totals), ERR_CONFLICT);
    CHECK_HAS(str_of(f.texts[0]), "the database");
}

static void totals_are_of_the_rows(void **state)
{
    struct world *w = *state;
    uint32_t poll = add_poll(w, 2);
    struct store_totals totals;

    add_poll(w, 2);
    PROJECT(w, vote(poll, 7, 0, 2), vote(poll, 8, 1, 3), skipping(poll, 9));
    totals = verified(w);
    assert_int_equal(totals.accounts, 1);
    assert_int_equal(totals.polls, 2);
    assert_int_equal(totals.votes, 2);
    assert_int_equal(totals.skips, 1);
}

/* ---- reading what was tampered with ---- */

static void a_receipt_that_cannot_be_read_is_an_error_with_its_user(void **state)
{
    static const struct {
        const char *why, *sql, *errmsg;
    } rows[] = {
        {"of a vote", "UPDATE votes SET receipt = x'0080'",
         "poll 1: the receipt of user 8 cannot be read"},
        {"of a withdrawn one", "UPDATE withdrawn_receipts SET receipt = x'0080'",
         "poll 1: the receipt of user 6, who withdrew, cannot be read"},
        {"its key", "UPDATE withdrawn_receipts SET key = x'00'",
         "poll 1: the receipt of user 6, who withdrew, cannot be read"},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct world *own = world_new(&backend_sqlite);
        uint32_t poll = add_poll(own, 2);
        struct tally *t;

        PROJECT(own, keyed_vote(poll, 8, 1, 2), keyed_vote(poll, 6, 0, 3),
                withdrawal(poll, 6, 0, 4));
        run_sql(own, rows[i].sql);
        CHECK_EQ_AT(rows[i].why, own->s->ops->tally_load(own->s, poll, &t),
                    ERR_UNAVAILABLE);
        CHECK_HAS_AT(rows[i].why, str_of(own->s->ops->errmsg(own->s, STORE_READER)),
                     rows[i].errmsg);
        world_free(own);
    }
}

static int drop(void *user, struct stored_poll *p)
{
    (void)user;
    poll_unref(p->poll);
    return 0;
}

static void a_poll_that_cannot_be_read_is_an_error_with_its_id(void **state)
{
    static const struct {
        const char *why, *sql, *errmsg;
    } rows[] = {
        {"an option is a number",
         "DROP TRIGGER poll_words_change; UPDATE polls SET options = '[1,\"b\"]'",
         "poll 1 has options or tags that cannot be read"},
        {"fewer options than counts",
         "DROP TRIGGER poll_words_change; UPDATE polls SET options = '[\"a\"]'",
         "poll 1 has options or tags that cannot be read"},
        {"a tag is a number",
         "DROP TRIGGER poll_words_change; UPDATE polls SET tags = '[1]'",
         "poll 1 has options or tags that cannot be read"},
        {"no counts", "UPDATE results SET counts = '[]'",
         "poll 1 has no counts, or none that can be read"},
        {"unknown rules",
         "PRAGMA ignore_check_constraints = 1; UPDATE polls SET voters = 'cats'",
         "poll 1 has rules that are not known"},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct world *own = world_new(&backend_sqlite);

        add_poll(own, 2);
        run_sql(own, rows[i].sql);
        CHECK_EQ_AT(rows[i].why, own->s->ops->each_poll(own->s, drop, NULL),
                    ERR_UNAVAILABLE);
        CHECK_STR_AT(rows[i].why, str_of(own->s->ops->errmsg(own->s, STORE_READER)),
                     rows[i].errmsg);
        world_free(own);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(verify_finds_what_was_tampered_with),
        SQLITE_TEST(verify_finds_a_damaged_page),
        SQLITE_TEST(totals_are_of_the_rows),
        cmocka_unit_test(a_receipt_that_cannot_be_read_is_an_error_with_its_user),
        cmocka_unit_test(a_poll_that_cannot_be_read_is_an_error_with_its_id),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
