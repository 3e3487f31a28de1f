/* test_words.c — the words of a text. */
#include "lib/check.h"

#include "core/words.h"

/* "word word+joined " */
static bool write_word(void *user, struct str word, bool joined)
{
    struct buf *b = user;

    if (b->len != 0)
        buf_char(b, joined ? '+' : ' ');
    buf_str_add(b, word);
    return true;
}

static void texts_have_words(void **state)
{
    static const struct {
        const char *why, *text, *want;
    } rows[] = {
        {"nothing", "", ""},
        {"blanks", " \t\n", ""},
        {"signs", "?! \"*\" ()", ""},
        {"words", "Your favourite language?", "your favourite language"},
        {"what belongs together", "machine-learning, C++/Go", "machine+learning c+go"},
        {"digits", "Top 10 of 2026", "top 10 of 2026"},
        {"accents", "Caf\u00e9 CAFE\u0301", "cafe cafe"},
        {"sharp s", "Stra\u00dfe", "strasse"},
        {"Greek", "\u0395\u03bb\u03bb\u03ac\u03b4\u03b1 \u039f\u0394\u039f\u03a3",
         "\u03b5\u03bb\u03bb\u03b1\u03b4\u03b1 \u03bf\u03b4\u03bf\u03c3"},
        {"Turkish", "\u0130stanbul Kad\u0131k\u00f6y", "istanbul kadikoy"},
        {"letters with a stroke",
         "\u0141\u00f3d\u017a sm\u00f8rrebr\u00f8d \u00c6r\u00f8",
         "lodz smorrebrod aero"},
        {"full width", "\uff21\uff22\uff23\uff11", "abc1"},
        {"half width", "\uff76\uff9e", "\u30ac"},
        {"a ligature", "\ufb01ne", "fine"},
        {"Arabic points", "\u0643\u064e\u062a\u064e\u0628\u0640", "\u0643\u062a\u0628"},
        {"Hebrew points", "\u05e9\u05b8\u05c1\u05dc\u05d5\u05b9\u05dd",
         "\u05e9\u05dc\u05d5\u05dd"},
        {"Hindi keeps its vowels", "\u0939\u093f\u0928\u094d\u0926\u0940",
         "\u0939\u093f\u0928\u094d\u0926\u0940"},
        {"Korean", "\ud55c\uad6d\uc5b4 \uc88b\uc544",
         "\ud55c\uad6d\uc5b4 \uc88b\uc544"},
        {"Han", "\u597d\u304d\u306a\u8a00\u8a9e", "\u597d+\u304d+\u306a+\u8a00+\u8a9e"},
        {"Han among others", "C\u8a00\u8a9e 2", "c+\u8a00+\u8a9e 2"},
        {"Thai", "\u0e44\u0e17\u0e22", "\u0e44+\u0e17+\u0e22"},
        {"Japanese letters keep their marks", "\u304b\u3099", "\u304c"},
        {"emoji", "\U0001f355 or \U0001f35f?", "\U0001f355 or \U0001f35f"},
        {"how an emoji is shown", "\u2764\ufe0f", "\u2764"},
        {"a colour of skin", "\U0001f44d\U0001f3fd", "\U0001f44d"},
        {"a family", "\U0001f468\u200d\U0001f469", "\U0001f468+\U0001f469"},
        {"a key", "1\ufe0f\u20e3", "1"},
        {"no UTF-8", "a\xff", ""},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct buf b = {0};

        words_each(str_of(rows[i].text), write_word, &b);
        CHECK_STR_AT(rows[i].why, buf_str(&b), rows[i].want);
        buf_done(&b);
    }
}

static bool take_one(void *user, struct str word, bool joined)
{
    (void)joined;
    buf_str_add(user, word);
    return false;
}

static void enough_is_enough(void **state)
{
    struct buf b = {0};

    (void)state;
    words_each(STR("one two"), take_one, &b);
    CHECK_STR(buf_str(&b), "one");
    buf_done(&b);
}

static void a_text_ends(void **state)
{
    struct buf b = {0};

    (void)state;
    words_add(&b, STR("Ada, B-C"));
    words_add(&b, STR("\u00b6"));
    CHECK_STR(buf_str(&b), "ada b c \u00b6 \u00b6 ");
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_have_words),
        cmocka_unit_test(enough_is_enough),
        cmocka_unit_test(a_text_ends),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
