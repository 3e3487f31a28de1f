#include "base/fold.h"

#include <locale.h>
#include <wctype.h>

/* The scalar value at s->at, which is valid UTF-8, and step over it. */
static wint_t take(struct str *s)
{
    const unsigned char *p = (const unsigned char *)s->at;
    size_t len = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    wint_t c = len == 1 ? p[0] : p[0] & (0x7fu >> len);

    for (size_t i = 1; i < len; i++)
        c = c << 6 | (p[i] & 0x3f);
    *s = str_skip(*s, len);
    return c;
}

static void put(struct buf *b, wint_t c)
{
    if (c < 0x80) {
        buf_char(b, (char)c);
        return;
    }
    if (c < 0x800) {
        buf_char(b, (char)(0xc0 | c >> 6));
    } else if (c < 0x10000) {
        buf_char(b, (char)(0xe0 | c >> 12));
        buf_char(b, (char)(0x80 | (c >> 6 & 0x3f)));
    } else {
        buf_char(b, (char)(0xf0 | c >> 18));
        buf_char(b, (char)(0x80 | (c >> 12 & 0x3f)));
        buf_char(b, (char)(0x80 | (c >> 6 & 0x3f)));
    }
    buf_char(b, (char)(0x80 | (c & 0x3f)));
}

static void fold_ascii(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];

        buf_char(b, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
    }
}

void fold_add(struct buf *b, struct str s)
{
    /* Found anew each time: a password is hashed beside it, which takes a thousand
     * times as long, and so nothing is kept between calls. */
    locale_t unicode = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);

    if (unicode == (locale_t)0 || !str_is_utf8(s)) {
        fold_ascii(b, s);
    } else {
        while (s.len != 0)
            put(b, towlower_l(towupper_l(take(&s), unicode), unicode));
    }
    if (unicode != (locale_t)0)
        freelocale(unicode);
}
