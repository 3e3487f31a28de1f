/* test_slots.c — the tallies in memory, and which of them go. */
#include "lib/check.h"

#include "ballot/slots.h"
#include "base/mailbox.h"

static struct slot *add(struct slots *s, uint32_t poll, uint64_t position)
{
    struct slot *slot = slots_add(s, poll);
    struct poll_rules rules = {.n_options = 2};

    slot->tally = tally_new(poll, &rules, 1);
    slot->position = position;
    slots_set_bytes(s, slot, 1000);
    return slot;
}

/* As a row of ids, without using them. */
static bool has(const struct slots *s, uint32_t poll)
{
    struct slot *slot;

    TAILQ_FOREACH(slot, &s->by_use, by_use)
    {
        if (slot->poll == poll)
            return true;
    }
    return false;
}

static void slots_are_found_by_poll_however_many(void **state)
{
    static const uint32_t strides[] = {1, 64, 1 << 20};
    (void)state;

    for (size_t k = 0; k < LENGTH(strides); k++) {
        struct slots s;

        slots_init(&s);
        for (uint32_t i = 1; i <= 1000; i++) {
            struct slot *slot = slots_add(&s, i * strides[k]);

            assert_ptr_equal(slots_find(&s, i * strides[k]), slot);
        }
        assert_int_equal(s.n, 1000);
        for (uint32_t i = 1; i <= 1000; i += 2)
            slots_remove(&s, slots_find(&s, i * strides[k]));
        assert_int_equal(s.n, 500);
        for (uint32_t i = 1; i <= 1000; i++) {
            struct slot *slot = slots_find(&s, i * strides[k]);

            assert_int_equal(slot != NULL, i % 2 == 0);
            assert_true(slot == NULL || slot->poll == i * strides[k]);
        }
        assert_null(slots_find(&s, 1001 * strides[k]));
        assert_true(s.n_buckets >= 500); /* or chains grow long */
        slots_done(&s);
    }
}

static void bytes_are_the_sum(void **state)
{
    struct slots s;
    struct slot *a, *b;
    (void)state;

    slots_init(&s);
    assert_int_equal(s.bytes, 0);
    a = slots_add(&s, 1);
    assert_true(s.bytes >= sizeof *a);
    b = slots_add(&s, 2);
    slots_set_bytes(&s, a, 500);
    slots_set_bytes(&s, b, 300);
    assert_int_equal(s.bytes, 800);
    slots_set_bytes(&s, a, 100);
    assert_int_equal(s.bytes, 400);
    slots_remove(&s, a);
    assert_int_equal(s.bytes, 300);
    slots_remove(&s, b);
    assert_int_equal(s.bytes, 0);
    slots_done(&s);
}

static void the_least_recently_used_go_first(void **state)
{
    struct slots s;
    (void)state;

    slots_init(&s);
    for (uint32_t i = 1; i <= 5; i++)
        add(&s, i, 0);
    slots_find(&s, 1);
    slots_find(&s, 3);
    slots_trim(&s, 5000, 0);
    assert_int_equal(s.n, 5); /* just as many as may stay */
    slots_trim(&s, 4999, 0);
    assert_false(has(&s, 2));
    assert_int_equal(s.n, 4);
    slots_trim(&s, 2000, 0);
    assert_true(has(&s, 1) && has(&s, 3));
    assert_int_equal(s.n, 2);
    slots_trim(&s, 0, 0);
    assert_int_equal(s.n, 0);
    slots_done(&s);
}

static void what_is_needed_stays(void **state)
{
    struct slots s;
    struct mail mail;
    (void)state;

    slots_init(&s);
    add(&s, 1, 101); /* not projected */
    add(&s, 2, 100); /* just projected */
    add(&s, 3, 0)->waiting = &mail;
    slots_add(&s, 4); /* being loaded */
    slots_trim(&s, 0, 100);
    assert_true(has(&s, 1) && has(&s, 3) && has(&s, 4));
    assert_false(has(&s, 2));
    slots_find(&s, 3)->waiting = NULL; /* it was answered: nobody may be left behind */
    slots_done(&s);
}

static void what_may_not_go_hides_no_more_than_a_few(void **state)
{
    struct slots s;
    (void)state;

    slots_init(&s);
    for (uint32_t i = 1; i <= 40; i++)
        add(&s, i, 7);
    add(&s, 41, 0);
    slots_trim(&s, 0, 6);
    assert_false(has(&s, 41));
    assert_int_equal(s.n, 40);
    slots_trim(&s, 0, 7);
    assert_int_equal(s.n, 0);
    slots_done(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_are_found_by_poll_however_many),
        cmocka_unit_test(bytes_are_the_sum),
        cmocka_unit_test(the_least_recently_used_go_first),
        cmocka_unit_test(what_is_needed_stays),
        cmocka_unit_test(what_may_not_go_hides_no_more_than_a_few),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
