/* Lists of what is due stay in order, whoever joins and leaves. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "net/due.h"

static void the_first_due_comes_first(void **state)
{
    struct due list, d[4] = {0};

    (void)state;
    due_init(&list);
    assert_null(due_first(&list));
    due_add(&list, &d[0], 10);
    due_add(&list, &d[1], 20);
    due_add(&list, &d[2], 20); /* after its equal */
    due_add(&list, &d[3], 5);  /* a shorter wait */
    assert_ptr_equal(due_first(&list), &d[3]);
    assert_ptr_equal(d[3].next, &d[0]);
    assert_ptr_equal(d[0].next, &d[1]);
    assert_ptr_equal(d[1].next, &d[2]);
    assert_ptr_equal(list.prev, &d[2]);
}

static void is_due_at_its_time_and_not_before(void **state)
{
    struct due list, d = {0};

    (void)state;
    due_init(&list);
    due_add(&list, &d, 10);
    assert_null(due_now(&list, 9));
    assert_ptr_equal(due_now(&list, 10), &d);
    assert_ptr_equal(due_now(&list, 11), &d);
}

static void whoever_leaves_is_in_no_list(void **state)
{
    struct due list, d[3] = {0};

    (void)state;
    due_init(&list);
    for (int i = 0; i < 3; i++)
        due_add(&list, &d[i], 1);
    due_remove(&d[1]);
    assert_null(d[1].next);
    assert_ptr_equal(d[0].next, &d[2]);
    assert_ptr_equal(d[2].prev, &d[0]);
    due_remove(&d[1]); /* again: nothing */
    due_remove(&d[0]);
    due_remove(&d[2]);
    assert_null(due_now(&list, UINT64_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_first_due_comes_first),
        cmocka_unit_test(is_due_at_its_time_and_not_before),
        cmocka_unit_test(whoever_leaves_is_in_no_list),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
