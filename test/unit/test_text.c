/* test_text.c — what may be shown, and what two texts are compared by. */
#include "lib/check.h"

#include "base/text.h"

#define FAMILY "\U0001f468\u200d\U0001f469\u200d\U0001f467"
#define HEART_COUPLE "\U0001f469\u200d\u2764\ufe0f\u200d\U0001f468"
#define ENGLAND "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"

static void flaws(void **state)
{
    static const struct {
        const char *why, *text;
        enum text_flaw line, lines;
    } rows[] = {
        {"nothing", "", TEXT_SOUND, TEXT_SOUND},
        {"letters", "Your favourite language?", TEXT_SOUND, TEXT_SOUND},
        {"an accent", "Caf\u00e9", TEXT_SOUND, TEXT_SOUND},
        {"no UTF-8", "a\xff", TEXT_NOT_UTF8, TEXT_NOT_UTF8},
        {"a surrogate", "\xed\xa0\x80", TEXT_NOT_UTF8, TEXT_NOT_UTF8},
        /* controls */
        {"a line break", "a\nb", TEXT_CONTROL, TEXT_SOUND},
        {"a return", "a\rb", TEXT_CONTROL, TEXT_CONTROL},
        {"a tab", "a\tb", TEXT_CONTROL, TEXT_CONTROL},
        {"an escape", "a\033b", TEXT_CONTROL, TEXT_CONTROL},
        {"delete", "a\177b", TEXT_CONTROL, TEXT_CONTROL},
        {"the first of C1", "a\xc2\x80z", TEXT_CONTROL, TEXT_CONTROL},
        {"the next line of C1", "a\xc2\x85z", TEXT_CONTROL, TEXT_CONTROL},
        {"the last of C1", "a\xc2\x9fz", TEXT_CONTROL, TEXT_CONTROL},
        {"a line separator", "a\u2028b", TEXT_CONTROL, TEXT_CONTROL},
        {"a paragraph separator", "a\u2029b", TEXT_CONTROL, TEXT_CONTROL},
        /* direction */
        {"a left-to-right override", "a\u202db", TEXT_HIDDEN, TEXT_HIDDEN},
        {"a right-to-left override", "a\u202eb", TEXT_HIDDEN, TEXT_HIDDEN},
        {"an embedding", "a\u202ab", TEXT_HIDDEN, TEXT_HIDDEN},
        {"its end", "a\u202cb", TEXT_HIDDEN, TEXT_HIDDEN},
        {"a mark of direction", "a\u200fb", TEXT_HIDDEN, TEXT_HIDDEN},
        {"the Arabic one", "a\u061cb", TEXT_HIDDEN, TEXT_HIDDEN},
        {"an isolate", "a\u2067b\u2069", TEXT_SOUND, TEXT_SOUND},
        /* invisible */
        {"a zero width space", "a\u200bb", TEXT_HIDDEN, TEXT_HIDDEN},
        {"a soft hyphen", "a\u00adb", TEXT_HIDDEN, TEXT_HIDDEN},
        {"a grapheme joiner", "a\u034fb", TEXT_HIDDEN, TEXT_HIDDEN},
        {"a word joiner", "a\u2060b", TEXT_HIDDEN, TEXT_HIDDEN},
        {"an invisible plus", "a\u2064b", TEXT_HIDDEN, TEXT_HIDDEN},
        {"a byte order mark inside", "a\ufeffb", TEXT_HIDDEN, TEXT_HIDDEN},
        {"a Hangul filler", "a\u3164b", TEXT_HIDDEN, TEXT_HIDDEN},
        {"a narrow Hangul filler", "a\uffa0b", TEXT_HIDDEN, TEXT_HIDDEN},
        {"a Khmer vowel that is none", "\u1780\u17b4", TEXT_HIDDEN, TEXT_HIDDEN},
        {"an annotation", "a\ufff9b", TEXT_HIDDEN, TEXT_HIDDEN},
        {"an object that is not there", "a\ufffcb", TEXT_HIDDEN, TEXT_HIDDEN},
        {"a tag", "a\U000e0061", TEXT_HIDDEN, TEXT_HIDDEN},
        {"the old language tag", "a\U000e0001", TEXT_HIDDEN, TEXT_HIDDEN},
        {"a musical beam", "a\U0001d173", TEXT_HIDDEN, TEXT_HIDDEN},
        /* undefined */
        {"private use", "a\ue000", TEXT_UNKNOWN, TEXT_UNKNOWN},
        {"private use, far away", "a\U000f0000", TEXT_UNKNOWN, TEXT_UNKNOWN},
        {"no character", "a\xef\xbf\xbf", TEXT_UNKNOWN, TEXT_UNKNOWN},
        {"no character of Arabic", "a\ufdd0", TEXT_UNKNOWN, TEXT_UNKNOWN},
        {"unassigned", "a\u0378", TEXT_UNKNOWN, TEXT_UNKNOWN},
        /* marks */
        {"an accent on nothing", "\u0301a", TEXT_MARKS, TEXT_MARKS},
        {"eight accents", "a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301",
         TEXT_SOUND, TEXT_SOUND},
        {"nine accents", "a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301",
         TEXT_MARKS, TEXT_MARKS},
        /* nothing to see */
        {"a space", " ", TEXT_INVISIBLE, TEXT_INVISIBLE},
        {"a Braille blank", "\u2800", TEXT_INVISIBLE, TEXT_INVISIBLE},
        {"isolates alone", "\u2068\u2069", TEXT_INVISIBLE, TEXT_INVISIBLE},
        {"lines alone", "\n", TEXT_CONTROL, TEXT_INVISIBLE},
        /* joiners */
        {"Persian", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", TEXT_SOUND,
         TEXT_SOUND},
        {"Persian with a vowel sign", "\u0645\u06cc\u064e\u200c\u062e", TEXT_SOUND,
         TEXT_SOUND},
        {"Hindi", "\u0915\u094d\u200d\u0937", TEXT_SOUND, TEXT_SOUND},
        {"a virama at the end", "\u0d28\u0d4d\u200d", TEXT_SOUND, TEXT_SOUND},
        {"a joiner between Latin letters", "a\u200db", TEXT_HIDDEN, TEXT_HIDDEN},
        {"a non-joiner between Latin letters", "a\u200cb", TEXT_HIDDEN, TEXT_HIDDEN},
        {"two non-joiners", "\u06cc\u200c\u200c\u062e", TEXT_HIDDEN, TEXT_HIDDEN},
        {"a non-joiner at the end", "\u06cc\u200c", TEXT_HIDDEN, TEXT_HIDDEN},
        {"a joiner alone", "\u200d", TEXT_HIDDEN, TEXT_HIDDEN},
        /* emoji */
        {"a family", FAMILY, TEXT_SOUND, TEXT_SOUND},
        {"a couple with a heart", HEART_COUPLE, TEXT_SOUND, TEXT_SOUND},
        {"a colour of skin", "\U0001f44d\U0001f3fd", TEXT_SOUND, TEXT_SOUND},
        {"of a profession", "\U0001f469\U0001f3fd\u200d\U0001f4bb", TEXT_SOUND,
         TEXT_SOUND},
        {"a heart", "\u2764\ufe0f", TEXT_SOUND, TEXT_SOUND},
        {"a heart as text", "\u2764\ufe0e", TEXT_SOUND, TEXT_SOUND},
        {"a key", "1\ufe0f\u20e3", TEXT_SOUND, TEXT_SOUND},
        {"a flag", "\U0001f1e9\U0001f1ea", TEXT_SOUND, TEXT_SOUND},
        {"the flag of England", ENGLAND, TEXT_SOUND, TEXT_SOUND},
        {"a flag with other tags", "\U0001f3f4\U000e0078\U000e007f", TEXT_HIDDEN,
         TEXT_HIDDEN},
        {"a flag whose tags do not end", "\U0001f3f4\U000e0067\U000e0062\U000e0065",
         TEXT_HIDDEN, TEXT_HIDDEN},
        {"the pirates' flag", "\U0001f3f4\u200d\u2620\ufe0f", TEXT_SOUND, TEXT_SOUND},
        {"an emoji newer than the table", "\U0001fae9", TEXT_SOUND, TEXT_SOUND},
        {"an emoji's joiner at the end", "\U0001f468\u200d", TEXT_HIDDEN, TEXT_HIDDEN},
        {"an emoji's joiner before a letter", "\U0001f468\u200da", TEXT_HIDDEN,
         TEXT_HIDDEN},
        {"a selector after a letter", "a\ufe0f", TEXT_HIDDEN, TEXT_HIDDEN},
        {"a selector after a digit", "1\ufe0f", TEXT_HIDDEN, TEXT_HIDDEN},
        {"a selector at the start", "\ufe0f", TEXT_HIDDEN, TEXT_HIDDEN},
        {"two selectors", "\u2764\ufe0f\ufe0f", TEXT_HIDDEN, TEXT_HIDDEN},
        {"a variant of a Han letter", "\u845b\U000e0100", TEXT_SOUND, TEXT_SOUND},
        {"a variant of a Latin one", "a\U000e0100", TEXT_HIDDEN, TEXT_HIDDEN},
        {"a variant of a Mongolian letter", "\u1820\u180b", TEXT_SOUND, TEXT_SOUND},
        {"an Arabic sign of a number", "\u0600\u0661", TEXT_SOUND, TEXT_SOUND},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        CHECK_EQ_AT(rows[i].why, text_flaw(str_of(rows[i].text), false), rows[i].line);
        CHECK_EQ_AT(rows[i].why, text_flaw(str_of(rows[i].text), true), rows[i].lines);
    }
    assert_int_equal(text_flaw((struct str){"a\0b", 3}, true), TEXT_CONTROL);
}

static void every_flaw_has_a_sentence(void **state)
{
    (void)state;
    assert_null(text_flaw_message(TEXT_SOUND));
    for (enum text_flaw f = TEXT_NOT_UTF8; f <= TEXT_INVISIBLE; f++)
        assert_string_not_equal(text_flaw_message(f), "");
}

struct row {
    const char *why, *text, *want;
};

static void line(struct buf *b, struct str s)
{
    text_normal(b, s, false);
}

static void lines(struct buf *b, struct str s)
{
    text_normal(b, s, true);
}

static void check_rows(void (*make)(struct buf *b, struct str s),
                       const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct buf b = {0};

        make(&b, str_of(rows[i].text));
        CHECK_STR_AT(rows[i].why, buf_str(&b), rows[i].want);
        buf_done(&b);
    }
}

static void normal_form(void **state)
{
    static const struct row rows[] = {
        {"nothing", "", ""},
        {"as it is", "a b", "a b"},
        {"composed", "Cafe\u0301", "Caf\u00e9"},
        {"trimmed", " \t\na\u3000\u00a0", "a"},
        {"blank", "\u2003\u2800\ufeff", ""},
        {"an open isolate is closed", "\u2067a\u2066b", "\u2067a\u2066b\u2069\u2069"},
        {"a closed one stays", "\u2068a\u2069 b", "\u2068a\u2069 b"},
        {"an end of nothing goes", "a\u2069b", "ab"},
        {"a tab stays, to be refused", "a\tb", "a\tb"},
        {"no UTF-8 stays, to be refused", " \xff ", " \xff "},
    };
    static const struct row line_rows[] = {
        {"ends of lines", "a\r\nb\rc\nd", "a\nb\nc\nd"},
        {"a return at the end of all", "a\rb\r", "a\nb"},
        {"a tab", "a\tb", "a b"},
        {"separators of lines and paragraphs", "a\u2028b\u2029c", "a\nb\nc"},
    };

    (void)state;
    check_rows(line, rows, LENGTH(rows));
    check_rows(lines, line_rows, LENGTH(line_rows));
}

static void tags(void **state)
{
    static const struct row rows[] = {
        {"capitals", " C-99 ", "c-99"},
        {"umlauts", "Gro\u0308\u00dfe", "gr\u00f6\u00dfe"},
        {"no UTF-8", "A\xff", "A\xff"},
    };
    static const struct {
        const char *tag;
        bool is;
    } all[] = {
        {"az09-", true},
        {"gr\u00f6\u00dfe", true},
        {"\u65e5\u672c", true},
        {"\u0939\u093f\u0928\u094d\u0926\u0940", true},
        {"\u0645\u06cc\u200c\u062e", true},
        {"\u0663", true},
        {"a b", false},
        {"a_b", false},
        {"a+", false},
        {"a\u00b2", false},
        {"\U0001f600", false},
        {"a\u200bb", false},
        {"a\u2068b\u2069", false},
        {"\xff", false},
    };

    (void)state;
    check_rows(text_normal_tag, rows, LENGTH(rows));
    for (size_t i = 0; i < LENGTH(all); i++)
        CHECK_EQ_AT(all[i].tag, text_is_tag(str_of(all[i].tag)), all[i].is);
}

static void keys(void **state)
{
    static const struct row rows[] = {
        {"case", "YES", "yes"},
        {"width", "\uff39\uff25\uff33", "yes"},
        {"spaces", "  a \u00a0\u3000 b ", "a b"},
        {"Braille blanks", "a\u2800b", "a b"},
        {"a zero width space", "ye\u200bs", "yes"},
        {"isolates", "\u2068yes\u2069", "yes"},
        {"how an emoji is shown", "\u2764\ufe0f", "\u2764"},
        {"sharp s", "Stra\u00dfe", "strasse"},
        {"accents count", "Caf\u00e9", "cafe\u0301"},
        {"flags of countries that are tags", ENGLAND, ENGLAND},
        {"no UTF-8", "\xff ", "\xff "},
    };

    (void)state;
    check_rows(text_key, rows, LENGTH(rows));
}

static void passwords(void **state)
{
    static const struct row rows[] = {
        {"as it is, with its spaces", " Correct  Horse ", " Correct  Horse "},
        {"composed", "passwo\u0308rd", "passw\u00f6rd"},
        {"any space is a space", "a\u00a0b\u3000c\u2003d", "a b c d"},
        {"width stays", "\uff21", "\uff21"},
        {"no UTF-8", "\xff", "\xff"},
    };

    (void)state;
    check_rows(text_password, rows, LENGTH(rows));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(flaws),       cmocka_unit_test(every_flaw_has_a_sentence),
        cmocka_unit_test(normal_form), cmocka_unit_test(tags),
        cmocka_unit_test(keys),        cmocka_unit_test(passwords),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
