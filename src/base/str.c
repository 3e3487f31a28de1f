#include "base/str.h"

#include <string.h>
#include <strings.h>

#include "base/err.h"

struct str str_of(const char *s)
{
    return (struct str){s, s != NULL ? strlen(s) : 0};
}

bool str_eq(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.at, b.at, a.len) == 0);
}

bool str_eq_nocase(struct str a, struct str b)
{
    return a.len == b.len && (a.len == 0 || strncasecmp(a.at, b.at, a.len) == 0);
}

bool str_starts(struct str s, struct str prefix)
{
    return s.len >= prefix.len && str_eq((struct str){s.at, prefix.len}, prefix);
}

struct str str_skip(struct str s, size_t n)
{
    if (n > s.len)
        n = s.len;
    return n == 0 ? s : (struct str){s.at + n, s.len - n};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

struct str str_trim(struct str s)
{
    while (s.len > 0 && is_blank(s.at[0]))
        s = str_skip(s, 1);
    while (s.len > 0 && is_blank(s.at[s.len - 1]))
        s.len--;
    return s;
}

/* White space beyond ASCII, in UTF-8. No two begin alike and differ in length, and none
 * is the end of another character: a match at either end is one. */
static bool is_wide_blank(struct str s)
{
    static const char *const blanks[] = {
        "\xc2\x85", "\u00a0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003",
        "\u2004",   "\u2005", "\u2006", "\u2007", "\u2008", "\u2009", "\u200a",
        "\u2028",   "\u2029", "\u202f", "\u205f", "\u3000", "\ufeff",
    };

    for (size_t i = 0; i < sizeof blanks / sizeof *blanks; i++)
        if (str_eq(s, str_of(blanks[i])))
            return true;
    return false;
}

/* The length of the white-space character that s begins, or ends, with; 0: none. */
static size_t text_blank(struct str s, bool at_end)
{
    const char *edge = at_end ? s.at + s.len - 1 : s.at;

    if (*edge == ' ' || (*edge >= '\t' && *edge <= '\r'))
        return 1;
    for (size_t n = 2; n <= 3 && n <= s.len; n++)
        if (is_wide_blank((struct str){at_end ? s.at + s.len - n : s.at, n}))
            return n;
    return 0;
}

struct str str_trim_text(struct str s)
{
    size_t n;

    while (s.len > 0 && (n = text_blank(s, false)) != 0)
        s = str_skip(s, n);
    while (s.len > 0 && (n = text_blank(s, true)) != 0)
        s.len -= n;
    return s;
}

struct str str_cut(struct str s, char separator, struct str *ret_head)
{
    const char *sep = s.len != 0 ? memchr(s.at, separator, s.len) : NULL;

    if (sep == NULL) {
        *ret_head = s;
        return (struct str){NULL, 0};
    }
    *ret_head = (struct str){s.at, (size_t)(sep - s.at)};
    return str_skip(s, ret_head->len + 1);
}

int str_to_u64(struct str s, uint64_t max, uint64_t *ret_n)
{
    uint64_t n = 0;

    if (s.len == 0)
        return ERR_BAD_REQUEST;
    for (size_t i = 0; i < s.len; i++) {
        unsigned digit = (unsigned)(unsigned char)s.at[i] - '0';

        if (digit > 9 || n > (UINT64_MAX - digit) / 10)
            return ERR_BAD_REQUEST;
        n = n * 10 + digit;
    }
    if (n > max)
        return ERR_BAD_REQUEST;
    *ret_n = n;
    return 0;
}

char *str_put_u64(char *to, uint64_t n)
{
    char digits[STR_U64_BYTES];
    size_t at = sizeof digits;

    do {
        digits[--at] = (char)('0' + n % 10);
        n /= 10;
    } while (n != 0);
    memcpy(to, digits + at, sizeof digits - at);
    return to + (sizeof digits - at);
}

/* The length of the UTF-8 sequence at the start of s, 0 when it is not one.
 * The table of well-formed sequences is Unicode 15, table 3-7. */
static size_t utf8_sequence(const unsigned char *p, size_t len)
{
    unsigned char low = 0x80, high = 0xbf;
    size_t n;

    if (p[0] < 0x80)
        return 1;
    if (p[0] >= 0xc2 && p[0] <= 0xdf)
        n = 2;
    else if (p[0] >= 0xe0 && p[0] <= 0xef)
        n = 3;
    else if (p[0] >= 0xf0 && p[0] <= 0xf4)
        n = 4;
    else
        return 0;
    if (p[0] == 0xe0)
        low = 0xa0;
    else if (p[0] == 0xed)
        high = 0x9f;
    else if (p[0] == 0xf0)
        low = 0x90;
    else if (p[0] == 0xf4)
        high = 0x8f;
    if (len < n || p[1] < low || p[1] > high)
        return 0;
    for (size_t i = 2; i < n; i++)
        if ((p[i] & 0xc0) != 0x80)
            return 0;
    return n;
}

bool str_is_utf8(struct str s)
{
    const unsigned char *p = (const unsigned char *)s.at;

    for (size_t i = 0, n; i < s.len; i += n) {
        n = utf8_sequence(p + i, s.len - i);
        if (n == 0)
            return false;
    }
    return true;
}

size_t str_chars(struct str s)
{
    size_t n = 0;

    for (size_t i = 0; i < s.len; i++)
        n += ((unsigned char)s.at[i] & 0xc0) != 0x80;
    return n;
}
