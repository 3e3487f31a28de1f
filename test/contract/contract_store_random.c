/* contract_store_random.c — histories that tallies admitted, at random, in batches of
 * any size, replayed and rolled back: what is stored is what the tallies hold. */
#include "lib/check.h"

#include "lib/store_world.h"

enum { POLLS = 5, USERS = 40, OPTIONS = 3, STEPS = 4000 };

/* What the ballot does, in memory: tallies that admit, and the changes they admitted.
 */
struct history {
    uint32_t polls[POLLS];
    struct tally *tallies[POLLS];
    struct change changes[STEPS];
    size_t n;
    uint64_t random;
};

static uint32_t draw(struct history *h, uint32_t below)
{
    h->random = h->random * 6364136223846793005ULL + 1442695040888963407ULL;
    return (uint32_t)((h->random >> 33) % below);
}

static void wish_something(struct history *h)
{
    static const enum change_kind kinds[] = {CHANGE_VOTE,   CHANGE_VOTE,
                                             CHANGE_MOVE,   CHANGE_SKIP,
                                             CHANGE_UNSKIP, CHANGE_WITHDRAW};
    uint32_t i = draw(h, POLLS);
    struct wish wish = {.kind = kinds[draw(h, LENGTH(kinds))],
                        .user = 1 + draw(h, USERS),
                        .option = draw(h, OPTIONS),
                        .keyed = draw(h, 2) == 0};
    struct change c;
    bool replay;

    wish.key[0] = (uint8_t)draw(h, 3);
    if (tally_admit(h->tallies[i], &wish, (int64_t)T0 * 1000 + (int64_t)h->n, &c,
                    &replay) != 0 ||
        replay)
        return;
    tally_apply(h->tallies[i], &c);
    h->changes[h->n++] = c;
}

static void check_receipt(const struct tally *live, const struct tally *stored,
                          uint32_t user)
{
    for (uint32_t option = 0; option < OPTIONS; option++)
        for (uint8_t key = 0; key < 3; key++) {
            struct wish wish = {.kind = CHANGE_VOTE,
                                .user = user,
                                .option = option,
                                .keyed = true,
                                .key = {key}};
            struct change want = {0}, got = {0};
            bool want_replay = false, got_replay = false;
            int rc = tally_admit(live, &wish, 1, &want, &want_replay);

            assert_int_equal(tally_admit(stored, &wish, 1, &got, &got_replay), rc);
            assert_int_equal(got_replay, want_replay);
            assert_int_equal(got.receipt.version, want.receipt.version);
            assert_int_equal(got.receipt.voted_ms, want.receipt.voted_ms);
            assert_memory_equal(got.receipt.counts, want.receipt.counts,
                                sizeof want.receipt.counts);
        }
}

static void check_poll(struct world *w, uint32_t poll, const struct tally *live)
{
    struct tally *stored = load(w, poll);
    struct result want, got;
    struct stored_poll p;

    tally_result(live, &want);
    tally_result(stored, &got);
    assert_memory_equal(got.counts, want.counts, OPTIONS * sizeof *got.counts);
    assert_int_equal(got.skips, want.skips);
    assert_int_equal(got.version, want.version);
    for (uint32_t user = 1; user <= USERS; user++) {
        assert_int_equal(tally_choice(stored, user), tally_choice(live, user));
        assert_int_equal(tally_skipped(stored, user), tally_skipped(live, user));
        check_receipt(live, stored, user);
    }
    tally_free(stored);
    assert_true(look_up(w, poll, &p));
    assert_memory_equal(p.counts, want.counts, OPTIONS * sizeof *p.counts);
    assert_int_equal(p.total, want.total);
    assert_int_equal(p.skips, want.skips);
    assert_int_equal(p.base_version, want.version);
}

/* In batches of any size, some rolled back, each beginning somewhere in the last. */
static void project_in_batches(struct world *w, struct history *h)
{
    for (size_t done = 0, from = 0; done < h->n;) {
        size_t n = 1 + draw(h, 300);

        if (from + n > h->n)
            n = h->n - from;
        begin(w);
        assert_int_equal(w->s->ops->project(w->s, h->changes + from, n), 0);
        if (draw(h, 4) == 0) {
            w->s->ops->rollback(w->s);
            continue;
        }
        commit(w);
        if (from + n > done)
            done = from + n;
        from = done - draw(h, (uint32_t)(done < 50 ? done : 50) + 1);
    }
}

static void the_store_agrees_with_the_tallies_that_admitted(void **state)
{
    struct world *w = *state;
    static struct history h;

    for (uint64_t seed = 1; seed <= 5; seed++) {
        h.n = 0;
        h.random = seed;
        for (size_t i = 0; i < POLLS; i++) {
            struct poll_rules rules = {
                .owner_id = 1, .n_options = OPTIONS, .vote_change = true};

            h.polls[i] = add_poll(w, OPTIONS);
            h.tallies[i] = tally_new(h.polls[i], &rules, 1);
        }
        for (size_t i = 0; i < STEPS; i++)
            wish_something(&h);
        project_in_batches(w, &h);
        if (w->backend->keeps)
            world_reopen(w);
        for (size_t i = 0; i < POLLS; i++) {
            check_poll(w, h.polls[i], h.tallies[i]);
            tally_free(h.tallies[i]);
        }
        verified(w);
    }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        WORLD_TEST(the_store_agrees_with_the_tallies_that_admitted),
    };

    return world_run(tests, LENGTH(tests));
}
