/* test_journaled_edit.c — edits on one machine: published whole, and taken back. */
#include "lib/check.h"

#include "base/err.h"
#include "lib/ballot_world.h"

/* To one option more. */
static struct poll_edit edit_options(uint64_t id)
{
    static const struct poll four = {.rules.n_options = 4};

    return (struct poll_edit){id, POLL_TEXTS, &four};
}

static void task_edit(struct task *t, uint32_t poll, const struct poll_edit *edit)
{
    task_change(t, CHANGE_EDIT, poll, OWNER, 0);
    t->op.wish.edit = edit;
}

static void an_edit_is_published_with_its_result(void **state)
{
    struct ballot_world *w = *state;
    struct poll_edit first = edit_options(71), second = {72, POLL_DESCRIPTION, NULL};
    static const struct poll nothing;
    struct task t[3];
    struct result r;
    int times;

    second.values = &nothing;
    make_poll(w, 5);
    shown_of(w, 5);
    hold_batch(w);
    task_edit(&t[0], 5, &first);
    task_edit(&t[1], 5, &second); /* in a batch of its own: each edit is published */
    task_change(&t[2], CHANGE_VOTE, 5, 20, 3);
    for (size_t i = 0; i < 3; i++)
        submit(w, &t[i]);
    let_batch_go(w);
    for (size_t i = 0; i < 3; i++)
        CHECK_EQ_AT("rc", await(&t[i]), 0);
    r = published_of(w, 5, &times);
    assert_string_equal(result_text(&r), "open v4: 0 0 0 1");
    assert_int_equal(times, 2);
    assert_int_equal(event_watch_poll(&w->watch, 5).edited, 72);
    assert_int_equal(cast_vote(w, 5, 21, 0), 0);
    task_edit(&t[0], 5, &first);
    assert_int_equal(run_task(w, &t[0]), ERR_CONFLICT);
}

static void a_failed_sync_takes_an_edit_back(void **state)
{
    struct ballot_world *w = *state;
    struct poll_edit edit = edit_options(71);
    struct task t[2];

    make_poll(w, 5);
    assert_string_equal(shown_of(w, 5), "open v1: 0 0 0");
    hold_batch(w);
    task_edit(&t[0], 5, &edit);
    task_change(&t[1], CHANGE_VOTE, 5, 20, 3);
    submit(w, &t[0]);
    submit(w, &t[1]);
    atomic_store(&disk.fail_writes, 1);
    let_batch_go(w);
    assert_int_equal(await(&t[0]), ERR_UNAVAILABLE);
    assert_int_equal(await(&t[1]), ERR_UNAVAILABLE);
    assert_string_equal(shown_of(w, 5), "open v1: 0 0 0");
    assert_int_equal(event_watch_poll(&w->watch, 5).edited, 0);
    assert_int_equal(cast_vote(w, 5, 20, 3), ERR_UNKNOWN_OPTION);
    assert_int_equal(run_task(w, &t[0]), 0);
    assert_string_equal(shown_of(w, 5), "open v2: 0 0 0 0");
    assert_int_equal(event_watch_poll(&w->watch, 5).edited, 71);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        JOURNALED_TEST(an_edit_is_published_with_its_result),
        JOURNALED_TEST(a_failed_sync_takes_an_edit_back),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
