#include "base/unicode.h"

#include <assert.h>
#include <unicase.h>
#include <uninorm.h>
#include <unistr.h>

#include "base/mem.h"

enum {
    UTF8_MAX_BYTES = 4,
    GROWTH = 11, /* of a character in any of our forms: U+FDFA has 3 bytes, then 33 */
    SLACK = 16,
};

uint32_t unicode_take(struct str *s)
{
    ucs4_t c;
    int len = u8_mbtouc_unsafe(&c, (const uint8_t *)s->at, s->len);

    *s = str_skip(*s, (size_t)len);
    return c;
}

void unicode_put(struct buf *b, uint32_t c)
{
    uint8_t bytes[UTF8_MAX_BYTES];
    int len = u8_uctomb(bytes, c, sizeof bytes);

    assert(len > 0);
    buf_add(b, bytes, (size_t)len);
}

static bool is_ascii(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if ((unsigned char)s.at[i] >= 0x80)
            return false;
    return true;
}

static void lower_ascii(struct buf *b, struct str s)
{
    for (size_t i = 0; i < s.len; i++) {
        char c = s.at[i];

        buf_char(b, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
    }
}

/* A call of the library: result may be the room that it was given, or its own. */
static void take_result(struct buf *b, uint8_t *room, uint8_t *result, size_t len)
{
    assert(result != NULL); /* s is UTF-8, and out of memory ends the program */
    if (result == room) {
        b->len += len;
        return;
    }
    buf_add(b, result, len);
    mem_free(result);
}

static void normalize(struct buf *b, struct str s, uninorm_t form)
{
    size_t len = s.len * GROWTH + SLACK;
    uint8_t *room = (uint8_t *)buf_reserve(b, len);
    uint8_t *result = u8_normalize(form, (const uint8_t *)s.at, s.len, room, &len);

    take_result(b, room, result, len);
}

typedef uint8_t *convert(const uint8_t *s, size_t n, const char *language,
                         uninorm_t form, uint8_t *room, size_t *length);

/* No language: the same text folds alike on every machine. */
static void change_case(struct buf *b, struct str s, convert *to, uninorm_t form)
{
    size_t len = s.len * GROWTH + SLACK;
    uint8_t *room = (uint8_t *)buf_reserve(b, len);
    uint8_t *result = to((const uint8_t *)s.at, s.len, NULL, form, room, &len);

    take_result(b, room, result, len);
}

void unicode_nfc(struct buf *b, struct str s)
{
    if (is_ascii(s))
        buf_str_add(b, s);
    else
        normalize(b, s, UNINORM_NFC);
}

void unicode_lower(struct buf *b, struct str s)
{
    if (is_ascii(s))
        lower_ascii(b, s);
    else
        change_case(b, s, u8_tolower, UNINORM_NFC);
}

void unicode_plain(struct buf *b, struct str s)
{
    struct buf parts = {0};

    if (is_ascii(s)) {
        lower_ascii(b, s);
        return;
    }
    normalize(&parts, s, UNINORM_NFKD); /* first: parts may be capitals */
    change_case(b, buf_str(&parts), u8_casefold, UNINORM_NFKD);
    buf_done(&parts);
}

void unicode_fold(struct buf *b, struct str s)
{
    if (is_ascii(s) || !str_is_utf8(s))
        lower_ascii(b, s);
    else
        change_case(b, s, u8_casefold, UNINORM_NFC);
}
