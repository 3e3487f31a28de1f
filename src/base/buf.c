#include "base/buf.h"

#include <assert.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"

enum { FIRST_CAP = 256 };

void buf_done(struct buf *b)
{
    mem_free(b->data);
    *b = (struct buf){0};
}

struct str buf_str(const struct buf *b)
{
    return (struct str){b->data, b->len};
}

char *buf_reserve(struct buf *b, size_t n)
{
    assert(b->len <= b->cap);
    if (b->cap - b->len < n) {
        size_t cap = b->cap != 0 ? b->cap : FIRST_CAP;

        while (cap - b->len < n)
            cap *= 2;
        b->data = mem_realloc(b->data, cap);
        b->cap = cap;
    }
    return b->data + b->len;
}

void buf_add(struct buf *b, const void *p, size_t n)
{
    if (n != 0) {
        memcpy(buf_reserve(b, n), p, n);
        b->len += n;
    }
}

void buf_str_add(struct buf *b, struct str s)
{
    buf_add(b, s.at, s.len);
}

void buf_text(struct buf *b, const char *s)
{
    buf_add(b, s, strlen(s));
}

void buf_char(struct buf *b, char c)
{
    *buf_reserve(b, 1) = c;
    b->len++;
}

void buf_u64(struct buf *b, uint64_t n)
{
    char digits[STR_U64_BYTES];
    const char *end = str_put_u64(digits, n);

    buf_add(b, digits, (size_t)(end - digits));
}

void buf_i64(struct buf *b, int64_t n)
{
    if (n < 0)
        buf_char(b, '-');
    buf_u64(b, n < 0 ? 0 - (uint64_t)n : (uint64_t)n);
}

void buf_printf(struct buf *b, const char *format, ...)
{
    va_list args, again;
    char none[1]; /* only to be measured: gcc's sanitizers mind a NULL */
    int n;

    va_start(args, format);
    va_copy(again, args);
    n = vsnprintf(none, sizeof none, format, args);
    va_end(args);
    assert(n >= 0);
    vsnprintf(buf_reserve(b, (size_t)n + 1), (size_t)n + 1, format, again);
    va_end(again);
    b->len += (size_t)n;
}

void buf_consume(struct buf *b, size_t n)
{
    assert(n <= b->len);
    b->len -= n;
    if (b->len != 0 && n != 0)
        memmove(b->data, b->data + n, b->len);
}

static void json_escape(struct buf *b, unsigned char c)
{
    static const char hex[] = "0123456789abcdef";
    static const char shorts[] = "btn?fr"; /* 0x08 to 0x0d */

    buf_char(b, '\\');
    if (c == '"' || c == '\\') {
        buf_char(b, (char)c);
    } else if (c >= 0x08 && c <= 0x0d && c != 0x0b) {
        buf_char(b, shorts[c - 0x08]);
    } else {
        buf_text(b, "u00");
        buf_char(b, hex[c >> 4]);
        buf_char(b, hex[c & 15]);
    }
}

static bool json_plain(unsigned char c)
{
    return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

void buf_json_str(struct buf *b, struct str s)
{
    bool valid = str_is_utf8(s);
    size_t from = 0;

    buf_char(b, '"');
    for (size_t i = 0; i < s.len; i++) {
        unsigned char c = (unsigned char)s.at[i];

        if (json_plain(c) || (c >= 0x80 && valid))
            continue;
        buf_add(b, s.at + from, i - from);
        from = i + 1;
        if (c >= 0x80)
            buf_text(b, "\xef\xbf\xbd");
        else
            json_escape(b, c);
    }
    buf_str_add(b, str_skip(s, from));
    buf_char(b, '"');
}

void buf_json_time(struct buf *b, int64_t ms)
{
    char text[CLOCK_TEXT_BYTES];

    clock_format(ms, text);
    buf_char(b, '"');
    buf_text(b, text);
    buf_char(b, '"');
}
