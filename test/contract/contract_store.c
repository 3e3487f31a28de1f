/* contract_store.c — what every store promises (store.h), asked of each. Receipts,
 * people, search and edits have files of their own. */
#include "lib/check.h"

#include <stdio.h>

#include "base/err.h"
#include "lib/store_world.h"

/* ---- transactions ---- */

static void what_is_rolled_back_was_never_there(void **state)
{
    struct world *w = *state;
    uint32_t poll = add_poll(w, 2);
    struct change c = vote(poll, 7, 1, 2);
    struct account a = {.username = "bob", .email = "bob@example.org"};
    const char *field;

    begin(w);
    assert_int_equal(w->s->ops->project(w->s, &c, 1), 0);
    assert_int_equal(w->s->ops->set_position(w->s, 99), 0);
    assert_int_equal(w->s->ops->account_add(w->s, &a, &field), 0);
    w->s->ops->rollback(w->s);

    uint64_t position = 1;
    assert_int_equal(w->s->ops->position(w->s, &position), 0);
    assert_int_equal(position, 0);
    assert_string_equal(result_of(w, poll), "v1 total 0 skips 0: 0 0");
    assert_int_equal(w->s->ops->account_by_email(w->s, a.email, &a), ERR_NOT_FOUND);
    assert_int_equal(daily(w, store_day(c.at_ms), 7), 0);
    verified(w);
}

static void the_reader_sees_what_is_committed(void **state)
{
    struct world *w = *state;
    uint32_t poll = add_poll(w, 2);
    struct change c = vote(poll, 7, 1, 2);

    begin(w);
    assert_int_equal(w->s->ops->project(w->s, &c, 1), 0);
    assert_string_equal(result_of(w, poll), "v1 total 0 skips 0: 0 0");
    commit(w);
    assert_string_equal(result_of(w, poll), "v2 total 1 skips 0: 0 1");
}

static void the_position_is_kept_with_the_changes(void **state)
{
    struct world *w = *state;
    uint64_t position, far = 1ULL << 40;
    struct change c = vote(add_poll(w, 2), 7, 1, 2);

    begin(w);
    assert_int_equal(w->s->ops->project(w->s, &c, 1), 0);
    assert_int_equal(w->s->ops->set_position(w->s, far), 0);
    commit(w);
    assert_int_equal(w->s->ops->position(w->s, &position), 0);
    assert_true(position == far);
}

/* ---- accounts ---- */

static void an_account_is_found_by_id_and_by_email(void **state)
{
    struct world *w = *state;
    uint32_t id = add_user(w, "Zo\u00eb", "Zo\u00eb@Example.org");
    static const struct {
        const char *why, *email;
        int rc;
    } rows[] = {
        {"as given", "Zo\u00eb@Example.org", 0},
        {"in other letters", "zO\u00cb@eXAMPLE.ORG", 0},
        {"another address", "zoe@example.org", ERR_NOT_FOUND},
        {"no address", "", ERR_NOT_FOUND},
    };

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct account a;

        CHECK_EQ_AT(rows[i].why, w->s->ops->account_by_email(w->s, rows[i].email, &a),
                    rows[i].rc);
        if (rows[i].rc == 0)
            CHECK_EQ_AT(rows[i].why, a.id, id);
    }

    struct account a;
    assert_int_equal(w->s->ops->account_by_id(w->s, id, &a), 0);
    assert_string_equal(a.username, "Zo\u00eb");
    assert_string_equal(a.email, "Zo\u00eb@Example.org");
    assert_string_equal(a.password_hash, "a hash");
    assert_int_equal(a.created_ms, T0);
    assert_false(a.guest);
    assert_int_equal(w->s->ops->account_by_id(w->s, id + 1, &a), ERR_NOT_FOUND);
}

static void names_are_taken_whatever_their_case(void **state)
{
    struct world *w = *state;
    static const struct {
        const char *why, *username, *email, *field; /* NULL: free */
    } rows[] = {
        {"the same name", "ada", "other@example.org", "username"},
        {"in capitals", "ADA", "other@example.org", "username"},
        {"the same address", "lovelace", "ADA@example.ORG", "email"},
        {"both: the name is told", "Ada", "ada@example.org", "username"},
        {"accented, the first", "\u00c9mile", "e1@example.org", NULL},
        {"accented, in small letters", "\u00e9MILE", "e2@example.org", "username"},
        {"sigma, the first", "\u039d\u0399\u039a\u039f\u03a3", "s1@example.org", NULL},
        {"with a final sigma", "\u03bd\u03b9\u03ba\u03bf\u03c2", "s2@example.org",
         "username"},
        {"another name", "adam", "adam@example.org", NULL},
    };

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct account a = {.created_ms = T0};
        const char *field = "nothing";

        snprintf(a.username, sizeof a.username, "%s", rows[i].username);
        snprintf(a.email, sizeof a.email, "%s", rows[i].email);
        begin(w);
        CHECK_EQ_AT(rows[i].why, w->s->ops->account_add(w->s, &a, &field),
                    rows[i].field != NULL ? ERR_CONFLICT : 0);
        commit(w);
        if (rows[i].field != NULL)
            CHECK_STR_AT(rows[i].why, str_of(field), rows[i].field);
    }
    assert_int_equal(verified(w).accounts, 4);
}

static void a_refusal_does_not_harm_its_neighbours(void **state)
{
    struct world *w = *state;
    struct account a = {.username = "bob", .email = "bob@example.org"};
    struct account again = {.username = "ada", .email = "x@example.org"};
    struct account nameless = {.guest = false};
    struct account c = {.username = "cyd", .email = "cyd@example.org"};
    struct poll orphan = {.title = STR("?"), .rules = {.owner_id = 77, .n_options = 2}};
    const char *field;
    uint32_t id;

    orphan.options[0] = STR("a");
    orphan.options[1] = STR("b");
    begin(w);
    assert_int_equal(w->s->ops->account_add(w->s, &a, &field), 0);
    assert_int_equal(w->s->ops->account_add(w->s, &again, &field), ERR_CONFLICT);
    assert_int_equal(w->s->ops->account_add(w->s, &nameless, &field), ERR_INVALID);
    assert_int_equal(w->s->ops->poll_add(w->s, &orphan, &id), ERR_NOT_FOUND);
    assert_int_equal(w->s->ops->account_add(w->s, &c, &field), 0);
    commit(w);
    assert_int_equal(w->s->ops->account_by_id(w->s, a.id, &again), 0);
    assert_string_equal(again.username, "bob");
    assert_int_equal(w->s->ops->account_by_id(w->s, c.id, &again), 0);
    assert_string_equal(again.username, "cyd");
    assert_int_equal(verified(w).accounts, 3);
    assert_int_equal(verified(w).polls, 0);
}

static void guests_have_no_names_that_could_be_taken(void **state)
{
    struct world *w = *state;
    struct account a = {.guest = true, .created_ms = T0}, b = a, read;
    const char *field;

    begin(w);
    assert_int_equal(w->s->ops->account_add(w->s, &a, &field), 0);
    assert_int_equal(w->s->ops->account_add(w->s, &b, &field), 0);
    commit(w);
    assert_int_not_equal(a.id, b.id);
    assert_int_equal(w->s->ops->account_by_id(w->s, b.id, &read), 0);
    assert_true(read.guest);
    assert_string_equal(read.username, "");
    assert_string_equal(read.email, "");
}

/* ---- polls ---- */

static void a_poll_is_read_as_it_was_written(void **state)
{
    struct world *w = *state;
    struct poll p = {
        .created_ms = T0,
        .title = STR("\"Quoted\" \\ \u00fcml\u00e4ut \U0001f600\n"),
        .description = STR(""),
        .options = {STR("C"), STR("a,b"), STR("\001\"]")},
        .tags = {STR("programming"), STR("c")},
        .n_tags = 2,
        .rules = {.owner_id = w->owner,
                  .n_options = 3,
                  .visibility = VISIBLE_AFTER_CLOSE,
                  .voters = VOTERS_REGISTERED,
                  .vote_change = true,
                  .opens_ms = T0 + 5,
                  .closes_ms = T0 + 9},
    };
    uint32_t id;

    begin(w);
    assert_int_equal(w->s->ops->poll_add(w->s, &p, &id), 0);
    commit(w);

    struct poll *got = definition(w, id);
    assert_int_equal(got->id, id);
    assert_int_equal(got->created_ms, T0);
    CHECK_STR(got->title, p.title.at);
    CHECK_STR(got->owner_name, "ada");
    assert_non_null(got->description.at);
    assert_int_equal(got->description.len, 0);
    for (uint32_t i = 0; i < 3; i++)
        CHECK_STR(got->options[i], p.options[i].at);
    assert_int_equal(got->n_tags, 2);
    CHECK_STR(got->tags[0], "programming");
    CHECK_STR(got->tags[1], "c");
    assert_int_equal(got->rules.owner_id, w->owner);
    assert_int_equal(got->rules.n_options, 3);
    assert_int_equal(got->rules.visibility, VISIBLE_AFTER_CLOSE);
    assert_int_equal(got->rules.voters, VOTERS_REGISTERED);
    assert_true(got->rules.vote_change);
    assert_int_equal(got->rules.opens_ms, T0 + 5);
    assert_int_equal(got->rules.closes_ms, T0 + 9);
    poll_unref(got);
    assert_string_equal(result_of(w, id), "v1 total 0 skips 0: 0 0 0");
}

static void what_a_poll_does_not_have_stays_missing(void **state)
{
    struct world *w = *state;
    struct poll *got = definition(w, add_poll(w, 20));

    assert_null(got->description.at);
    assert_int_equal(got->n_tags, 0);
    assert_int_equal(got->rules.opens_ms, 0);
    assert_int_equal(got->rules.closes_ms, 0);
    assert_int_equal(got->rules.n_options, 20);
    poll_unref(got);
}

static void an_id_is_never_used_again(void **state)
{
    struct world *w = *state;
    uint32_t first = add_poll(w, 2), second = add_poll(w, 2);

    PROJECT(w, deletion(second));
    if (w->backend->keeps)
        world_reopen(w);
    assert_true(first < second);
    assert_true(second < add_poll(w, 2));
}

static int stop_at_second(void *user, struct stored_poll *p)
{
    int *n = user;

    poll_unref(p->poll);
    return ++*n == 2 ? 42 : 0;
}

static int stop_at_once(void *user, uint32_t user_id, uint32_t votes)
{
    (void)user_id;
    (void)votes;
    ++*(int *)user;
    return 43;
}

static void a_callback_can_stop_the_walk(void **state)
{
    struct world *w = *state;
    uint32_t poll = add_poll(w, 2);
    int n = 0;

    add_poll(w, 2);
    add_poll(w, 2);
    PROJECT(w, vote(poll, 7, 0, 2), vote(poll, 8, 0, 3));
    assert_int_equal(w->s->ops->each_poll(w->s, stop_at_second, &n), 42);
    assert_int_equal(n, 2);
    n = 0;
    assert_int_equal(
        w->s->ops->each_daily(w->s, store_day((int64_t)T0 * 1000), stop_at_once, &n),
        43);
    assert_int_equal(n, 1);
}

/* ---- projecting ---- */

static void every_kind_of_change_is_entered(void **state)
{
    struct world *w = *state;
    uint32_t poll = add_poll(w, 3);

    PROJECT(w, vote(poll, 7, 0, 2), vote(poll, 8, 2, 3), skipping(poll, 9));
    assert_string_equal(result_of(w, poll), "v3 total 2 skips 1: 1 0 1");
    PROJECT(w, move(poll, 7, 0, 1, 4));
    assert_string_equal(result_of(w, poll), "v4 total 2 skips 1: 0 1 1");
    PROJECT(w, withdrawal(poll, 8, 2, 5));
    assert_string_equal(result_of(w, poll), "v5 total 1 skips 1: 0 1 0");
    PROJECT(w, closing(poll, T0 + 1));

    struct poll *p = definition(w, poll);
    assert_int_equal(p->rules.closes_ms, T0 + 1);
    poll_unref(p);
    assert_int_equal(verified(w).votes, 1);
    assert_int_equal(verified(w).skips, 1);
    PROJECT(w, deletion(poll));
    assert_string_equal(result_of(w, poll), "none");
    assert_int_equal(verified(w).votes, 0);
    assert_int_equal(verified(w).skips, 0);
}

static void changes_of_one_batch_are_entered_in_order(void **state)
{
    struct world *w = *state;
    uint32_t poll = add_poll(w, 3), other = add_poll(w, 2);

    PROJECT(w, vote(other, 9, 1, 2), vote(poll, 9, 0, 2), vote(poll, 7, 0, 3),
            move(poll, 7, 0, 2, 4), withdrawal(poll, 9, 0, 5), vote(poll, 9, 1, 6),
            withdrawal(poll, 9, 1, 7), skipping(poll, 9), move(other, 9, 1, 0, 3));
    assert_string_equal(result_of(w, poll), "v7 total 1 skips 1: 0 0 1");
    assert_string_equal(result_of(w, other), "v3 total 1 skips 0: 1 0");
    verified(w);
}

static void a_replay_changes_nothing(void **state)
{
    struct world *w = *state;
    uint32_t poll = add_poll(w, 3), gone = add_poll(w, 2);
    int64_t day = store_day((int64_t)T0 * 1000);
    const struct change all[] = {
        vote(poll, 7, 0, 2),    vote(poll, 8, 2, 3),       skipping(poll, 9),
        move(poll, 7, 0, 1, 4), withdrawal(poll, 8, 2, 5), closing(poll, T0 + 1),
        vote(gone, 7, 0, 2),    skipping(gone, 8),         deletion(gone),
    };
    static const char after[] = "v5 total 1 skips 1: 0 1 0";

    project(w, all, LENGTH(all));
    assert_string_equal(result_of(w, poll), after);
    for (size_t from = 0; from < LENGTH(all); from++) {
        project(w, all + from, LENGTH(all) - from);
        assert_string_equal(result_of(w, poll), after);
        project(w, all + from, 1);
        assert_string_equal(result_of(w, poll), after);
        assert_string_equal(result_of(w, gone), "none");
        verified(w);
    }
    assert_int_equal(daily(w, day, 7), 2);
    assert_int_equal(daily(w, day, 8), 1);
}

static void a_replay_may_run_into_what_is_new(void **state)
{
    struct world *w = *state;
    uint32_t poll = add_poll(w, 2);

    PROJECT(w, vote(poll, 7, 0, 2), vote(poll, 8, 0, 3));
    PROJECT(w, vote(poll, 7, 0, 2), vote(poll, 8, 0, 3), vote(poll, 6, 1, 4));
    assert_string_equal(result_of(w, poll), "v4 total 3 skips 0: 2 1");
}

/* A crash between two transactions that are one for nobody: the same again, whole. */
static void a_batch_that_was_rolled_back_can_be_entered_again(void **state)
{
    struct world *w = *state;
    uint32_t poll = add_poll(w, 2);
    const struct change c[] = {vote(poll, 7, 0, 2), vote(poll, 8, 1, 3),
                               skipping(poll, 9)};

    begin(w);
    assert_int_equal(w->s->ops->project(w->s, c, LENGTH(c)), 0);
    w->s->ops->rollback(w->s);
    project(w, c, LENGTH(c));
    assert_string_equal(result_of(w, poll), "v3 total 2 skips 1: 1 1");
    assert_int_equal(daily(w, store_day(c[0].at_ms), 7), 1);
    verified(w);
}

static void what_cannot_be_entered_is_passed_over(void **state)
{
    struct world *w = *state;
    uint32_t poll = add_poll(w, 2);

    project(w, NULL, 0);
    PROJECT(w, vote(poll + 1, 7, 0, 2), skipping(poll + 1, 8), deletion(poll + 1),
            closing(poll + 1, T0), vote(poll, 7, 2, 2), vote(poll, 8, 255, 3),
            move(poll, 8, 9, 0, 4), vote(poll, 9, 1, 5));
    assert_string_equal(result_of(w, poll), "v5 total 1 skips 0: 0 1");
    assert_int_equal(verified(w).votes, 1);
}

static void closing_only_ever_comes_sooner(void **state)
{
    struct world *w = *state;
    uint32_t poll = add_poll(w, 2);
    struct poll *p;

    PROJECT(w, closing(poll, T0 + 5));
    PROJECT(w, closing(poll, T0 + 9));
    p = definition(w, poll);
    assert_int_equal(p->rules.closes_ms, T0 + 5);
    poll_unref(p);
    PROJECT(w, closing(poll, T0 + 4));
    p = definition(w, poll);
    assert_int_equal(p->rules.closes_ms, T0 + 4);
    poll_unref(p);
}

/* ---- daily counts ---- */

static void days_count_the_votes_that_were_cast(void **state)
{
    struct world *w = *state;
    uint32_t a = add_poll(w, 2), b = add_poll(w, 2);
    int64_t midnight = 19800LL * CLOCK_DAY_MS;
    struct change last = vote(a, 7, 0, 2), first = vote(b, 7, 0, 2);
    struct change moved = move(b, 7, 0, 1, 3), gone = withdrawal(b, 7, 1, 4);

    last.at_ms = midnight - 1;
    first.at_ms = moved.at_ms = gone.at_ms = midnight;
    PROJECT(w, last, first, moved, gone, skipping(a, 8), deletion(a));
    assert_int_equal(daily(w, 19799, 7), 1);
    assert_int_equal(daily(w, 19800, 7), 1);
    assert_int_equal(daily(w, 19801, 7), 0);
    assert_int_equal(daily(w, store_day((int64_t)T0 * 1000), 8), 0);
}

static void days_add_up_over_batches(void **state)
{
    struct world *w = *state;
    int64_t day = store_day((int64_t)T0 * 1000);

    for (uint32_t i = 1; i <= 5; i++) {
        uint32_t poll = add_poll(w, 2), other = add_poll(w, 2);

        PROJECT(w, vote(poll, 7, 0, 2), vote(other, 7, 1, 2), vote(poll, 8, 0, 3));
        assert_int_equal(daily(w, day, 7), 2 * i);
        assert_int_equal(daily(w, day, 8), i);
    }
    verified(w);
}

/* ---- tallies ---- */

static void a_tally_has_its_voters_and_skips(void **state)
{
    struct world *w = *state;
    uint32_t poll = add_poll(w, 3);
    struct result r;

    PROJECT(w, vote(poll, 7, 0, 2), vote(poll, 4000000000, 2, 3), skipping(poll, 9),
            vote(poll, 6, 1, 4), withdrawal(poll, 6, 1, 5), move(poll, 7, 0, 1, 6),
            vote(add_poll(w, 2), 5, 0, 2));
    struct tally *t = load(w, poll);
    assert_int_equal(tally_choice(t, 7), 1);
    assert_int_equal(tally_choice(t, 4000000000), 2);
    assert_int_equal(tally_choice(t, 6), -1);
    assert_int_equal(tally_choice(t, 5), -1);
    assert_true(tally_skipped(t, 9));
    assert_false(tally_skipped(t, 7));
    assert_int_equal(tally_base_version(t), 6);
    assert_int_equal(tally_rules(t)->owner_id, w->owner);
    assert_true(tally_rules(t)->vote_change);
    tally_result(t, &r);
    assert_int_equal(r.poll, poll);
    assert_int_equal(r.total, 2);
    assert_int_equal(r.skips, 1);
    tally_free(t);
}

static void a_tally_of_no_poll_is_not_found(void **state)
{
    struct world *w = *state;
    struct tally *t;

    assert_int_equal(w->s->ops->tally_load(w->s, 1, &t), ERR_NOT_FOUND);
}

static void a_tally_knows_when_its_poll_closed(void **state)
{
    struct world *w = *state;
    uint32_t poll = add_poll(w, 2);

    PROJECT(w, closing(poll, T0 + 5));
    struct tally *t = load(w, poll);
    assert_int_equal(tally_rules(t)->closes_ms, T0 + 5);
    tally_free(t);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        WORLD_TEST(what_is_rolled_back_was_never_there),
        WORLD_TEST(the_reader_sees_what_is_committed),
        WORLD_TEST(the_position_is_kept_with_the_changes),
        WORLD_TEST(an_account_is_found_by_id_and_by_email),
        WORLD_TEST(names_are_taken_whatever_their_case),
        WORLD_TEST(a_refusal_does_not_harm_its_neighbours),
        WORLD_TEST(guests_have_no_names_that_could_be_taken),
        WORLD_TEST(a_poll_is_read_as_it_was_written),
        WORLD_TEST(what_a_poll_does_not_have_stays_missing),
        WORLD_TEST(an_id_is_never_used_again),
        WORLD_TEST(a_callback_can_stop_the_walk),
        WORLD_TEST(every_kind_of_change_is_entered),
        WORLD_TEST(changes_of_one_batch_are_entered_in_order),
        WORLD_TEST(a_replay_changes_nothing),
        WORLD_TEST(a_replay_may_run_into_what_is_new),
        WORLD_TEST(a_batch_that_was_rolled_back_can_be_entered_again),
        WORLD_TEST(what_cannot_be_entered_is_passed_over),
        WORLD_TEST(closing_only_ever_comes_sooner),
        WORLD_TEST(days_count_the_votes_that_were_cast),
        WORLD_TEST(days_add_up_over_batches),
        WORLD_TEST(a_tally_has_its_voters_and_skips),
        WORLD_TEST(a_tally_of_no_poll_is_not_found),
        WORLD_TEST(a_tally_knows_when_its_poll_closed),
    };

    return world_run(tests, LENGTH(tests));
}
