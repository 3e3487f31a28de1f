/* test_receipts.c — two tables of receipts, against naive ones. */
#include "lib/check.h"

#include <stdbool.h>

#include "core/receipts.h"

enum { IDS = 300, STEPS = 60000 };

struct kept {
    bool there;
    uint8_t key[VOTE_KEY_BYTES];
    struct receipt receipt;
};

static uint32_t rng(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (uint32_t)(*seed >> 33);
}

static struct kept random_kept(uint64_t *seed)
{
    struct kept k = {.there = true};

    for (size_t i = 0; i < sizeof k.key; i++)
        k.key[i] = (uint8_t)rng(seed);
    k.receipt = (struct receipt){.voted_ms = (int64_t)rng(seed) << 20,
                                 .version = (uint64_t)rng(seed) << 10,
                                 .option = (uint8_t)(rng(seed) % LIMIT_OPTIONS),
                                 .votes_left = rng(seed),
                                 .n_options = rng(seed) % (LIMIT_OPTIONS + 1)};
    for (uint32_t i = 0; i < k.receipt.n_options; i++)
        k.receipt.counts[i] = rng(seed);
    return k;
}

static void check_kept(const struct receipts *r, uint32_t user, const struct kept *want)
{
    uint8_t key[VOTE_KEY_BYTES];
    struct receipt got;

    memset(key, 0x5a, sizeof key);
    assert_int_equal(receipts_get(r, user, key, &got), want->there);
    if (!want->there) {
        assert_int_equal(key[0], 0x5a); /* nothing was written */
        return;
    }
    assert_memory_equal(key, want->key, sizeof key);
    assert_int_equal(got.voted_ms, want->receipt.voted_ms);
    assert_int_equal(got.version, want->receipt.version);
    assert_int_equal(got.option, want->receipt.option);
    assert_int_equal(got.votes_left, want->receipt.votes_left);
    assert_int_equal(got.n_options, want->receipt.n_options);
    assert_memory_equal(got.counts, want->receipt.counts,
                        got.n_options * sizeof got.counts[0]);
}

struct pair {
    struct receipts r;
    struct kept model[IDS];
};

static void random_step(struct pair *p, struct pair *other, uint32_t id,
                        uint32_t stride, bool grows, uint64_t *seed)
{
    if (rng(seed) % 4 != 0 ? grows : !grows) {
        struct kept k = random_kept(seed);

        p->model[id] = k;
        receipts_put(&p->r, id * stride, k.key, &k.receipt);
    } else if (rng(seed) % 2 == 0) {
        if (p->model[id].there)
            other->model[id] = p->model[id];
        p->model[id].there = false;
        receipts_move(&p->r, &other->r, id * stride);
    } else {
        p->model[id].there = false;
        receipts_remove(&p->r, id * stride);
    }
}

static void check_pair(const struct pair *p, uint32_t stride)
{
    size_t n = 0;

    for (uint32_t i = 0; i < IDS; i++) {
        check_kept(&p->r, i * stride, &p->model[i]);
        assert_int_equal(receipts_has(&p->r, i * stride), p->model[i].there);
        n += p->model[i].there;
    }
    assert_int_equal(p->r.n, n);
}

/* Ids in order, as the server hands them out, and far apart. */
static void random_steps_agree(uint32_t stride, uint64_t seed)
{
    static struct pair pairs[2];

    memset(pairs, 0, sizeof pairs);
    for (int step = 0; step < STEPS; step++) {
        uint32_t id = rng(&seed) % IDS, i = rng(&seed) % 2;
        bool grows = step / 5000 % 2 == 0; /* in waves, so that it fills and empties */

        random_step(&pairs[i], &pairs[1 - i], id, stride, grows, &seed);
        for (i = 0; i < 2; i++) {
            const struct receipts *r = &pairs[i].r;

            assert_true(r->n * 4 <= r->n_slots * 3); /* or probing never ends */
            check_kept(r, id * stride, &pairs[i].model[id]);
            if (step % 64 == 0)
                check_pair(&pairs[i], stride);
        }
    }
    receipts_done(&pairs[0].r);
    receipts_done(&pairs[1].r);
}

static void it_agrees_with_a_naive_table(void **state)
{
    (void)state;
    random_steps_agree(1, 1);
    random_steps_agree(1000, 2);
    random_steps_agree(14316557, 3); /* up to the largest id */
}

static void an_empty_table_has_nothing(void **state)
{
    struct receipts r = {0}, other = {0};
    const struct kept none = {0};
    (void)state;

    check_kept(&r, 1, &none);
    assert_false(receipts_has(&r, 1));
    receipts_remove(&r, 1);
    receipts_move(&r, &other, 1);
    assert_int_equal(receipts_bytes(&other), 0);
    assert_int_equal(receipts_bytes(&r), 0);
    receipts_done(&r);
}

static void it_is_empty_again_when_done(void **state)
{
    struct receipts r = {0};
    const struct kept none = {0};
    uint64_t seed = 4;
    struct kept k = random_kept(&seed);
    size_t one;
    (void)state;

    receipts_put(&r, 9, k.key, &k.receipt);
    one = receipts_bytes(&r);
    assert_true(one >= 32);
    receipts_put(&r, 10, k.key, &k.receipt);
    assert_true(receipts_bytes(&r) >= one + 64);
    receipts_done(&r);
    check_kept(&r, 9, &none);
    receipts_put(&r, 9, k.key, &k.receipt);
    check_kept(&r, 9, &k);
    receipts_done(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_agrees_with_a_naive_table),
        cmocka_unit_test(an_empty_table_has_nothing),
        cmocka_unit_test(it_is_empty_again_when_done),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
