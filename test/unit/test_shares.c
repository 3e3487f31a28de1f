/* How many connections each address has, and who has to give one up. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "net/shares.h"

static void only_who_has_more_than_half_gives_up(void **state)
{
    struct shares s;
    struct share *a[4];

    (void)state;
    shares_init(&s, 4);
    for (int i = 0; i < 2; i++)
        a[i] = share_join(&s, 7);
    assert_null(shares_displaced_by(&s, 8)); /* half is no more than half */
    for (int i = 2; i < 4; i++)
        a[i] = share_join(&s, 7);
    assert_ptr_equal(a[3], a[0]);
    assert_ptr_equal(shares_displaced_by(&s, 8), a[0]);
    assert_ptr_equal(shares_displaced_by(&s, 0), a[0]); /* through a proxy: anybody */
    assert_null(shares_displaced_by(&s, 7));
    share_leave(&s, a[3]);
    assert_ptr_equal(shares_displaced_by(&s, 8), a[0]);
    share_leave(&s, a[2]);
    assert_null(shares_displaced_by(&s, 8));
    share_leave(&s, a[1]);
    share_leave(&s, a[0]);
}

static void who_has_half_gets_no_more(void **state)
{
    struct shares s;
    struct share *held[6];

    (void)state;
    shares_init(&s, 5); /* half: 2 */
    for (int i = 0; i < 3; i++)
        held[i] = share_join(&s, 7);
    held[3] = share_join(&s, 8);
    assert_ptr_equal(shares_displaced_by(&s, 8), held[0]);
    held[4] = share_join(&s, 8);
    assert_null(shares_displaced_by(&s, 8));
    for (int i = 0; i < 5; i++)
        share_leave(&s, held[i]);
}

static void nobody_has_no_share(void **state)
{
    struct shares s;

    (void)state;
    shares_init(&s, 1);
    assert_null(share_join(&s, 0));
    share_leave(&s, NULL);
    assert_null(shares_displaced_by(&s, 7));
}

static void many_addresses_are_told_apart(void **state)
{
    enum { MANY = 5000 };
    static struct share *held[MANY];
    struct shares s;

    (void)state;
    shares_init(&s, 2 * MANY);
    for (size_t i = 0; i < MANY; i++)
        held[i] = share_join(&s, i + 1);
    for (size_t i = 0; i < MANY; i++)
        assert_int_equal(held[i]->n, 1);
    for (size_t i = 0; i < MANY; i++)
        share_leave(&s, held[i]);
    for (size_t i = 0; i < SHARES_BUCKETS; i++)
        assert_null(s.buckets[i]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_who_has_more_than_half_gives_up),
        cmocka_unit_test(who_has_half_gets_no_more),
        cmocka_unit_test(nobody_has_no_share),
        cmocka_unit_test(many_addresses_are_told_apart),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
