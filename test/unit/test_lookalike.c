/* test_lookalike.c — which names are taken for the same. */
#include "lib/check.h"

#include "base/lookalike.h"

static bool same_by(void (*make)(struct buf *b, struct str s), const char *a,
                    const char *b)
{
    struct buf x = {0}, y = {0};
    bool same;

    make(&x, str_of(a));
    make(&y, str_of(b));
    same = str_eq(buf_str(&x), buf_str(&y));
    buf_done(&x);
    buf_done(&y);
    return same;
}

static void names_that_look_alike_are_one(void **state)
{
    static const struct {
        const char *a, *b;
        bool key, look;
    } rows[] = {
        {"ada", "ada", true, true},
        {"ada", "ADA", true, true},
        {"ida", "IDA", true, false},       /* I looks like l */
        {"paypal", "paypaI", false, true}, /* with a capital i */
        {"paypal", "PAYPAL", true, true},
        {"coco", "\u0441\u043e\u0441\u043e", true, true}, /* Cyrillic */
        {"user0", "usero", false, true},
        {"Zo\u00eb", "ZOE\u0308", true, true},
        {"ada", "a\u200dda", true, true},
        {"ada", "ida", false, false},
        {"ada", "adam", false, false},
        {"Zo\u00eb", "Zoe", false, false},
        {"ada1", "ada2", false, false},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        CHECK_EQ_AT(rows[i].b, same_by(name_key, rows[i].a, rows[i].b), rows[i].key);
        CHECK_EQ_AT(rows[i].b, same_by(name_look, rows[i].a, rows[i].b), rows[i].look);
    }
}

static void the_longest_look_has_room(void **state)
{
    struct buf name = {0}, key = {0};

    (void)state;
    for (int i = 0; i < 50; i++)
        buf_text(&name, "\ufdfa");
    name_key(&key, buf_str(&name));
    name_look(&key, buf_str(&name));
    assert_true(key.len > 0);
    buf_done(&name);
    buf_done(&key);
}

static void bytes_that_are_no_text_are_no_trouble(void **state)
{
    (void)state;
    assert_true(same_by(name_key, "", ""));
    assert_true(same_by(name_key, "\xff", "\xff"));
    assert_false(same_by(name_look, "\xff", "\xfe"));
}

static void scripts(void **state)
{
    static const struct {
        const char *name;
        bool one;
    } rows[] = {
        {"ada lovelace", true},
        {"J\u00fcrgen", true},
        {"\u0410\u0434\u0430", true},             /* Cyrillic */
        {"\u6771\u4eac\u30bf\u30ef\u30fc", true}, /* Japanese */
        {"\u6771\u4eacabc", true},
        {"\ud55c\uad6dabc", true},
        {"ada \U0001f600 7", true},
        {"p\u0430ypal", false}, /* one Cyrillic letter */
        {"\u03b1\u03b2\u03b3abc", false},
        {"\u0627\u0628abc", false},
        {"\u30bf\ud55c", false}, /* Japanese and Korean */
        {"\u0627\u0661"
         "1",
         false}, /* digits of two kinds */
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++)
        CHECK_EQ_AT(rows[i].name, name_is_one_script(str_of(rows[i].name)),
                    rows[i].one);
}

static void the_tables_have_a_name(void **state)
{
    (void)state;
    assert_string_not_equal(name_tables(), "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_that_look_alike_are_one),
        cmocka_unit_test(the_longest_look_has_room),
        cmocka_unit_test(bytes_that_are_no_text_are_no_trouble),
        cmocka_unit_test(scripts),
        cmocka_unit_test(the_tables_have_a_name),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
