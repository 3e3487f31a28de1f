/* test_journaled.c — the ballot of one machine: batches, loads, stopping. What
 * every ballot promises is in contract/contract_ballot.c; a disk that fails, in
 * test_journaled_disk.c. */
#include "lib/check.h"

#include <errno.h>
#include <time.h>

#include "base/err.h"
#include "base/mem.h"
#include "lib/ballot_world.h"

/* ---- batches ---- */

static void a_vote_is_in_the_journal_and_published_when_it_is_answered(void **state)
{
    struct ballot_world *w = *state;
    struct result r;
    int times;

    make_poll(w, 5);
    assert_int_equal(cast_vote(w, 5, 10, 2), 0);
    assert_int_equal(in_journal(w, 5), 1);
    assert_int_equal(disk.n_syncs, 1);
    left_of(w, 10); /* the projector is woken after the answers */
    assert_int_equal(w->n_synced, 1);
    r = published_of(w, 5, &times);
    assert_int_equal(times, 1);
    assert_string_equal(result_text(&r), "open v2: 0 0 1");
    ballot_world_restart(w);
    assert_string_equal(shown_of(w, 5), "open v2: 0 0 1");
    assert_int_equal(choice_of(w, 5, 10), 2);
}

static void what_changes_nothing_costs_no_sync(void **state)
{
    struct ballot_world *w = *state;

    make_poll(w, 5);
    assert_int_equal(cast_vote(w, 5, 10, 2), 0);
    assert_int_equal(cast_vote(w, 5, 10, 2), ERR_ALREADY_VOTED);
    assert_string_equal(shown_of(w, 5), "open v2: 0 0 1");
    assert_int_equal(disk.n_syncs, 1);
    assert_int_equal(w->n_synced, 1);
}

static void votes_that_wait_for_the_disk_are_one_batch(void **state)
{
    struct ballot_world *w = *state;
    struct task t[50];
    struct result r;
    int syncs, times;

    make_poll(w, 5);
    shown_of(w, 5);
    hold_batch(w);
    for (uint32_t i = 0; i < 50; i++) {
        task_change(&t[i], CHANGE_VOTE, 5, 10 + i, i % 3);
        submit(w, &t[i]);
    }
    for (uint32_t i = 0; i < 50; i++)
        assert_false(is_done(&t[i]));
    syncs = disk.n_syncs;
    let_batch_go(w);
    for (uint32_t i = 0; i < 50; i++) {
        assert_int_equal(await(&t[i]), 0);
        assert_int_equal(t[i].op.change.version, 2 + i); /* each has its own */
        assert_int_equal(t[i].op.result.version, 51);    /* and sees all of the batch */
        assert_int_equal(t[i].op.result.total, 50);
    }
    assert_int_equal(disk.n_syncs, syncs + 2);
    r = published_of(w, 5, &times);
    assert_int_equal(times, 1); /* once a batch */
    assert_string_equal(result_text(&r), "open v51: 17 17 16");
}

static void a_second_vote_in_the_same_batch_is_refused(void **state)
{
    struct ballot_world *w = *state;
    struct task a, b;

    make_poll(w, 5);
    shown_of(w, 5);
    hold_batch(w);
    task_change(&a, CHANGE_VOTE, 5, 10, 0);
    task_change(&b, CHANGE_VOTE, 5, 10, 1);
    submit(w, &a);
    submit(w, &b);
    let_batch_go(w);
    assert_int_equal(await(&a), 0);
    assert_int_equal(await(&b), ERR_ALREADY_VOTED);
    assert_string_equal(shown_of(w, 5), "open v2: 1 0 0");
    assert_int_equal(left_of(w, 10), 99);
}

static void more_than_the_journal_takes_at_once_are_more_batches(void **state)
{
    enum { N = 2 * JOURNAL_BATCH_MAX + 10 };
    struct ballot_world *w = *state;
    struct task *t = mem_alloc(N * sizeof *t);
    int syncs;

    make_poll(w, 5);
    shown_of(w, 5);
    hold_batch(w);
    for (uint32_t i = 0; i < N; i++) {
        task_change(&t[i], CHANGE_VOTE, 5, 10 + i, 0);
        submit(w, &t[i]);
    }
    syncs = disk.n_syncs;
    let_batch_go(w);
    for (uint32_t i = 0; i < N; i++)
        assert_int_equal(await(&t[i]), 0);
    assert_int_equal(disk.n_syncs, syncs + 4);
    assert_int_equal(in_journal(w, 5), N);
    mem_free(t);
}

static void a_full_mailbox_refuses_at_the_door(void **state)
{
    struct ballot_world *w = *state;
    struct task t[5];

    ballot_world_stop(w);
    w->max_waiting = 4;
    ballot_world_start(w);
    hold_batch(w);
    for (int i = 0; i < 5; i++)
        task_of(&t[i], BALLOT_QUOTA, 0, 10);
    for (int i = 0; i < 4; i++)
        submit(w, &t[i]);
    assert_int_equal(try_submit(w, &t[4]), ERR_OVERLOADED);
    let_batch_go(w);
    for (int i = 0; i < 4; i++)
        assert_int_equal(await(&t[i]), 0);
    assert_int_equal(run_task(w, &t[4]), 0);
}

static void what_it_did_is_counted(void **state)
{
    struct ballot_world *w = *state;
    const struct ballot_figures *f = &w->b->figures;

    make_poll(w, 5);
    assert_int_equal(cast_vote(w, 5, 10, 0), 0);
    assert_int_equal(cast_vote(w, 5, 11, 0), 0);
    assert_int_equal(cast_vote(w, 5, 11, 0), ERR_ALREADY_VOTED);
    assert_int_equal(histogram_count(&f->batch), 2);
    assert_int_equal(counter_get(&f->batch.sum), 2);
    assert_int_equal(counter_get(&f->tallies_read), 1);
    assert_int_equal(counter_get(&f->tallies_found), 2);
    assert_int_equal(histogram_count(journal_sync_times(w->journal)), 2);
}

/* ---- loading ---- */

static void ops_wait_while_their_tally_loads_and_others_go_on(void **state)
{
    struct ballot_world *w = *state;
    struct task a, b, look;

    make_poll(w, 5);
    make_poll(w, 6);
    shown_of(w, 6);
    atomic_store(&w->loading, LOAD_HELD);
    task_change(&a, CHANGE_VOTE, 5, 10, 0);
    task_change(&b, CHANGE_VOTE, 5, 10, 1);
    task_of(&look, BALLOT_LOOK, 5, 10);
    submit(w, &a);
    submit(w, &b);
    submit(w, &look);
    assert_int_equal(cast_vote(w, 6, 10, 0), 0);
    wait_for_held(w, 1); /* asked for once, whoever waits */
    assert_false(is_done(&a) || is_done(&b) || is_done(&look));
    let_loads_go(w);
    assert_int_equal(await(&a), 0);
    assert_int_equal(await(&b), ERR_ALREADY_VOTED); /* in order */
    assert_int_equal(await(&look), 0);
    assert_int_equal(look.op.choice, 0);
    assert_int_equal(cast_vote(w, 5, 11, 0), 0); /* it is here now */
    assert_int_equal(w->n_loads, 2);
}

static void a_load_that_fails_is_told_to_all_and_tried_again(void **state)
{
    struct ballot_world *w = *state;
    struct task t[3];

    make_poll(w, 5);
    atomic_store(&w->loading, LOAD_FAILED);
    for (uint32_t i = 0; i < 3; i++) {
        task_change(&t[i], CHANGE_VOTE, 5, 10 + i, 0);
        submit(w, &t[i]);
    }
    for (uint32_t i = 0; i < 3; i++)
        assert_int_equal(await(&t[i]), ERR_UNAVAILABLE);
    atomic_store(&w->loading, LOAD_AT_ONCE);
    assert_int_equal(cast_vote(w, 5, 10, 0), 0);
}

static void a_loader_that_is_full_is_overload(void **state)
{
    struct ballot_world *w = *state;

    make_poll(w, 5);
    atomic_store(&w->loading, LOAD_REFUSED);
    assert_int_equal(cast_vote(w, 5, 10, 0), ERR_OVERLOADED);
    assert_string_equal(shown_of(w, 5), "?");
    atomic_store(&w->loading, LOAD_AT_ONCE);
    assert_int_equal(cast_vote(w, 5, 10, 0), 0);
}

static void only_projected_tallies_are_dropped(void **state)
{
    struct ballot_world *w = *state;

    ballot_world_stop(w);
    w->max_bytes = 1; /* none may stay that can go */
    ballot_world_start(w);
    make_poll(w, 5);
    make_poll(w, 6);
    assert_int_equal(cast_vote(w, 5, 10, 0), 0);
    assert_int_equal(cast_vote(w, 5, 11, 1), 0);
    shown_of(w, 6); /* has no votes: goes at once */
    shown_of(w, 6);
    assert_int_equal(w->n_loads, 3);
    assert_string_equal(shown_of(w, 5), "open v3: 1 1 0");
    assert_int_equal(w->n_loads, 3);

    atomic_store(&w->projected, journal_synced(w->journal) - 1);
    left_of(w, 10);
    assert_string_equal(shown_of(w, 5), "open v3: 1 1 0");
    assert_int_equal(w->n_loads, 3);
    atomic_store(&w->projected, journal_synced(w->journal));
    left_of(w, 10);
    assert_string_equal(shown_of(w, 5), "open v3: 1 1 0");
    assert_int_equal(w->n_loads, 4);
    assert_int_equal(cast_vote(w, 5, 11, 1), ERR_ALREADY_VOTED);
}

static void a_deleted_poll_is_gone_before_and_after_it_is_projected(void **state)
{
    struct ballot_world *w = *state;
    int times;

    ballot_world_stop(w);
    w->max_bytes = 1;
    ballot_world_start(w);
    make_poll(w, 5);
    assert_int_equal(cast_vote(w, 5, 10, 0), 0);
    assert_int_equal(cast(w, CHANGE_DELETE, 5, OWNER, 0), 0);
    assert_int_equal(event_watch_poll(&w->watch, 5).n_deleted, 1);
    published_of(w, 5, &times);
    assert_int_equal(times, 1); /* of the vote */
    assert_int_equal(cast_vote(w, 5, 11, 0), ERR_NOT_FOUND);
    assert_int_equal(w->n_loads, 1);
    atomic_store(&w->projected, journal_synced(w->journal));
    left_of(w, 10);
    assert_int_equal(cast_vote(w, 5, 11, 0), ERR_NOT_FOUND);
    assert_int_equal(w->n_loads, 2); /* so the store was asked */
    assert_int_equal(event_watch_poll(&w->watch, 5).n_deleted, 1);
}

static void time_that_passes_is_published(void **state)
{
    struct ballot_world *w = *state;
    struct result r;
    struct task t;
    int times;

    make_poll(w, 5)->closes_ms = T0 + 1000;
    shown_of(w, 5);
    published_of(w, 5, &times);
    assert_int_equal(times, 0);
    atomic_store(&w->now_ms, T0 + 1000);
    task_of(&t, BALLOT_TOUCH, 5, 0);
    assert_int_equal(run_task(w, &t), 0);
    r = published_of(w, 5, &times);
    assert_int_equal(times, 1);
    assert_string_equal(result_text(&r), "closed v2: 0 0 0");
    assert_int_equal(run_task(w, &t), 0);
    published_of(w, 5, &times);
    assert_int_equal(times, 1); /* nothing new */
}

static void closing_is_published_with_its_time(void **state)
{
    struct ballot_world *w = *state;

    make_poll(w, 5);
    assert_int_equal(cast(w, CHANGE_CLOSE, 5, OWNER, 0), 0);
    assert_int_equal(event_watch_poll(&w->watch, 5).shown_rules.closes_ms, T0);
    assert_int_equal(event_watch_poll(&w->watch, 5).shown.status, POLL_CLOSED);
}

/* ---- stopping ---- */

static void *stop(void *arg)
{
    ballot_world_stop(arg);
    return NULL;
}

/* That something does not happen can only be seen for a while. */
static void check_waits(pthread_t thread)
{
    struct timespec limit;

    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_nsec += 50 * 1000000;
    limit.tv_sec += limit.tv_nsec / 1000000000;
    limit.tv_nsec %= 1000000000;
    assert_int_equal(pthread_timedjoin_np(thread, NULL, &limit), ETIMEDOUT);
}

static void a_stop_answers_what_waits_for_a_load(void **state)
{
    struct ballot_world *w = *state;
    struct task a, b;
    pthread_t stopper;

    make_poll(w, 5);
    atomic_store(&w->loading, LOAD_HELD);
    task_change(&a, CHANGE_VOTE, 5, 10, 0);
    task_change(&b, CHANGE_VOTE, 77, 10, 0);
    submit(w, &a);
    submit(w, &b);
    wait_for_held(w, 2);
    assert_int_equal(pthread_create(&stopper, NULL, stop, w), 0);
    check_waits(stopper);
    assert_false(is_done(&a) || is_done(&b));
    let_loads_go(w);
    pthread_join(stopper, NULL);
    assert_true(is_done(&a) && is_done(&b));
    assert_int_equal(a.op.rc, 0);
    assert_int_equal(b.op.rc, ERR_NOT_FOUND);
    w->loading = LOAD_AT_ONCE;
    ballot_world_start(w);
    assert_string_equal(shown_of(w, 5), "open v2: 1 0 0");
}

static void a_stop_answers_what_waits_for_the_disk(void **state)
{
    struct ballot_world *w = *state;
    struct task t;
    pthread_t stopper;

    make_poll(w, 5);
    hold_batch(w);
    task_change(&t, CHANGE_VOTE, 5, 10, 0);
    submit(w, &t);
    assert_int_equal(pthread_create(&stopper, NULL, stop, w), 0);
    let_batch_go(w);
    pthread_join(stopper, NULL);
    assert_true(is_done(&t));
    assert_int_equal(t.op.rc, 0);
}

static void a_mark_is_stored_when_all_before_it_is_projected(void **state)
{
    struct ballot_world *w = *state;
    uint64_t first, second;

    make_poll(w, 5);
    assert_int_equal(cast_vote(w, 5, 10, 0), 0);
    first = ballot_mark(w->b);
    assert_false(ballot_is_stored(w->b, first));
    project_all(w);
    assert_true(ballot_is_stored(w->b, first));
    assert_int_equal(cast_vote(w, 5, 11, 0), 0);
    second = ballot_mark(w->b);
    assert_true(ballot_is_stored(w->b, first));
    assert_false(ballot_is_stored(w->b, second));
    atomic_store(&w->projected, second - 1);
    assert_false(ballot_is_stored(w->b, second));
    atomic_store(&w->projected, second);
    assert_true(ballot_is_stored(w->b, second));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        JOURNALED_TEST(a_vote_is_in_the_journal_and_published_when_it_is_answered),
        JOURNALED_TEST(what_changes_nothing_costs_no_sync),
        JOURNALED_TEST(votes_that_wait_for_the_disk_are_one_batch),
        JOURNALED_TEST(a_second_vote_in_the_same_batch_is_refused),
        JOURNALED_TEST(more_than_the_journal_takes_at_once_are_more_batches),
        JOURNALED_TEST(a_full_mailbox_refuses_at_the_door),
        JOURNALED_TEST(what_it_did_is_counted),
        JOURNALED_TEST(ops_wait_while_their_tally_loads_and_others_go_on),
        JOURNALED_TEST(a_load_that_fails_is_told_to_all_and_tried_again),
        JOURNALED_TEST(a_loader_that_is_full_is_overload),
        JOURNALED_TEST(only_projected_tallies_are_dropped),
        JOURNALED_TEST(a_deleted_poll_is_gone_before_and_after_it_is_projected),
        JOURNALED_TEST(time_that_passes_is_published),
        JOURNALED_TEST(closing_is_published_with_its_time),
        JOURNALED_TEST(a_stop_answers_what_waits_for_a_load),
        JOURNALED_TEST(a_stop_answers_what_waits_for_the_disk),
        JOURNALED_TEST(a_mark_is_stored_when_all_before_it_is_projected),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
