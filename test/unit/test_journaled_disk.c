/* test_journaled_disk.c — the ballot of one machine on a disk that fails, or is full.
 */
#include "lib/check.h"

#include "base/err.h"
#include "lib/ballot_world.h"

/* ---- a whole batch that fails, beside what only looks ---- */

enum { VOTED = 20, MOVED, GONE, SKIPPED };
enum { N_CHANGES = 8, N_LOOKS = 4 };

static void make_polls_with_votes(struct ballot_world *w)
{
    for (uint32_t poll = 5; poll <= 7; poll++) {
        make_poll(w, poll);
        assert_int_equal(cast_vote(w, poll, MOVED, 1), 0);
        assert_int_equal(cast_vote(w, poll, GONE, 1), 0);
    }
}

static void fill_batch(struct task t[N_CHANGES + N_LOOKS])
{
    task_change(&t[0], CHANGE_VOTE, 5, VOTED, 0);
    task_change(&t[1], CHANGE_VOTE, 5, VOTED, 0); /* refused beside it */
    task_change(&t[2], CHANGE_SKIP, 5, SKIPPED, 0);
    task_change(&t[3], CHANGE_MOVE, 5, MOVED, 2);
    task_change(&t[4], CHANGE_WITHDRAW, 5, GONE, 0);
    task_change(&t[5], CHANGE_VOTE, 5, GONE, 2); /* and again */
    task_change(&t[6], CHANGE_CLOSE, 6, OWNER, 0);
    task_change(&t[7], CHANGE_DELETE, 7, OWNER, 0);
    task_of(&t[8], BALLOT_LOOK, 5, VOTED);
    task_of(&t[9], BALLOT_TOUCH, 6, 0);
    task_of(&t[10], BALLOT_LOOK, 7, MOVED);
    task_of(&t[11], BALLOT_QUOTA, 0, VOTED);
}

static void run_failing_batch(struct ballot_world *w, struct task *t)
{
    hold_batch(w);
    for (size_t i = 0; i < N_CHANGES + N_LOOKS; i++)
        submit(w, &t[i]);
    atomic_store(&disk.fail_writes, -1); /* the primer is written already */
    let_batch_go(w);
    for (size_t i = 0; i < N_CHANGES + N_LOOKS; i++)
        CHECK_EQ_AT("rc", await(&t[i]), i < N_CHANGES ? ERR_UNAVAILABLE : 0);
}

static void check_looks_saw_nothing(const struct task *t)
{
    assert_int_equal(t[8].op.choice, -1);
    assert_int_equal(t[8].op.votes_left, 100);
    assert_string_equal(result_text(&t[8].op.result), "open v3: 0 2 0");
    assert_string_equal(result_text(&t[9].op.result), "open v3: 0 2 0");
    assert_int_equal(t[10].op.choice, 1);
    assert_int_equal(t[11].op.votes_today, 0);
}

static void check_nothing_came_of_it(struct ballot_world *w)
{
    struct result r;
    int times;

    for (uint32_t poll = 5; poll <= 7; poll++) {
        r = published_of(w, poll, &times);
        assert_string_equal(result_text(&r), "open v3: 0 2 0");
        assert_string_equal(shown_of(w, poll), "open v3: 0 2 0");
        assert_int_equal(in_journal(w, poll), 2);
        assert_int_equal(event_watch_poll(&w->watch, poll).n_deleted, 0);
    }
    assert_int_equal(left_of(w, GONE), 97); /* three before, none in the batch */
    assert_int_equal(w->n_reports, 1);
    assert_int_equal(w->reports[0], ERR_UNAVAILABLE);
}

/* On a sound disk, as if nothing had been. */
static void run_changes_again(struct ballot_world *w, const struct task *t)
{
    struct task again;

    atomic_store(&disk.fail_writes, 0);
    for (size_t i = 0; i < N_CHANGES; i++) {
        task_change(&again, t[i].op.wish.kind, t[i].op.poll, t[i].op.wish.user,
                    t[i].op.wish.option);
        CHECK_EQ_AT("again", run_task(w, &again), i == 1 ? ERR_ALREADY_VOTED : 0);
    }
    assert_int_equal(w->n_reports, 2);
    assert_int_equal(w->reports[1], 0);
    assert_string_equal(shown_of(w, 5), "open v7: 1 0 2");
    assert_string_equal(shown_of(w, 6), "closed v4: 0 2 0");
    assert_string_equal(shown_of(w, 7), "none");
}

static void a_failed_sync_takes_the_whole_batch_back(void **state)
{
    struct ballot_world *w = *state;
    struct task t[N_CHANGES + N_LOOKS];

    make_polls_with_votes(w);
    fill_batch(t);
    run_failing_batch(w, t);
    check_looks_saw_nothing(t);
    check_nothing_came_of_it(w);
    run_changes_again(w, t);
}

static int cast_keyed(struct ballot_world *w, const char *key, bool *ret_replay)
{
    struct task t;
    int rc;

    task_change(&t, CHANGE_VOTE, 5, 10, 1);
    task_key(&t, key);
    rc = run_task(w, &t);
    *ret_replay = t.op.replay;
    return rc;
}

static void a_failed_batch_leaves_receipts_as_they_were(void **state)
{
    struct ballot_world *w = *state;
    struct task t[3];
    bool replay;

    make_poll(w, 5);
    assert_int_equal(cast_keyed(w, "a", &replay), 0);
    assert_int_equal(cast(w, CHANGE_WITHDRAW, 5, 10, 0), 0);
    assert_int_equal(cast_keyed(w, "b", &replay), 0);
    assert_false(replay);
    hold_batch(w);
    task_change(&t[0], CHANGE_WITHDRAW, 5, 10, 0);
    task_change(&t[1], CHANGE_VOTE, 5, 10, 2);
    task_key(&t[1], "c");
    task_change(&t[2], CHANGE_WITHDRAW, 5, 10, 0);
    for (size_t i = 0; i < LENGTH(t); i++)
        submit(w, &t[i]);
    atomic_store(&disk.fail_writes, 1);
    let_batch_go(w);
    for (size_t i = 0; i < LENGTH(t); i++)
        assert_int_equal(await(&t[i]), ERR_UNAVAILABLE);
    for (const char *key = "a\0b\0"; *key != '\0'; key += 2) {
        assert_int_equal(cast_keyed(w, key, &replay), 0);
        assert_true(replay);
    }
    assert_int_equal(cast_keyed(w, "c", &replay), ERR_ALREADY_VOTED);
    assert_int_equal(choice_of(w, 5, 10), 1);
}

static void a_replay_in_a_failed_batch_is_unavailable_too(void **state)
{
    struct ballot_world *w = *state;
    struct task a, b;

    make_poll(w, 5);
    shown_of(w, 5);
    hold_batch(w);
    task_change(&a, CHANGE_VOTE, 5, 10, 0);
    task_key(&a, "k");
    task_change(&b, CHANGE_VOTE, 5, 10, 0);
    task_key(&b, "k");
    submit(w, &a);
    submit(w, &b);
    atomic_store(&disk.fail_writes, 1);
    let_batch_go(w);
    assert_int_equal(await(&a), ERR_UNAVAILABLE);
    assert_int_equal(await(&b), ERR_UNAVAILABLE);
    assert_int_equal(run_task(w, &b), 0);
    assert_false(b.op.replay);
}

static void it_is_reported_once_however_long_it_fails(void **state)
{
    struct ballot_world *w = *state;

    make_poll(w, 5);
    atomic_store(&disk.fail_syncs, -1);
    for (uint32_t i = 0; i < 5; i++)
        assert_int_equal(cast_vote(w, 5, 10 + i, 0), ERR_UNAVAILABLE);
    assert_int_equal(w->n_reports, 1);
    assert_int_equal(w->n_synced, 0);
    atomic_store(&disk.fail_syncs, 0);
    assert_int_equal(cast_vote(w, 5, 10, 0), 0);
    assert_int_equal(cast_vote(w, 5, 11, 0), 0);
    assert_int_equal(w->n_reports, 2);
    ballot_world_restart(w);
    assert_string_equal(shown_of(w, 5), "open v3: 2 0 0");
}

static bool has_reported(struct ballot_world *w, size_t n)
{
    bool has;

    pthread_mutex_lock(&w->lock);
    has = w->n_reports >= n;
    pthread_mutex_unlock(&w->lock);
    return has;
}

static void a_failed_journal_heals_without_a_vote(void **state)
{
    struct ballot_world *w = *state;
    uint64_t limit_ms = clock_mono_ms() + 30000;

    make_poll(w, 5);
    atomic_store(&disk.fail_syncs, -1);
    assert_int_equal(cast_vote(w, 5, 10, 0), ERR_UNAVAILABLE);
    atomic_store(&disk.fail_syncs, 0);
    while (!has_reported(w, 2) && clock_mono_ms() < limit_ms)
        sched_yield();
    assert_int_equal(w->n_reports, 2);
    assert_int_equal(w->reports[1], 0);
    assert_int_equal(cast_vote(w, 5, 10, 0), 0);
    ballot_world_restart(w);
    assert_string_equal(shown_of(w, 5), "open v2: 1 0 0");
}

static void a_full_journal_is_overload(void **state)
{
    struct ballot_world *w = *state;

    ballot_world_stop(w);
    w->journal_opts.max_bytes = 1;
    ballot_world_start(w);
    make_poll(w, 5);
    assert_int_equal(cast_vote(w, 5, 10, 0), 0);
    assert_int_equal(cast_vote(w, 5, 11, 0), ERR_OVERLOADED);
    assert_string_equal(shown_of(w, 5), "open v2: 1 0 0");
    assert_int_equal(left_of(w, 11), 100);
    journal_release(w->journal, journal_synced(w->journal));
    assert_int_equal(cast_vote(w, 5, 11, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        JOURNALED_TEST(a_failed_sync_takes_the_whole_batch_back),
        JOURNALED_TEST(a_failed_batch_leaves_receipts_as_they_were),
        JOURNALED_TEST(a_replay_in_a_failed_batch_is_unavailable_too),
        JOURNALED_TEST(it_is_reported_once_however_long_it_fails),
        JOURNALED_TEST(a_failed_journal_heals_without_a_vote),
        JOURNALED_TEST(a_full_journal_is_overload),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
