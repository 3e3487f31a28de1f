/* test_str.c — borrowed bytes with a length. */
#include "lib/check.h"

#include "base/err.h"

static void the_empty_str_is_one_whatever_it_points_to(void **state)
{
    (void)state;
    assert_true(str_eq(str_of(NULL), STR("")));
    assert_true(str_eq_nocase(str_of(NULL), STR("")));
    assert_true(str_starts(STR("a"), str_of(NULL)));
    assert_int_equal(str_of(NULL).len, 0);
    assert_int_equal(str_of("abc").len, 3);
}

static void compares_all_bytes_and_the_length(void **state)
{
    static const struct {
        const char *why;
        struct str a, b;
        bool same, same_nocase, starts;
    } rows[] = {
        {"the same", {"abc", 3}, {"abc", 3}, true, true, true},
        {"a byte differs", {"abc", 3}, {"abd", 3}, false, false, false},
        {"the second is shorter", {"abc", 3}, {"ab", 2}, false, false, true},
        {"the second is longer", {"ab", 2}, {"abc", 3}, false, false, false},
        {"case", {"aBc", 3}, {"AbC", 3}, false, true, false},
        {"behind a NUL byte", {"a\0b", 3}, {"a\0c", 3}, false, false, false},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        CHECK_EQ_AT(rows[i].why, str_eq(rows[i].a, rows[i].b), rows[i].same);
        CHECK_EQ_AT(rows[i].why, str_starts(rows[i].a, rows[i].b), rows[i].starts);
        if (rows[i].a.at[1] != '\0')
            CHECK_EQ_AT(rows[i].why, str_eq_nocase(rows[i].a, rows[i].b),
                        rows[i].same_nocase);
    }
}

static void skips_and_trims_within_bounds(void **state)
{
    (void)state;
    CHECK_STR(str_skip(STR("abc"), 0), "abc");
    CHECK_STR(str_skip(STR("abc"), 2), "c");
    CHECK_STR(str_skip(STR("abc"), 3), "");
    CHECK_STR(str_skip(STR("abc"), 4), "");
    CHECK_STR(str_skip(str_of(NULL), 1), "");
    CHECK_STR(str_trim(STR(" \ta b\t ")), "a b");
    CHECK_STR(str_trim(STR(" \t ")), "");
    CHECK_STR(str_trim(STR("\na\n")), "\na\n");
}

static void trims_what_is_white_space_in_a_text(void **state)
{
    static const struct {
        const char *why, *text, *want;
    } rows[] = {
        {"nothing to trim", "a b", "a b"},
        {"nothing at all", "", ""},
        {"ASCII's", "\t\n\v\f\r a\r\n ", "a"},
        {"a no-break space", "\u00a0a\u00a0", "a"},
        {"of three bytes", "\u2003\u3000a\u2028\ufeff", "a"},
        {"nothing else", " \u00a0\u3000 ", ""},
        {"not in between", "a\u00a0b", "a\u00a0b"},
        {"letters with such bytes in them", "\u00e0\u0420\U0001f600",
         "\u00e0\u0420\U0001f600"},
        {"what prints nothing, and is no space", "\u200b", "\u200b"},
        {"a control character", "\x1f", "\x1f"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        if (!str_eq(str_trim_text(str_of(rows[i].text)), str_of(rows[i].want)))
            fail_msg("%s", rows[i].why);
}

static void cuts_at_the_first_separator(void **state)
{
    static const struct {
        const char *text, *head, *rest;
    } rows[] = {
        {"a=b=c", "a", "b=c"}, {"a=", "a", ""}, {"=b", "", "b"},
        {"a", "a", ""},        {"", "", ""},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct str head, rest = str_cut(str_of(rows[i].text), '=', &head);

        CHECK_STR_AT(rows[i].text, head, rows[i].head);
        CHECK_STR_AT(rows[i].text, rest, rows[i].rest);
    }
}

static void reads_decimal_numbers_up_to_a_maximum(void **state)
{
    static const struct {
        const char *text;
        uint64_t max;
        int rc;
        uint64_t want;
    } rows[] = {
        {"0", 9, 0, 0},
        {"9", 9, 0, 9},
        {"10", 9, ERR_BAD_REQUEST, 0},
        {"007", 9, 0, 7},
        {"18446744073709551615", UINT64_MAX, 0, UINT64_MAX},
        {"18446744073709551616", UINT64_MAX, ERR_BAD_REQUEST, 0},
        {"99999999999999999999", UINT64_MAX, ERR_BAD_REQUEST, 0},
        {"", 9, ERR_BAD_REQUEST, 0},
        {"-1", 9, ERR_BAD_REQUEST, 0},
        {"+1", 9, ERR_BAD_REQUEST, 0},
        {" 1", 9, ERR_BAD_REQUEST, 0},
        {"1 ", 9, ERR_BAD_REQUEST, 0},
        {"1/", 99, ERR_BAD_REQUEST, 0}, /* the characters around 0 and 9 */
        {"1:", 99, ERR_BAD_REQUEST, 0},
        {"0x1", 9, ERR_BAD_REQUEST, 0},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        uint64_t n = 77;

        CHECK_EQ_AT(rows[i].text, str_to_u64(str_of(rows[i].text), rows[i].max, &n),
                    rows[i].rc);
        CHECK_AT(rows[i].text, n == (rows[i].rc == 0 ? rows[i].want : 77));
    }
}

/* The edges of Unicode's table of well-formed sequences. */
static void knows_utf8(void **state)
{
    static const struct {
        const char *why, *text;
        bool valid;
        size_t chars;
    } rows[] = {
        {"empty", "", true, 0},
        {"ASCII", "a\x7f", true, 2},
        {"two bytes, least", "\xc2\x80", true, 1},
        {"two bytes, greatest", "\xdf\xbf", true, 1},
        {"three bytes, least", "\xe0\xa0\x80", true, 1},
        {"three bytes, greatest", "\xef\xbf\xbf", true, 1},
        {"before the surrogates", "\xed\x9f\xbf", true, 1},
        {"after the surrogates", "\xee\x80\x80", true, 1},
        {"four bytes, least", "\xf0\x90\x80\x80", true, 1},
        {"four bytes, greatest", "\xf4\x8f\xbf\xbf", true, 1},
        {"a mixture", "a\xc3\xa4\xe2\x82\xac\xf0\x9f\x97\xb3", true, 4},
        {"a lone continuation", "\x80", false, 0},
        {"overlong, two bytes", "\xc0\xaf", false, 0},
        {"overlong, two bytes, the last", "\xc1\xbf", false, 0},
        {"overlong, three bytes", "\xe0\x9f\xbf", false, 0},
        {"overlong, four bytes", "\xf0\x8f\xbf\xbf", false, 0},
        {"the first surrogate", "\xed\xa0\x80", false, 0},
        {"beyond Unicode", "\xf4\x90\x80\x80", false, 0},
        {"no such first byte", "\xf5\x80\x80\x80", false, 0},
        {"cut after one of two", "\xc3", false, 0},
        {"cut after two of three", "\xe2\x82", false, 0},
        {"cut after three of four", "\xf0\x9f\x97", false, 0},
        {"no continuation, second",
         "\xc3"
         "a",
         false, 0},
        {"no continuation, third",
         "\xe2\x82"
         "a",
         false, 0},
        {"no continuation, fourth", "\xf0\x9f\x97\xc0", false, 0},
        {"wrong after right", "abc\xff", false, 0},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct str s = str_of(rows[i].text);

        CHECK_EQ_AT(rows[i].why, str_is_utf8(s), rows[i].valid);
        if (rows[i].valid)
            CHECK_EQ_AT(rows[i].why, str_chars(s), rows[i].chars);
    }
    assert_true(str_is_utf8(str_of(NULL)));
}

/* What lies behind the end does not complete a character. */
static void a_character_ends_within_the_str(void **state)
{
    static const char *const rows[] = {"\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x97\xb3"};
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++)
        for (size_t len = 1; len <= strlen(rows[i]); len++)
            CHECK_EQ_AT(rows[i], str_is_utf8((struct str){rows[i], len}),
                        len == strlen(rows[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_empty_str_is_one_whatever_it_points_to),
        cmocka_unit_test(compares_all_bytes_and_the_length),
        cmocka_unit_test(skips_and_trims_within_bounds),
        cmocka_unit_test(trims_what_is_white_space_in_a_text),
        cmocka_unit_test(cuts_at_the_first_separator),
        cmocka_unit_test(reads_decimal_numbers_up_to_a_maximum),
        cmocka_unit_test(knows_utf8),
        cmocka_unit_test(a_character_ends_within_the_str),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
