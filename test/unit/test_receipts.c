/* test_receipts.c — the table of receipts, against a naive one. */
#include "check.h"

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

/* Ids in order, as the server hands them out, and far apart. */
static void random_steps_agree(uint32_t stride, uint64_t seed)
{
    static struct kept model[IDS];
    struct receipts r = {0};
    size_t n = 0;

    memset(model, 0, sizeof model);
    for (int step = 0; step < STEPS; step++) {
        uint32_t id = rng(&seed) % IDS;
        bool grows = step / 5000 % 2 == 0; /* in waves, so that it fills and empties */

        if (rng(&seed) % 4 != 0 ? grows : !grows) {
            struct kept k = random_kept(&seed);

            n += !model[id].there;
            model[id] = k;
            receipts_put(&r, id * stride, k.key, &k.receipt);
        } else {
            n -= model[id].there;
            model[id].there = false;
            receipts_remove(&r, id * stride);
        }
        assert_int_equal(r.n, n);
        assert_true(r.n * 4 <= r.n_slots * 3); /* or probing never ends */
        check_kept(&r, id * stride, &model[id]);
        if (step % 64 == 0)
            for (uint32_t i = 0; i < IDS; i++)
                check_kept(&r, i * stride, &model[i]);
    }
    receipts_done(&r);
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
    struct receipts r = {0};
    const struct kept none = {0};
    (void)state;

    check_kept(&r, 1, &none);
    receipts_remove(&r, 1);
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
