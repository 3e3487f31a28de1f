/* contract_ballot.c — what every ballot promises (ballot.h), asked of each. */
#include "lib/check.h"

#include "base/err.h"
#include "base/mem.h"
#include "lib/ballot_world.h"

static const struct poll_rules usual = {
    .owner_id = OWNER, .n_options = 3, .vote_change = true};

/* ---- voting ---- */

static void a_vote_is_counted_and_answered(void **state)
{
    struct ballot_world *w = *state;
    struct task t;

    add_poll_with(w, 5, &usual);
    assert_int_equal(cast_vote(w, 5, 9, 0), 0);
    task_change(&t, CHANGE_VOTE, 5, 10, 2);
    assert_int_equal(run_task(w, &t), 0);
    assert_false(t.op.replay);
    assert_int_equal(t.op.change.kind, CHANGE_VOTE);
    assert_int_equal(t.op.change.poll, 5);
    assert_int_equal(t.op.change.user, 10);
    assert_int_equal(t.op.change.option, 2);
    assert_int_equal(t.op.change.at_ms, T0);
    assert_int_equal(t.op.votes_left, 99);
    assert_int_equal(t.op.result.poll, 5);
    assert_string_equal(result_text(&t.op.result), "open v3: 1 0 1");
    assert_string_equal(shown_of(w, 5), "open v3: 1 0 1");
}

static void polls_do_not_touch_each_other(void **state)
{
    struct ballot_world *w = *state;

    add_poll_with(w, 5, &usual);
    add_poll_with(w, 6, &usual);
    assert_int_equal(cast_vote(w, 5, 10, 2), 0);
    assert_int_equal(cast_vote(w, 6, 10, 1), 0);
    assert_int_equal(choice_of(w, 5, 10), 2);
    assert_int_equal(choice_of(w, 6, 10), 1);
    assert_string_equal(shown_of(w, 5), "open v2: 0 0 1");
}

static void what_may_not_be_changes_nothing(void **state)
{
    struct ballot_world *w = *state;
    struct poll_rules fixed = usual, early = usual, late = usual, members = usual;
    static const struct {
        const char *why;
        enum change_kind kind;
        uint32_t poll, user, option;
        int rc;
    } rows[] = {
        {"a second vote", CHANGE_VOTE, 5, 10, 1, ERR_ALREADY_VOTED},
        {"an unknown option", CHANGE_VOTE, 5, 12, 3, ERR_UNKNOWN_OPTION},
        {"a vote after a skip", CHANGE_VOTE, 5, 11, 1, ERR_ALREADY_SKIPPED},
        {"a second skip", CHANGE_SKIP, 5, 11, 0, ERR_ALREADY_SKIPPED},
        {"a skip after a vote", CHANGE_SKIP, 5, 10, 0, ERR_ALREADY_VOTED},
        {"a move of nothing", CHANGE_MOVE, 5, 12, 0, ERR_CONFLICT},
        {"a withdrawal of nothing", CHANGE_WITHDRAW, 5, 12, 0, ERR_CONFLICT},
        {"somebody else closes", CHANGE_CLOSE, 5, 10, 0, ERR_FORBIDDEN},
        {"somebody else deletes", CHANGE_DELETE, 5, 10, 0, ERR_FORBIDDEN},
        {"no such poll", CHANGE_VOTE, 99, 10, 0, ERR_NOT_FOUND},
        {"before it opens", CHANGE_VOTE, 6, 10, 0, ERR_POLL_NOT_OPEN},
        {"when it is closed", CHANGE_VOTE, 7, 10, 0, ERR_POLL_CLOSED},
    };

    early.opens_ms = T0 + 1;
    late.closes_ms = T0;
    add_poll_with(w, 5, &usual);
    add_poll_with(w, 6, &early);
    add_poll_with(w, 7, &late);
    assert_int_equal(cast_vote(w, 5, 10, 0), 0);
    assert_int_equal(cast(w, CHANGE_SKIP, 5, 11, 0), 0);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        CHECK_EQ_AT(rows[i].why,
                    cast(w, rows[i].kind, rows[i].poll, rows[i].user, rows[i].option),
                    rows[i].rc);
        assert_string_equal(shown_of(w, 5), "open v2: 1 0 0");
        assert_string_equal(shown_of(w, 6), "scheduled v1: 0 0 0");
        assert_string_equal(shown_of(w, 7), "closed v2: 0 0 0");
    }
    assert_int_equal(left_of(w, 10), 99); /* a refusal costs nothing */

    struct task t;
    fixed.vote_change = false;
    members.voters = VOTERS_REGISTERED;
    add_poll_with(w, 8, &fixed);
    add_poll_with(w, 9, &members);
    assert_int_equal(cast_vote(w, 8, 10, 0), 0);
    assert_int_equal(cast(w, CHANGE_MOVE, 8, 10, 1), ERR_CONFLICT);
    task_change(&t, CHANGE_VOTE, 9, 10, 0);
    t.op.wish.guest = true;
    assert_int_equal(run_task(w, &t), ERR_FORBIDDEN);
}

static void a_vote_can_move_and_be_withdrawn(void **state)
{
    struct ballot_world *w = *state;
    struct task t;

    add_poll_with(w, 5, &usual);
    assert_int_equal(cast_vote(w, 5, 10, 0), 0);
    assert_int_equal(cast(w, CHANGE_MOVE, 5, 10, 2), 0);
    assert_string_equal(shown_of(w, 5), "open v3: 0 0 1");
    task_change(&t, CHANGE_MOVE, 5, 10, 2); /* to where it is */
    assert_int_equal(run_task(w, &t), 0);
    assert_true(t.op.replay);
    assert_int_equal(t.op.change.option, 2);
    assert_int_equal(t.op.change.at_ms, T0);
    assert_string_equal(shown_of(w, 5), "open v3: 0 0 1");
    assert_int_equal(cast(w, CHANGE_WITHDRAW, 5, 10, 0), 0);
    assert_string_equal(shown_of(w, 5), "open v4: 0 0 0");
    assert_int_equal(left_of(w, 10), 99); /* a withdrawn vote was one of the day's */
    assert_int_equal(cast_vote(w, 5, 10, 1), 0);
    assert_string_equal(shown_of(w, 5), "open v5: 0 1 0");
    assert_int_equal(left_of(w, 10), 98);
}

static void a_repeat_under_its_key_gets_the_first_answer(void **state)
{
    struct ballot_world *w = *state;
    struct task first, again;

    add_poll_with(w, 5, &usual);
    task_change(&first, CHANGE_VOTE, 5, 10, 1);
    task_key(&first, "a key");
    assert_int_equal(run_task(w, &first), 0);
    assert_false(first.op.replay);
    assert_int_equal(cast_vote(w, 5, 11, 2), 0);
    assert_int_equal(cast(w, CHANGE_CLOSE, 5, OWNER, 0), 0);
    atomic_store(&w->now_ms, T0 + 5000);

    task_change(&again, CHANGE_VOTE, 5, 10, 1);
    task_key(&again, "a key");
    assert_int_equal(run_task(w, &again), 0);
    assert_true(again.op.replay);
    assert_int_equal(again.op.receipt.voted_ms, T0);
    assert_int_equal(again.op.receipt.version, 2);
    assert_int_equal(again.op.receipt.option, 1);
    assert_int_equal(again.op.receipt.votes_left, 99);
    assert_int_equal(again.op.receipt.counts[1], 1);
    assert_int_equal(again.op.receipt.counts[2], 0);
    assert_int_equal(left_of(w, 10), 99);

    task_change(&again, CHANGE_VOTE, 5, 10, 2);
    task_key(&again, "a key");
    assert_int_equal(run_task(w, &again), ERR_CONFLICT);
    task_change(&again, CHANGE_VOTE, 5, 10, 1);
    task_key(&again, "another");
    assert_int_equal(run_task(w, &again), ERR_POLL_CLOSED);
}

static int cast_keyed(struct ballot_world *w, const char *key, uint32_t option,
                      struct task *t)
{
    task_change(t, CHANGE_VOTE, 5, 10, option);
    task_key(t, key);
    return run_task(w, t);
}

/* The voter took the vote back, and then the network delivers its request once more. */
static void a_repeat_does_not_put_a_withdrawn_vote_back(void **state)
{
    struct ballot_world *w = *state;
    struct task t;

    add_poll_with(w, 5, &usual);
    assert_int_equal(cast_keyed(w, "k", 1, &t), 0);
    assert_int_equal(cast(w, CHANGE_WITHDRAW, 5, 10, 0), 0);
    atomic_store(&w->now_ms, T0 + 5000);
    assert_int_equal(cast_keyed(w, "k", 1, &t), 0);
    assert_true(t.op.replay);
    assert_int_equal(t.op.receipt.voted_ms, T0);
    assert_int_equal(t.op.receipt.version, 2);
    assert_int_equal(t.op.receipt.votes_left, 99);
    assert_int_equal(t.op.receipt.counts[1], 1);
    assert_int_equal(cast_keyed(w, "k", 2, &t), ERR_CONFLICT);
    assert_string_equal(shown_of(w, 5), "open v3: 0 0 0");
    assert_int_equal(left_of(w, 10), 99); /* a repeat costs nothing */

    assert_int_equal(cast_keyed(w, "new", 2, &t), 0);
    assert_false(t.op.replay);
    assert_int_equal(t.op.receipt.version, 4);
    assert_int_equal(cast_keyed(w, "k", 1, &t), 0);
    assert_true(t.op.replay);
    assert_string_equal(shown_of(w, 5), "open v4: 0 0 1");
    assert_int_equal(left_of(w, 10), 98);
}

/* ---- the daily limit ---- */

static void the_daily_limit_holds_over_all_polls(void **state)
{
    struct ballot_world *w = *state;
    struct task t;

    ballot_world_stop(w);
    w->per_day = 3;
    ballot_world_start(w);
    for (uint32_t poll = 5; poll < 10; poll++)
        add_poll_with(w, poll, &usual);
    for (uint32_t poll = 5; poll < 8; poll++)
        assert_int_equal(cast_vote(w, poll, 10, 0), 0);
    assert_int_equal(cast_vote(w, 8, 10, 0), ERR_DAILY_LIMIT);
    assert_int_equal(cast(w, CHANGE_SKIP, 9, 10, 0), 0); /* skips are free */
    assert_int_equal(cast(w, CHANGE_MOVE, 5, 10, 1), 0);
    assert_int_equal(cast_vote(w, 8, 11, 0), 0); /* another user's day */
    assert_string_equal(shown_of(w, 8), "open v2: 1 0 0");
    task_of(&t, BALLOT_QUOTA, 0, 10);
    assert_int_equal(run_task(w, &t), 0);
    assert_int_equal(t.op.votes_today, 3);
    assert_int_equal(t.op.votes_left, 0);

    atomic_store(&w->now_ms, (T0 / CLOCK_DAY_MS + 1) * CLOCK_DAY_MS - 1);
    assert_int_equal(cast_vote(w, 8, 10, 0), ERR_DAILY_LIMIT);
    atomic_store(&w->now_ms, (T0 / CLOCK_DAY_MS + 1) * CLOCK_DAY_MS); /* midnight */
    assert_int_equal(cast_vote(w, 8, 10, 0), 0);
    assert_int_equal(left_of(w, 10), 2);
}

enum { CROWD = 50, THREADS = 5 };

struct crowd {
    struct ballot_world *w;
    struct task *tasks; /* CROWD / THREADS of them */
};

static void *submit_all(void *arg)
{
    struct crowd *c = arg;

    for (int i = 0; i < CROWD / THREADS; i++)
        if (try_submit(c->w, &c->tasks[i]) != 0)
            return "refused";
    return NULL;
}

/* From several threads at once; gives how many came home with rc. */
static int together(struct ballot_world *w, struct task tasks[CROWD], int rc)
{
    pthread_t threads[THREADS];
    struct crowd crowds[THREADS];
    int n = 0;

    for (int i = 0; i < THREADS; i++) {
        crowds[i] = (struct crowd){w, tasks + i * (CROWD / THREADS)};
        assert_int_equal(pthread_create(&threads[i], NULL, submit_all, &crowds[i]), 0);
    }
    for (int i = 0; i < THREADS; i++) {
        void *failed;

        pthread_join(threads[i], &failed);
        assert_null(failed);
    }
    for (int i = 0; i < CROWD; i++)
        n += await(&tasks[i]) == rc;
    return n;
}

static void the_daily_limit_holds_when_fifty_arrive_at_once(void **state)
{
    struct ballot_world *w = *state;
    struct task t[CROWD];
    uint32_t votes = 0;

    ballot_world_stop(w);
    w->per_day = 10;
    ballot_world_start(w);
    for (uint32_t i = 0; i < CROWD; i++) {
        add_poll_with(w, 5 + i, &usual);
        task_change(&t[i], CHANGE_VOTE, 5 + i, 10, 0);
    }
    assert_int_equal(together(w, t, 0), 10);
    for (uint32_t i = 0; i < CROWD; i++) {
        assert_true(t[i].op.rc == 0 || t[i].op.rc == ERR_DAILY_LIMIT);
        votes += choice_of(w, 5 + i, 10) == 0;
    }
    assert_int_equal(votes, 10);
}

static void of_many_votes_at_once_one_is_counted(void **state)
{
    struct ballot_world *w = *state;
    struct task t[CROWD];

    add_poll_with(w, 5, &usual);
    for (uint32_t i = 0; i < CROWD; i++)
        task_change(&t[i], CHANGE_VOTE, 5, 10, i % 3);
    assert_int_equal(together(w, t, 0), 1);
    for (uint32_t i = 0; i < CROWD; i++)
        assert_true(t[i].op.rc == 0 || t[i].op.rc == ERR_ALREADY_VOTED);

    struct task look;
    task_of(&look, BALLOT_LOOK, 5, 10);
    assert_int_equal(run_task(w, &look), 0);
    assert_int_equal(look.op.result.total, 1);
    assert_int_equal(look.op.votes_left, 99);
}

static void each_vote_has_its_version_and_each_version_one_result(void **state)
{
    struct ballot_world *w = *state;
    bool seen[CROWD + 2] = {0};
    struct task t[CROWD];

    add_poll_with(w, 5, &usual);
    for (uint32_t i = 0; i < CROWD; i++)
        task_change(&t[i], CHANGE_VOTE, 5, 10 + i, i % 3);
    assert_int_equal(together(w, t, 0), CROWD);
    for (uint32_t i = 0; i < CROWD; i++) {
        const struct result *r = &t[i].op.result;
        uint64_t version = t[i].op.change.version;

        assert_true(version >= 2 && version < CROWD + 2);
        assert_false(seen[version]);
        seen[version] = true;
        assert_true(r->version >= version && r->version < CROWD + 2);
        assert_int_equal(r->total, r->version - 1);
    }
}

static void a_skip_can_be_taken_back(void **state)
{
    struct ballot_world *w = *state;
    struct task t;

    add_poll_with(w, 5, &usual);
    assert_int_equal(cast(w, CHANGE_SKIP, 5, 10, 0), 0);
    assert_int_equal(cast(w, CHANGE_UNSKIP, 5, 10, 0), 0);
    task_change(&t, CHANGE_UNSKIP, 5, 10, 0); /* it is gone already */
    assert_int_equal(run_task(w, &t), 0);
    assert_true(t.op.replay);
    assert_int_equal(t.op.result.skips, 0);
    assert_int_equal(cast_vote(w, 5, 10, 1), 0);
    task_change(&t, CHANGE_UNSKIP, 5, 10, 0); /* a vote is no skip */
    assert_int_equal(run_task(w, &t), 0);
    assert_true(t.op.replay);
    assert_int_equal(choice_of(w, 5, 10), 1);
    assert_string_equal(shown_of(w, 5), "open v2: 0 1 0");
    assert_int_equal(cast(w, CHANGE_UNSKIP, 99, 10, 0), ERR_NOT_FOUND);

    assert_int_equal(cast(w, CHANGE_SKIP, 5, 11, 0), 0);
    assert_int_equal(cast(w, CHANGE_CLOSE, 5, OWNER, 0), 0);
    assert_int_equal(cast(w, CHANGE_UNSKIP, 5, 11, 0), 0); /* closed or not */
    task_of(&t, BALLOT_LOOK, 5, 11);
    assert_int_equal(run_task(w, &t), 0);
    assert_false(t.op.skipped);
}

/* ---- looking, and the passing of time ---- */

static void a_look_tells_what_one_has_done(void **state)
{
    struct ballot_world *w = *state;
    struct task t;

    add_poll_with(w, 5, &usual);
    assert_int_equal(cast_vote(w, 5, 10, 2), 0);
    assert_int_equal(cast(w, CHANGE_SKIP, 5, 11, 0), 0);
    static const struct {
        uint32_t user;
        int choice;
        bool skipped;
        uint32_t left;
    } rows[] = {{10, 2, false, 99}, {11, -1, true, 100}, {12, -1, false, 100}};

    for (size_t i = 0; i < LENGTH(rows); i++) {
        task_of(&t, BALLOT_LOOK, 5, rows[i].user);
        assert_int_equal(run_task(w, &t), 0);
        assert_int_equal(t.op.choice, rows[i].choice);
        assert_int_equal(t.op.skipped, rows[i].skipped);
        assert_int_equal(t.op.votes_left, rows[i].left);
        assert_int_equal(t.op.result.skips, 1);
    }
    task_of(&t, BALLOT_LOOK, 99, 10);
    assert_int_equal(run_task(w, &t), ERR_NOT_FOUND);
    task_of(&t, BALLOT_TOUCH, 99, 10);
    assert_int_equal(run_task(w, &t), ERR_NOT_FOUND);
}

static void time_passes_in_order_with_the_votes(void **state)
{
    struct ballot_world *w = *state;
    struct poll_rules rules = usual;
    struct task t;

    rules.opens_ms = T0 + 1000;
    rules.closes_ms = T0 + 2000;
    add_poll_with(w, 5, &rules);
    assert_string_equal(shown_of(w, 5), "scheduled v1: 0 0 0");
    atomic_store(&w->now_ms, T0 + 1000);
    assert_int_equal(cast_vote(w, 5, 10, 0), 0);
    assert_string_equal(shown_of(w, 5), "open v3: 1 0 0");
    atomic_store(&w->now_ms, T0 + 2000);
    task_of(&t, BALLOT_TOUCH, 5, 0);
    assert_int_equal(run_task(w, &t), 0);
    assert_string_equal(result_text(&t.op.result), "closed v4: 1 0 0");
    assert_int_equal(cast_vote(w, 5, 11, 0), ERR_POLL_CLOSED);
}

/* ---- the end of a poll ---- */

static void a_closed_poll_takes_no_more(void **state)
{
    struct ballot_world *w = *state;

    add_poll_with(w, 5, &usual);
    assert_int_equal(cast_vote(w, 5, 10, 0), 0);
    assert_int_equal(cast(w, CHANGE_CLOSE, 5, OWNER, 0), 0);
    assert_int_equal(cast(w, CHANGE_CLOSE, 5, OWNER, 0), ERR_POLL_CLOSED);
    assert_int_equal(cast_vote(w, 5, 11, 0), ERR_POLL_CLOSED);
    assert_int_equal(cast(w, CHANGE_MOVE, 5, 10, 1), ERR_POLL_CLOSED);
    assert_int_equal(cast(w, CHANGE_WITHDRAW, 5, 10, 0), ERR_POLL_CLOSED);
    assert_string_equal(shown_of(w, 5), "closed v3: 1 0 0");
}

static void a_deleted_poll_is_not_found(void **state)
{
    struct ballot_world *w = *state;

    add_poll_with(w, 5, &usual);
    assert_int_equal(cast_vote(w, 5, 10, 0), 0);
    assert_int_equal(cast(w, CHANGE_DELETE, 5, OWNER, 0), 0);
    assert_int_equal(cast_vote(w, 5, 11, 0), ERR_NOT_FOUND);
    assert_int_equal(cast(w, CHANGE_DELETE, 5, OWNER, 0), ERR_NOT_FOUND);
    assert_string_equal(shown_of(w, 5), "none");
}

static void what_was_answered_lies_before_a_mark(void **state)
{
    struct ballot_world *w = *state;
    uint64_t first, second;

    add_poll_with(w, 5, &usual);
    assert_int_equal(cast_vote(w, 5, 10, 0), 0);
    first = ballot_mark(w->b);
    assert_int_equal(cast_vote(w, 5, 11, 0), 0);
    second = ballot_mark(w->b);
    assert_true(second >= first);
    project_all(w);
    assert_true(ballot_is_stored(w->b, first));
    assert_true(ballot_is_stored(w->b, second));
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        BALLOT_TEST(a_vote_is_counted_and_answered),
        BALLOT_TEST(polls_do_not_touch_each_other),
        BALLOT_TEST(what_may_not_be_changes_nothing),
        BALLOT_TEST(a_vote_can_move_and_be_withdrawn),
        BALLOT_TEST(a_repeat_under_its_key_gets_the_first_answer),
        BALLOT_TEST(a_repeat_does_not_put_a_withdrawn_vote_back),
        BALLOT_TEST(the_daily_limit_holds_over_all_polls),
        BALLOT_TEST(the_daily_limit_holds_when_fifty_arrive_at_once),
        BALLOT_TEST(of_many_votes_at_once_one_is_counted),
        BALLOT_TEST(each_vote_has_its_version_and_each_version_one_result),
        BALLOT_TEST(a_skip_can_be_taken_back),
        BALLOT_TEST(a_look_tells_what_one_has_done),
        BALLOT_TEST(time_passes_in_order_with_the_votes),
        BALLOT_TEST(a_closed_poll_takes_no_more),
        BALLOT_TEST(a_deleted_poll_is_not_found),
        BALLOT_TEST(what_was_answered_lies_before_a_mark),
    };

    return ballot_world_run(tests, LENGTH(tests));
}
