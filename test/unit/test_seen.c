/* test_seen.c — nothing falls between the loading of what was and the hearing of what
 * comes; memory is bounded. */
#include "lib/check.h"

#include "index/seen.h"
#include "index/tail.h"

static bool has(struct seen *s, uint32_t user, uint32_t poll)
{
    roaring_bitmap_t *b = seen_get(s, user);
    bool there;

    assert_non_null(b);
    there = roaring_bitmap_contains(b, poll);
    roaring_bitmap_free(b);
    return there;
}

static void what_was_and_what_comes_is_there(void **state)
{
    struct seen *s = seen_new(1 << 20);
    roaring_bitmap_t *found = roaring_bitmap_of(2, 1, 2);

    (void)state;
    seen_add(s, 7, 9); /* nobody asked for 7 yet: the store will say */
    assert_null(seen_get(s, 7));
    seen_begin(s, 7);
    assert_null(seen_get(s, 7));
    seen_add(s, 7, 3);    /* a vote while it is being loaded */
    seen_remove(s, 7, 2); /* and a withdrawal that the store does not have yet */
    seen_fill(s, 7, found);
    assert_true(has(s, 7, 1));
    assert_false(has(s, 7, 2));
    assert_true(has(s, 7, 3));
    assert_false(has(s, 7, 9));
    seen_add(s, 7, 2);
    assert_true(has(s, 7, 2));
    seen_remove(s, 7, 1);
    assert_false(has(s, 7, 1));
    roaring_bitmap_free(found);
    seen_free(s);
}

static void two_loads_at_once_are_no_harm(void **state)
{
    struct seen *s = seen_new(1 << 20);
    roaring_bitmap_t *early = roaring_bitmap_of(1, 1),
                     *late = roaring_bitmap_of(2, 1, 2);

    (void)state;
    seen_begin(s, 7);
    seen_begin(s, 7);
    seen_fill(s, 7, late);
    seen_remove(s, 7, 2); /* the other one may still bring it */
    seen_fill(s, 7, late);
    assert_false(has(s, 7, 2));
    seen_begin(s, 7);
    seen_give_up(s, 7);
    assert_true(has(s, 7, 1));
    seen_begin(s, 8);
    seen_give_up(s, 8);
    assert_null(seen_get(s, 8));
    roaring_bitmap_free(early);
    roaring_bitmap_free(late);
    seen_free(s);
}

static void who_voted_elsewhere_is_read_anew(void **state)
{
    struct seen *s = seen_new(1 << 20);
    roaring_bitmap_t *found = roaring_bitmap_of(1, 1);

    (void)state;
    seen_forget(s, 7); /* nothing is known */
    seen_begin(s, 7);
    seen_fill(s, 7, found);
    seen_forget(s, 7);
    assert_null(seen_get(s, 7));
    seen_begin(s, 7);
    seen_begin(s, 7);
    seen_forget(s, 7); /* it may have been read before that vote */
    seen_fill(s, 7, found);
    assert_null(seen_get(s, 7));
    seen_fill(s, 7, found);
    assert_null(seen_get(s, 7));
    seen_begin(s, 7);
    seen_fill(s, 7, found);
    assert_true(has(s, 7, 1));
    assert_int_equal(seen_stats(s).users, 1);
    roaring_bitmap_free(found);
    seen_free(s);
}

static void memory_is_bounded_and_who_loads_stays(void **state)
{
    struct seen *s = seen_new(64 << 10);
    roaring_bitmap_t *found = roaring_bitmap_from_range(1, 2000, 3);
    struct seen_stats stats;

    (void)state;
    seen_begin(s, 64);
    for (uint32_t user = 1; user <= 20000; user++) {
        seen_begin(s, user);
        seen_fill(s, user, found);
        assert_true(has(s, user, 1)); /* the newest always is */
    }
    stats = seen_stats(s);
    assert_true(stats.users < 200);
    assert_true(stats.bytes < 64 * 8192);
    assert_int_equal(stats.hits, 20000);
    seen_add(s, 64, 5);
    seen_fill(s, 64, found);
    assert_true(has(s, 64, 5));
    roaring_bitmap_free(found);
    seen_free(s);
}

/* ---- the tail ---- */

struct log {
    uint32_t polls[64];
    enum change_kind kinds[64];
    size_t n;
};

static void note(void *user, enum change_kind kind, uint32_t poll)
{
    struct log *log = user;

    log->kinds[log->n] = kind;
    log->polls[log->n++] = poll;
}

static size_t tail_count(struct tail *t, uint32_t user)
{
    struct log log = {.n = 0};

    tail_each(t, user, note, &log);
    return log.n;
}

static void the_tail_has_what_is_not_projected(void **state)
{
    const struct change changes[] = {
        {.kind = CHANGE_VOTE, .user = 1, .poll = 10},
        {.kind = CHANGE_VOTE, .user = 65, .poll = 11}, /* of the same share */
        {.kind = CHANGE_CLOSE, .user = 1, .poll = 12}, /* nobody's vote */
        {.kind = CHANGE_SKIP, .user = 1, .poll = 13},
        {.kind = CHANGE_WITHDRAW, .user = 1, .poll = 10},
        {.kind = CHANGE_UNSKIP, .user = 1, .poll = 13},
    };
    struct tail *t = tail_new();
    struct log log = {.n = 0};

    (void)state;
    tail_add(t, changes, 3, 100);
    tail_add(t, changes + 3, 3, 200);
    tail_each(t, 1, note, &log);
    assert_int_equal(log.n, 4);
    assert_int_equal(log.polls[0], 10);
    assert_int_equal(log.kinds[2], CHANGE_WITHDRAW);
    assert_int_equal(log.kinds[3], CHANGE_UNSKIP);
    tail_trim(t, 99);
    assert_int_equal(tail_count(t, 1), 4);
    tail_trim(t, 100);
    assert_int_equal(tail_count(t, 1), 3);
    assert_int_equal(tail_count(t, 65), 0);
    tail_trim(t, 200);
    assert_int_equal(tail_count(t, 1), 0);
    tail_free(t);
}

static void a_long_tail_keeps_its_order(void **state)
{
    struct tail *t = tail_new();
    size_t n_left = 0;

    (void)state;
    for (uint32_t i = 1; i <= 5000; i++) {
        struct change c = {.kind = CHANGE_VOTE, .user = 1 + i % 40 * 64, .poll = i};

        tail_add(t, &c, 1, i * 10);
        if (i % 7 == 0)
            tail_trim(t, i * 5);
    }
    for (uint32_t user = 0; user < 40; user++) {
        struct log log = {.n = 0};

        tail_each(t, 1 + user * 64, note, &log);
        for (size_t i = 1; i < log.n; i++)
            assert_true(log.polls[i] > log.polls[i - 1]);
        n_left += log.n;
    }
    assert_int_equal(n_left, 5000 - 4998 / 2);
    tail_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_and_what_comes_is_there),
        cmocka_unit_test(two_loads_at_once_are_no_harm),
        cmocka_unit_test(who_voted_elsewhere_is_read_anew),
        cmocka_unit_test(memory_is_bounded_and_who_loads_stays),
        cmocka_unit_test(the_tail_has_what_is_not_projected),
        cmocka_unit_test(a_long_tail_keeps_its_order),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
