/* test_unicode.c — the forms of text. */
#include "lib/check.h"

#include "base/unicode.h"

typedef void form(struct buf *b, struct str s);

struct row {
    const char *why, *text, *want;
};

static void check_rows(form *make, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct buf b = {0};

        buf_text(&b, "before ");
        make(&b, str_of(rows[i].text));
        CHECK_STR_AT(rows[i].why, str_skip(buf_str(&b), 7), rows[i].want);
        buf_done(&b);
    }
}

static void folded_is_equal_for_what_differs_in_case(void **state)
{
    static const struct row rows[] = {
        {"nothing", "", ""},
        {"small letters and digits stay", "ada-99_", "ada-99_"},
        {"capitals become small", "ADA Lovelace", "ada lovelace"},
        {"what lies beside the letters stays", "@[`{", "@[`{"},
        {"two bytes", "\u00c9MILE", "\u00e9mile"},
        {"two bytes, further on", "\u0416\u0423\u041a", "\u0436\u0443\u043a"},
        {"three bytes", "\u1e54", "\u1e55"},
        {"four bytes", "\U00010400", "\U00010428"},
        {"four bytes without case", "\U0001f600", "\U0001f600"},
        {"capital sigma", "\u03a3", "\u03c3"},
        {"final sigma", "\u03c2", "\u03c3"},
        {"sharp s", "Stra\u00dfe", "strasse"},
        {"an accent that stands apart", "e\u0301", "\u00e9"},
        {"accents in another order", "a\u0301\u0323", "\u1ea1\u0301"},
        {"no i without its dot", "\u0131", "\u0131"},
        {"letters without case stay", "\u05d0\u4e2d", "\u05d0\u4e2d"},
        {"full width stays", "\uff21", "\uff41"},
        {"bytes that are not UTF-8 stay", "A\xff\xc3", "a\xff\xc3"},
    };

    (void)state;
    check_rows(unicode_fold, rows, LENGTH(rows));
}

static void nfc(void **state)
{
    static const struct row rows[] = {
        {"ASCII stays", "Abc", "Abc"},
        {"a letter and its accent", "Cafe\u0301", "Caf\u00e9"},
        {"Hangul", "\u1112\u1161\u11ab", "\ud55c"},
        {"full width stays", "\uff21", "\uff21"},
        {"what grows", "\U0001d160", "\U0001d158\U0001d165\U0001d16e"},
    };

    (void)state;
    check_rows(unicode_nfc, rows, LENGTH(rows));
}

static void lower(void **state)
{
    static const struct row rows[] = {
        {"ASCII", "AZ[@09", "az[@09"},
        {"letters beyond it", "GR\u00d6SSE", "gr\u00f6sse"},
        {"sharp s stays", "gr\u00f6\u00dfe", "gr\u00f6\u00dfe"},
        {"Greek, with its final sigma", "\u039f\u0394\u039f\u03a3",
         "\u03bf\u03b4\u03bf\u03c2"},
    };

    (void)state;
    check_rows(unicode_lower, rows, LENGTH(rows));
}

static void plain(void **state)
{
    static const struct row rows[] = {
        {"ASCII", "Abc", "abc"},
        {"full width", "\uff21\uff11", "a1"},
        {"a ligature", "\ufb01", "fi"},
        {"capitals in a sign", "\u2121", "tel"},
        {"an accent comes apart", "\u00c9", "e\u0301"},
        {"the longest", "\ufdfa",
         "\u0635\u0644\u0649 \u0627\u0644\u0644\u0647 \u0639\u0644\u064a\u0647 "
         "\u0648\u0633\u0644\u0645"},
    };
    struct buf many = {0}, b = {0};

    (void)state;
    check_rows(unicode_plain, rows, LENGTH(rows));
    for (int i = 0; i < 1000; i++)
        buf_text(&many, "\ufdfa");
    unicode_plain(&b, buf_str(&many));
    assert_int_equal(b.len, 33000);
    buf_done(&many);
    buf_done(&b);
}

static void characters_are_taken_and_put(void **state)
{
    static const uint32_t chars[] = {1,     'a',   0x7f,   0x80,
                                     0x7ff, 0x800, 0xffff, 0x10ffff};
    struct buf b = {0};
    struct str s;

    (void)state;
    for (size_t i = 0; i < LENGTH(chars); i++)
        unicode_put(&b, chars[i]);
    s = buf_str(&b);
    for (size_t i = 0; i < LENGTH(chars); i++)
        assert_int_equal(unicode_take(&s), chars[i]);
    assert_int_equal(s.len, 0);
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folded_is_equal_for_what_differs_in_case),
        cmocka_unit_test(nfc),
        cmocka_unit_test(lower),
        cmocka_unit_test(plain),
        cmocka_unit_test(characters_are_taken_and_put),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
