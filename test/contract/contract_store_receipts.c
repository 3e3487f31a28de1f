/* contract_store_receipts.c — what every store promises (store.h) about receipts: a
 * keyed vote that is sent again gets its first answer, even after it was withdrawn. */
#include "lib/check.h"

#include <stdio.h>

#include "base/err.h"
#include "lib/store_world.h"

/* The same request again, of a user whose tally was read from the store. */
static void a_replay_gets_the_receipt_that_was_stored(void **state)
{
    struct world *w = *state;
    uint32_t poll = add_poll(w, 3);
    struct change first = keyed_vote(poll, 7, 2, 2), got;
    struct wish wish = {.kind = CHANGE_VOTE, .user = 7, .option = 2, .keyed = true};
    bool replay = false;

    PROJECT(w, first, vote(poll, 8, 0, 3));
    PROJECT(w, move(poll, 7, 2, 1, 4)); /* it stays the answer to the first request */
    struct tally *t = load(w, poll);
    memcpy(wish.key, first.key, sizeof wish.key);
    assert_int_equal(tally_admit(t, &wish, first.at_ms + 5000, &got, &replay), 0);
    assert_true(replay);
    assert_int_equal(got.receipt.voted_ms, first.at_ms);
    assert_int_equal(got.receipt.version, first.version + 1);
    assert_int_equal(got.receipt.option, 2);
    assert_int_equal(got.receipt.votes_left, 99);
    assert_int_equal(got.receipt.n_options, 3);
    assert_memory_equal(got.receipt.counts, first.receipt.counts, 3 * sizeof(uint32_t));
    assert_int_equal(tally_choice(t, 7), 1);
    wish.user = 8;
    assert_int_equal(tally_admit(t, &wish, first.at_ms, &got, &replay),
                     ERR_ALREADY_VOTED);
    tally_free(t);
}

/* ---- receipts of votes that were withdrawn ---- */

static int add_withdrawn(void *out, uint32_t poll, uint32_t option, int64_t voted_ms)
{
    buf_printf(out, "%u:%u@%lld ", poll, option,
               (long long)(voted_ms - (int64_t)T0 * 1000));
    return 0;
}

/* "3:1@2 " for option 1 of poll 3, cast at version 2. */
static const char *withdrawn_by(struct world *w, uint32_t user)
{
    struct buf out = {0};
    static char text[128];

    assert_int_equal(w->s->ops->user_withdrawn(w->s, user, add_withdrawn, &out), 0);
    snprintf(text, sizeof text, "%.*s", (int)out.len, out.len > 0 ? out.data : "");
    buf_done(&out);
    return text;
}

/* What a repeat of that keyed vote comes to: an error, 0: a new vote, or the version
 * that it is told again. */
static int told(struct world *w, const struct change *first)
{
    struct wish wish = {.kind = CHANGE_VOTE,
                        .user = first->user,
                        .option = first->option,
                        .keyed = true};
    struct tally *t = load(w, first->poll);
    struct change c;
    bool replay = false;
    int rc;

    memcpy(wish.key, first->key, sizeof wish.key);
    rc = tally_admit(t, &wish, first->at_ms + 5000, &c, &replay);
    if (rc == 0 && replay) {
        assert_int_equal(c.receipt.voted_ms, first->at_ms);
        assert_int_equal(c.receipt.option, first->option);
        assert_int_equal(c.receipt.votes_left, first->receipt.votes_left);
        assert_memory_equal(c.receipt.counts, first->receipt.counts,
                            3 * sizeof(uint32_t));
        rc = (int)c.receipt.version;
    }
    tally_free(t);
    return rc;
}

static void a_withdrawn_vote_leaves_its_receipt(void **state)
{
    struct world *w = *state;
    uint32_t poll = add_poll(w, 3);
    const struct change first = keyed_vote(poll, 7, 2, 2);
    const struct change history[] = {first, keyed_vote(poll, 8, 0, 3),
                                     move(poll, 7, 2, 1, 4), withdrawal(poll, 7, 1, 5)};

    project(w, history, LENGTH(history));
    for (size_t from = 0; from < LENGTH(history); from++) {
        assert_int_equal(told(w, &first), 3);
        assert_int_equal(told(w, &history[1]), 4);
        assert_string_equal(withdrawn_by(w, 7), "1:2@2 ");
        assert_string_equal(withdrawn_by(w, 8), "");
        assert_string_equal(result_of(w, poll), "v5 total 1 skips 0: 1 0 0");
        assert_int_equal(verified(w).votes, 1);
        project(w, history + from, LENGTH(history) - from); /* a replay */
    }
    if (w->backend->keeps)
        world_reopen(w);
    assert_int_equal(told(w, &first), 3);
}

static void the_last_keyed_vote_that_was_withdrawn_is_remembered(void **state)
{
    struct world *w = *state;
    uint32_t poll = add_poll(w, 3);
    const struct change first = keyed_vote(poll, 7, 2, 2);
    struct change second = keyed_vote(poll, 7, 1, 4);

    second.key[0] = 'B';
    PROJECT(w, first, withdrawal(poll, 7, 2, 3), second);
    assert_int_equal(told(w, &first), 3);
    assert_int_equal(told(w, &second), 5);
    PROJECT(w, withdrawal(poll, 7, 1, 5));
    assert_int_equal(told(w, &second), 5);
    assert_int_equal(told(w, &first), 0);
    PROJECT(w, vote(poll, 7, 0, 6));
    assert_int_equal(told(w, &second), 5);
    PROJECT(w, withdrawal(poll, 7, 0, 7)); /* that one had none */
    assert_int_equal(told(w, &second), 5);
    PROJECT(w, withdrawal(poll, 7, 0, 8)); /* there is none */
    PROJECT(w, keyed_vote(poll, 7, 0, 9), withdrawal(poll, 7, 2, 10)); /* not this */
    assert_int_equal(told(w, &second), 5);
    assert_string_equal(withdrawn_by(w, 7), "1:1@4 ");
    verified(w);
}

static void receipts_go_with_their_poll_and_their_account(void **state)
{
    struct world *w = *state;
    uint32_t a = add_poll(w, 3), b = add_poll(w, 3), voter = w->owner;
    const struct change mine = keyed_vote(b, voter, 2, 2);
    const struct change others = keyed_vote(b, 7, 1, 3);

    PROJECT(w, keyed_vote(a, voter, 2, 2), mine, others, withdrawal(a, voter, 2, 3),
            withdrawal(b, voter, 2, 4), withdrawal(b, 7, 1, 5));
    assert_string_equal(withdrawn_by(w, voter), "1:2@2 2:2@2 ");
    PROJECT(w, deletion(a));
    assert_string_equal(withdrawn_by(w, voter), "2:2@2 ");
    verified(w);
    begin(w);
    assert_int_equal(w->s->ops->account_delete(w->s, voter, 7000), 0);
    w->s->ops->rollback(w->s);
    assert_int_equal(told(w, &mine), 3);
    begin(w);
    assert_int_equal(w->s->ops->account_delete(w->s, voter, 7000), 0);
    commit(w);
    assert_string_equal(withdrawn_by(w, voter), "");
    assert_int_equal(told(w, &mine), 0);
    assert_int_equal(told(w, &others), 4);
    assert_string_equal(withdrawn_by(w, 7), "2:1@3 ");
    verified(w);
}

static int stop_at_withdrawn(void *user, uint32_t poll, uint32_t option, int64_t at_ms)
{
    (void)option;
    (void)at_ms;
    *(uint32_t *)user += poll;
    return 44;
}

static void this_walk_can_be_stopped_too(void **state)
{
    struct world *w = *state;
    uint32_t a = add_poll(w, 3), b = add_poll(w, 3), sum = 0;

    PROJECT(w, keyed_vote(b, 7, 2, 2), withdrawal(b, 7, 2, 3), keyed_vote(a, 7, 2, 2),
            withdrawal(a, 7, 2, 3));
    assert_int_equal(w->s->ops->user_withdrawn(w->s, 7, stop_at_withdrawn, &sum), 44);
    assert_int_equal(sum, a);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        WORLD_TEST(a_replay_gets_the_receipt_that_was_stored),
        WORLD_TEST(a_withdrawn_vote_leaves_its_receipt),
        WORLD_TEST(the_last_keyed_vote_that_was_withdrawn_is_remembered),
        WORLD_TEST(receipts_go_with_their_poll_and_their_account),
        WORLD_TEST(this_walk_can_be_stopped_too),
    };

    return world_run(tests, LENGTH(tests));
}
