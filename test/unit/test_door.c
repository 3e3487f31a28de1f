/* test_door.c — how many are let in, by how soon those before came back. */
#include "lib/check.h"

#include "app/door.h"
#include "lib/ends.h"

enum { FEW = 10 };

static struct door opened(void)
{
    struct door d;

    door_init(&d, FEW);
    return d;
}

/* n come in at now_ms, as far as they may. How many did? */
static unsigned enter(struct door *d, unsigned n, uint64_t now_ms)
{
    unsigned in = 0;

    for (unsigned i = 0; i < n; i++)
        in += door_pass(d, now_ms);
    return in;
}

static void leave_all(struct door *d, uint64_t now_ms, uint64_t took_ms)
{
    while (d->inside > 0)
        door_leave(d, now_ms, took_ms);
}

/* A steady crowd: each second 1,000 come home that went in took_ms before. */
static unsigned limit_of_a_crowd(struct door *d, unsigned crowd, uint64_t *now_ms)
{
    for (unsigned i = 0; i < 1000; i++) {
        uint64_t took_ms = d->inside; /* one a millisecond: Little's law */

        *now_ms += 10;
        for (int home = 0; home < 10 && d->inside > 0; home++)
            door_leave(d, *now_ms, took_ms);
        enter(d, crowd - d->inside, *now_ms);
    }
    return d->inside;
}

static void a_first_crowd_is_let_in_whole(void **state)
{
    struct door d = opened();
    (void)state;

    assert_int_equal(enter(&d, 100000, 5000), 100000);
    assert_false(door_is_full(&d, 5000));
}

static void lets_in_what_comes_back_soon(void **state)
{
    struct door d = opened();
    uint64_t now_ms = 5000;
    (void)state;

    assert_int_equal(limit_of_a_crowd(&d, 100, &now_ms),
                     100); /* comes home in 100 ms */
    assert_in_range(limit_of_a_crowd(&d, 5000, &now_ms), 150,
                    450); /* in 300, not 5,000 */
    assert_true(door_is_full(&d, now_ms));
    assert_false(door_pass(&d, now_ms));
}

static void is_wide_open_again_within_a_second(void **state)
{
    struct door d = opened();
    uint64_t now_ms = 5000;
    (void)state;

    limit_of_a_crowd(&d, 5000, &now_ms);
    for (int i = 0; i < 10; i++) {
        leave_all(&d, now_ms += DOOR_MEASURE_MS, 1);
        assert_true(enter(&d, 50, now_ms) > 0);
    }
    leave_all(&d, now_ms, 1);
    assert_in_range(enter(&d, 50000, now_ms), 10000, 50000);
}

static void forgets_in_a_silence(void **state)
{
    struct door d = opened();
    uint64_t now_ms = 5000;
    (void)state;

    limit_of_a_crowd(&d, 5000, &now_ms);
    leave_all(&d, now_ms += DOOR_MEASURE_MS, 2000);
    assert_in_range(enter(&d, 5000, now_ms), FEW, 500);
    leave_all(&d, now_ms, 2000);
    assert_int_equal(enter(&d, 5000, now_ms + 999), 5000 < d.limit ? 5000 : d.limit);
    leave_all(&d, now_ms + 999, 2000);
    assert_int_equal(enter(&d, 5000, now_ms + 3000), 5000);
}

static void a_few_are_always_let_in(void **state)
{
    struct door d = opened();
    uint64_t now_ms = 5000;
    (void)state;

    for (int i = 0; i < 5; i++) { /* a machine that stands still now and then */
        assert_int_equal(enter(&d, FEW, now_ms), FEW);
        leave_all(&d, now_ms += 10000, 10000);
    }
    assert_int_equal(enter(&d, FEW + 5, now_ms), FEW);
}

static void what_may_not_be_refused_goes_in_and_counts(void **state)
{
    struct door d = opened();
    (void)state;

    assert_int_equal(enter(&d, FEW, 5000), FEW);
    leave_all(&d, 15000, 10000);
    assert_int_equal(enter(&d, FEW - 1, 15000), FEW - 1);
    door_pass_anyway(&d);
    assert_true(door_is_full(&d, 15000));
    door_pass_anyway(&d);
    assert_int_equal(d.inside, FEW + 1);
    door_turn_back(&d);
    door_turn_back(&d);
    assert_true(door_pass(&d, 15000));
}

static void leave(void *door)
{
    door_leave(door, 1000, 1);
}

static void nobody_leaves_who_did_not_go_in(void **state)
{
    struct door d = opened();
    (void)state;

    assert_true(ends_the_program(leave, &d));
    assert_true(door_pass(&d, 1000));
    assert_false(ends_the_program(leave, &d));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_first_crowd_is_let_in_whole),
        cmocka_unit_test(lets_in_what_comes_back_soon),
        cmocka_unit_test(is_wide_open_again_within_a_second),
        cmocka_unit_test(forgets_in_a_silence),
        cmocka_unit_test(a_few_are_always_let_in),
        cmocka_unit_test(nobody_leaves_who_did_not_go_in),
        cmocka_unit_test(what_may_not_be_refused_goes_in_and_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
