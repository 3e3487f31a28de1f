/* contract_ballot_events.c — what every ballot puts out (struct ballot_events).
 *
 * The world's event_watch.h holds every event of every test against the durable
 * changes; here is what makes the events come, and how many of which there must be.
 */
#include "lib/check.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/err.h"
#include "base/mem.h"
#include "lib/ballot_world.h"

static const struct poll_rules usual = {
    .owner_id = OWNER, .n_options = 3, .vote_change = true};

static const char *last_shown(struct ballot_world *w, uint32_t poll)
{
    struct watched_poll p = event_watch_poll(&w->watch, poll);

    return p.shown.version != 0 ? result_text(&p.shown) : "nothing";
}

static int cast_edit(struct ballot_world *w, uint32_t poll,
                     const struct poll_edit *edit)
{
    struct task t;

    task_change(&t, CHANGE_EDIT, poll, OWNER, 0);
    t.op.wish.edit = edit;
    return run_task(w, &t);
}

static void each_change_is_told_once(void **state)
{
    struct ballot_world *w = *state;
    static const struct {
        enum change_kind kind;
        uint32_t user, option;
        const char *shown;
    } rows[] = {
        {CHANGE_VOTE, 10, 0, "open v2: 1 0 0"},
        {CHANGE_SKIP, 11, 0, "open v2: 1 0 0"},
        {CHANGE_SKIP, 13, 0, "open v2: 1 0 0"},
        {CHANGE_UNSKIP, 11, 0, "open v2: 1 0 0"},
        {CHANGE_MOVE, 10, 2, "open v3: 0 0 1"},
        {CHANGE_WITHDRAW, 10, 0, "open v4: 0 0 0"},
        {CHANGE_VOTE, 12, 1, "open v5: 0 1 0"},
        {CHANGE_CLOSE, OWNER, 0, "closed v6: 0 1 0"},
    };

    add_poll_with(w, 5, &usual);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        assert_int_equal(cast(w, rows[i].kind, 5, rows[i].user, rows[i].option), 0);
        assert_string_equal(last_shown(w, 5), rows[i].shown);
        assert_int_equal(event_watch_durable(&w->watch), i + 1);
        assert_int_equal(event_watch_poll(&w->watch, 5).n_shown, (int)i + 1);
    }
    assert_int_equal(event_watch_poll(&w->watch, 5).shown.skips, 1);
    assert_int_equal(event_watch_poll(&w->watch, 5).shown_rules.closes_ms, T0);
}

static void a_deletion_is_the_last_word(void **state)
{
    struct ballot_world *w = *state;

    add_poll_with(w, 5, &usual);
    assert_int_equal(cast_vote(w, 5, 10, 0), 0);
    assert_int_equal(cast(w, CHANGE_DELETE, 5, OWNER, 0), 0);
    assert_int_equal(event_watch_poll(&w->watch, 5).n_deleted, 1);
    assert_int_equal(cast_vote(w, 5, 11, 0), ERR_NOT_FOUND);
    assert_string_equal(shown_of(w, 5), "none");
    assert_int_equal(event_watch_durable(&w->watch), 2);
    assert_int_equal(event_watch_poll(&w->watch, 5).n_shown, 1);
    assert_int_equal(event_watch_poll(&w->watch, 5).n_deleted, 1);
}

static void an_edit_comes_with_its_result(void **state)
{
    struct ballot_world *w = *state;
    static const struct poll four = {.rules.n_options = 4};
    struct poll_edit edit = {71, POLL_TEXTS, &four};

    add_poll_with(w, 5, &usual);
    assert_int_equal(cast_edit(w, 5, &edit), 0);
    assert_int_equal(event_watch_poll(&w->watch, 5).edited, 71);
    assert_string_equal(last_shown(w, 5), "open v2: 0 0 0 0");
    assert_int_equal(cast_vote(w, 5, 10, 3), 0);
    edit.id = 72;
    assert_int_equal(cast_edit(w, 5, &edit), ERR_CONFLICT); /* there is a vote */
    assert_int_equal(event_watch_poll(&w->watch, 5).edited, 71);
    assert_int_equal(event_watch_durable(&w->watch), 2);
}

static void time_is_told_when_somebody_asks(void **state)
{
    struct ballot_world *w = *state;
    struct poll_rules timed = usual;

    timed.opens_ms = T0 + 1000;
    timed.closes_ms = T0 + 2000;
    add_poll_with(w, 5, &timed);
    assert_string_equal(shown_of(w, 5), "scheduled v1: 0 0 0");
    atomic_store(&w->now_ms, T0 + 1000);
    assert_int_equal(cast_vote(w, 5, 10, 0), 0);
    assert_string_equal(last_shown(w, 5), "open v3: 1 0 0");
    atomic_store(&w->now_ms, T0 + 2000);
    assert_int_equal(cast_vote(w, 5, 11, 0), ERR_POLL_CLOSED);
    assert_string_equal(last_shown(w, 5), "closed v4: 1 0 0");
    assert_int_equal(event_watch_durable(&w->watch), 1);
}

static void what_was_not_entered_is_not_told(void **state)
{
    struct ballot_world *w = *state;
    struct task t;

    add_poll_with(w, 5, &usual);
    task_change(&t, CHANGE_VOTE, 5, 10, 1);
    task_key(&t, "a key");
    assert_int_equal(run_task(w, &t), 0);
    task_change(&t, CHANGE_VOTE, 5, 10, 1);
    task_key(&t, "a key");
    assert_int_equal(run_task(w, &t), 0); /* a replay */
    assert_int_equal(cast_vote(w, 5, 10, 2), ERR_ALREADY_VOTED);
    assert_int_equal(cast_vote(w, 5, 11, 9), ERR_UNKNOWN_OPTION);
    assert_int_equal(choice_of(w, 5, 10), 1);
    assert_int_equal(left_of(w, 10), 99);
    assert_int_equal(event_watch_durable(&w->watch), 1);
    assert_int_equal(event_watch_poll(&w->watch, 5).n_shown, 1);
}

/* Each kind of change, to polls 5 and 6, while nothing can be made durable. */
static void try_everything_in_vain(struct ballot_world *w)
{
    static const struct poll texts = {.rules.n_options = 4};
    struct poll_edit edit = {71, POLL_TEXTS, &texts};

    assert_int_equal(cast_vote(w, 5, 11, 1), ERR_UNAVAILABLE);
    assert_int_equal(cast(w, CHANGE_SKIP, 5, 12, 0), ERR_UNAVAILABLE);
    assert_int_equal(cast(w, CHANGE_UNSKIP, 5, 13, 0), ERR_UNAVAILABLE);
    assert_int_equal(cast(w, CHANGE_MOVE, 5, 10, 1), ERR_UNAVAILABLE);
    assert_int_equal(cast(w, CHANGE_WITHDRAW, 5, 10, 0), ERR_UNAVAILABLE);
    assert_int_equal(cast(w, CHANGE_CLOSE, 5, OWNER, 0), ERR_UNAVAILABLE);
    assert_int_equal(cast(w, CHANGE_DELETE, 5, OWNER, 0), ERR_UNAVAILABLE);
    assert_int_equal(cast_edit(w, 6, &edit), ERR_UNAVAILABLE);
}

static void what_was_taken_back_is_not_told(void **state)
{
    struct ballot_world *w = *state;

    if (w->backend->break_disk == NULL)
        return; /* it cannot fail */
    add_poll_with(w, 5, &usual);
    add_poll_with(w, 6, &usual);
    assert_int_equal(cast_vote(w, 5, 10, 0), 0);
    assert_int_equal(cast(w, CHANGE_SKIP, 5, 13, 0), 0);
    w->backend->break_disk(w, true);
    try_everything_in_vain(w);
    assert_int_equal(event_watch_durable(&w->watch), 2);
    assert_string_equal(last_shown(w, 5), "open v2: 1 0 0");
    assert_int_equal(event_watch_poll(&w->watch, 5).n_deleted, 0);
    assert_int_equal(event_watch_poll(&w->watch, 6).edited, 0);
    w->backend->break_disk(w, false);
    assert_int_equal(cast_vote(w, 5, 11, 1), 0);
    assert_string_equal(last_shown(w, 5), "open v3: 1 1 0");
    assert_int_equal(event_watch_poll(&w->watch, 5).shown.skips, 1);
    assert_int_equal(event_watch_durable(&w->watch), 3);
}

/* ---- many at once ---- */

enum { THREADS = 4, ROUNDS = 300, CROWD_POLLS = 5 };

struct crowd {
    struct ballot_world *w;
    unsigned seed;
    size_t n_entered;
    pthread_t thread;
};

static void cast_anything(struct crowd *c)
{
    static const enum change_kind kinds[] = {CHANGE_VOTE, CHANGE_VOTE,
                                             CHANGE_SKIP, CHANGE_UNSKIP,
                                             CHANGE_MOVE, CHANGE_WITHDRAW};
    struct task t;

    task_change(&t, kinds[(size_t)rand_r(&c->seed) % LENGTH(kinds)],
                1 + (uint32_t)rand_r(&c->seed) % CROWD_POLLS,
                100 + (uint32_t)rand_r(&c->seed) % 40, (uint32_t)rand_r(&c->seed) % 3);
    if (run_task(c->w, &t) == 0 && !t.op.replay)
        c->n_entered++;
}

static void *be_crowd(void *arg)
{
    struct crowd *c = arg;

    for (int i = 0; i < ROUNDS; i++)
        cast_anything(c);
    return NULL;
}

static void a_crowd_sees_what_it_did(void **state)
{
    struct ballot_world *w = *state;
    struct crowd crowd[THREADS];
    size_t n = 0;

    w->per_day = UINT32_MAX;
    ballot_world_restart(w);
    for (uint32_t poll = 1; poll <= CROWD_POLLS; poll++)
        add_poll_with(w, poll, &usual);
    for (unsigned i = 0; i < THREADS; i++) {
        crowd[i] = (struct crowd){.w = w, .seed = i + 1};
        pthread_create(&crowd[i].thread, NULL, be_crowd, &crowd[i]);
    }
    for (unsigned i = 0; i < THREADS; i++) {
        pthread_join(crowd[i].thread, NULL);
        n += crowd[i].n_entered;
    }
    assert_int_equal(event_watch_durable(&w->watch), n);
    for (uint32_t poll = 1; poll <= CROWD_POLLS; poll++) {
        char shown[256];

        snprintf(shown, sizeof shown, "%s", last_shown(w, poll));
        assert_string_equal(shown_of(w, poll), shown);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        BALLOT_TEST(each_change_is_told_once),
        BALLOT_TEST(a_deletion_is_the_last_word),
        BALLOT_TEST(an_edit_comes_with_its_result),
        BALLOT_TEST(time_is_told_when_somebody_asks),
        BALLOT_TEST(what_was_not_entered_is_not_told),
        BALLOT_TEST(what_was_taken_back_is_not_told),
        BALLOT_TEST(a_crowd_sees_what_it_did),
    };

    return ballot_world_run(tests, LENGTH(tests));
}
