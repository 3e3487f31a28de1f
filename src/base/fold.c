#include "base/fold.h"

#include <unicase.h>
#include <unistr.h>

enum { UTF8_MAX_BYTES = 4 };

static void fold_ascii(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];

        buf_char(b, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
    }
}

/* Read the letter at s->at, which is valid UTF-8, and step over it. */
static ucs4_t take(struct str *s)
{
    ucs4_t letter;
    int len = u8_mbtouc_unsafe(&letter, (const uint8_t *)s->at, s->len);

    *s = str_skip(*s, (size_t)len);
    return letter;
}

static void put(struct buf *b, ucs4_t letter)
{
    uint8_t bytes[UTF8_MAX_BYTES];
    int len = u8_uctomb(bytes, letter, sizeof bytes);

    buf_add(b, bytes, (size_t)len);
}

void fold_add(struct buf *b, struct str s)
{
    if (!str_is_utf8(s)) {
        fold_ascii(b, s);
        return;
    }
    while (s.len != 0)
        put(b, uc_tolower(uc_toupper(take(&s))));
}
