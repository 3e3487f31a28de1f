/* test_nearest.c — "did you mean". */
#include "lib/check.h"

#include "config/nearest.h"

static void counts_slips(void **state)
{
    static const struct {
        const char *a, *b;
        size_t distance;
    } rows[] = {
        {"", "", 0},         {"port", "port", 0}, {"", "port", 4},
        {"port", "prt", 1},  {"prt", "port", 1},  {"port", "part", 1},
        {"port", "prot", 1}, {"ab", "ba", 1},     {"abcd", "badc", 2},
        {"ca", "abc", 3}, /* a swapped pair is not edited again */
        {"port", "log", 3},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++)
        CHECK_EQ_AT(rows[i].a, nearest_distance(str_of(rows[i].a), str_of(rows[i].b)),
                    rows[i].distance);
}

static void long_names_are_near_to_nothing(void **state)
{
    char text[65];
    (void)state;

    memset(text, 'x', sizeof text);
    assert_int_equal(nearest_distance((struct str){text, 64}, (struct str){text, 64}),
                     0);
    assert_true(nearest_distance((struct str){text, 65}, (struct str){text, 64}) ==
                SIZE_MAX);
    assert_true(nearest_distance((struct str){text, 64}, (struct str){text, 65}) ==
                SIZE_MAX);
}

static void keeps_the_nearest_that_is_near_enough(void **state)
{
    static const struct {
        const char *typed, *want;
    } rows[] = {
        {"server.prot", "server.port"},
        {"server.ports", "server.port"},
        {"port", ""},
        {"log.lvel", "log.level"},
        {"zzz", ""},
        {"rols", "roles"},
    };
    static const char *const names[] = {"server.origins", "server.port", "log.level",
                                        "log.format", "roles"};
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct nearest n = {0};

        for (size_t k = 0; k < LENGTH(names); k++)
            nearest_consider(&n, str_of(rows[i].typed), str_of(names[k]));
        CHECK_STR_AT(rows[i].typed, n.name, rows[i].want);
    }
}

static void of_two_as_near_the_first_stays(void **state)
{
    struct nearest n = {0};
    (void)state;

    nearest_consider(&n, STR("abcd"), STR("abcx"));
    nearest_consider(&n, STR("abcd"), STR("abcy"));
    CHECK_STR(n.name, "abcx");
    nearest_consider(&n, STR("abcd"), STR("abcd"));
    CHECK_STR(n.name, "abcd");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_slips),
        cmocka_unit_test(long_names_are_near_to_nothing),
        cmocka_unit_test(keeps_the_nearest_that_is_near_enough),
        cmocka_unit_test(of_two_as_near_the_first_stays),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
