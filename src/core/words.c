#include "core/words.h"

#include <unictype.h>

#include "base/text.h"
#include "base/unicode.h"

/* ---- letters ---- */

/* Small letters that Unicode does not take for others with an accent, but readers do.
 */
static const struct {
    uint32_t letter;
    const char *plain;
} strokes[] = {
    {0x00e6, "ae"}, {0x00f0, "d"}, {0x00f8, "o"}, {0x00fe, "th"}, {0x0111, "d"},
    {0x0127, "h"},  {0x0131, "i"}, {0x0142, "l"}, {0x0153, "oe"}, {0x0167, "t"},
};

/* Accents above, below and through letters; the points of Hebrew and Arabic. Not vowels
 * of Indian and Thai scripts, nor what makes one Japanese letter of another. */
static bool is_accent(uint32_t c)
{
    int class = uc_combining_class(c);

    return class == UC_CCC_OV || (class >= 10 && class <= 36) || class >= 200 ||
           uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Me);
}

static bool is_silent(uint32_t c)
{
    return uc_is_property_default_ignorable_code_point(c) || is_accent(c) ||
           c == 0x0640 || /* the Arabic line that only makes words longer */
           (c >= 0x1f3fb && c <= 0x1f3ff); /* colours of skin */
}

static void add_letter(struct buf *b, uint32_t c)
{
    for (size_t i = 0; i < sizeof strokes / sizeof *strokes; i++)
        if (strokes[i].letter == c) {
            buf_text(b, strokes[i].plain);
            return;
        }
    unicode_put(b, c);
}

/* The text with nothing in it that search does not mind. */
static void add_folded(struct buf *b, struct str text)
{
    struct buf plain = {0}, bare = {0};

    unicode_plain(&plain, text);
    for (struct str rest = buf_str(&plain); rest.len > 0;) {
        uint32_t c = unicode_take(&rest);

        if (!is_silent(c))
            add_letter(&bare, c);
    }
    unicode_nfc(b, buf_str(&bare));
    buf_done(&plain);
    buf_done(&bare);
}

/* ---- words ---- */

/* Scripts without spaces between words. */
static const struct {
    uint32_t first, last;
} unspaced[] = {
    {0x0e00, 0x0eff},   /* Thai, Lao */
    {0x1000, 0x109f},   /* Burmese */
    {0x1780, 0x17ff},   /* Khmer */
    {0x1950, 0x19ff},   /* Tai Le, New Tai Lue, Khmer signs */
    {0x1a20, 0x1aaf},   /* Tai Tham */
    {0x2e80, 0x312f},   /* radicals, kana, Bopomofo */
    {0x3190, 0x9fff},   /* Bopomofo, kana, Han */
    {0xa980, 0xa9ff},   /* Javanese, Burmese */
    {0xaa60, 0xaadf},   /* Burmese, Tai Viet */
    {0xf900, 0xfaff},   /* Han */
    {0x1b000, 0x1b16f}, /* kana */
    {0x20000, 0x3ffff}, /* Han */
};

enum kind { GAP, SIGN, LETTER, ALONE };

static bool stands_alone(uint32_t c)
{
    for (size_t i = 0; i < sizeof unspaced / sizeof *unspaced; i++)
        if (c >= unspaced[i].first && c <= unspaced[i].last)
            return true;
    return false;
}

static enum kind kind_of(uint32_t c)
{
    uint32_t letters = UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N | UC_CATEGORY_MASK_M;

    if (uc_is_general_category_withtable(c, letters))
        return stands_alone(c) ? ALONE : LETTER;
    if (text_is_emoji(c) || uc_is_general_category_withtable(c, UC_CATEGORY_MASK_So))
        return ALONE;
    return text_is_blank(c) || uc_is_general_category_withtable(c, UC_CATEGORY_MASK_Cc)
               ? GAP
               : SIGN;
}

/* The length of the word that s begins with. */
static size_t word_len(struct str s)
{
    struct str rest = s;
    size_t len = 0;
    enum kind kind = kind_of(unicode_take(&rest));

    do
        len = (size_t)(rest.at - s.at);
    while (kind == LETTER && rest.len > 0 && kind_of(unicode_take(&rest)) == LETTER);
    return len;
}

static void each_folded(struct str s,
                        bool (*each)(void *user, struct str word, bool joined),
                        void *user)
{
    bool joined = false;

    while (s.len > 0) {
        struct str rest = s, word;
        enum kind kind = kind_of(unicode_take(&rest));

        if (kind == GAP || kind == SIGN) {
            joined = joined && kind != GAP;
            s = rest;
            continue;
        }
        word = (struct str){s.at, word_len(s)};
        if (!each(user, word, joined))
            return;
        joined = true;
        s = str_skip(s, word.len);
    }
}

void words_each(struct str text, bool (*each)(void *user, struct str word, bool joined),
                void *user)
{
    struct buf folded = {0};

    if (!str_is_utf8(text))
        return;
    add_folded(&folded, text);
    each_folded(buf_str(&folded), each, user);
    buf_done(&folded);
}

static bool add_word(void *user, struct str word, bool joined)
{
    struct buf *b = user;

    (void)joined;
    buf_str_add(b, word);
    buf_char(b, ' ');
    return true;
}

void words_add(struct buf *b, struct str text)
{
    words_each(text, add_word, b);
    buf_text(b, WORDS_END " ");
}
