#include "auth/account_rules.h"

#include <string.h>

#include "base/err.h"
#include "tbl/limits.h"

static int fault(const struct faults *faults, const char *field, enum fault code,
                 const char *message)
{
    faults->fault(faults->user, field, code, message);
    return ERR_INVALID;
}

/* Of n characters, which are not as many as there have to be. */
static enum fault length_fault(size_t n, size_t min)
{
    if (n == 0)
        return FAULT_REQUIRED;
    return n < min ? FAULT_TOO_SHORT : FAULT_TOO_LONG;
}

/* --- usernames --- */

/* Characters that print nothing, print as a space, or turn the text around: with them
 * two names look the same. The joiners U+200C and U+200D stay, since writing Persian,
 * Hindi and some emoji needs them. */
static const struct {
    uint32_t first, last;
} unseen[] = {
    {0x0000, 0x001f},   /* controls */
    {0x007f, 0x00a0},   /* controls, no-break space */
    {0x00ad, 0x00ad},   /* soft hyphen */
    {0x034f, 0x034f},   /* grapheme joiner */
    {0x061c, 0x061c},   /* Arabic letter mark */
    {0x115f, 0x1160},   /* Hangul fillers */
    {0x1680, 0x1680},   /* Ogham space */
    {0x17b4, 0x17b5},   /* Khmer inherent vowels */
    {0x180b, 0x180f},   /* Mongolian selectors, vowel separator */
    {0x2000, 0x200b},   /* spaces, zero width space */
    {0x200e, 0x200f},   /* marks of direction */
    {0x2028, 0x202f},   /* separators, embeddings and overrides, narrow space */
    {0x205f, 0x206f},   /* spaces, invisible operators, isolates */
    {0x2800, 0x2800},   /* Braille blank */
    {0x3000, 0x3000},   /* ideographic space */
    {0x3164, 0x3164},   /* Hangul filler */
    {0xfeff, 0xfeff},   /* byte order mark */
    {0xffa0, 0xffa0},   /* Hangul filler */
    {0xfff0, 0xfffb},   /* unassigned, annotations */
    {0xe0000, 0xe0fff}, /* tags, selectors */
};

/* The scalar value at the start of valid UTF-8, cut off it. */
static uint32_t take_char(struct str *s)
{
    static const unsigned char lead_mask[] = {0x7f, 0x7f, 0x1f, 0x0f, 0x07};
    const unsigned char *p = (const unsigned char *)s->at;
    size_t n = p[0] < 0x80 ? 1 : p[0] < 0xe0 ? 2 : p[0] < 0xf0 ? 3 : 4;
    uint32_t c = p[0] & lead_mask[n];

    for (size_t i = 1; i < n; i++)
        c = c << 6 | (p[i] & 0x3f);
    *s = str_skip(*s, n);
    return c;
}

static bool is_unseen(uint32_t c)
{
    for (size_t i = 0; i < sizeof unseen / sizeof *unseen; i++)
        if (c >= unseen[i].first && c <= unseen[i].last)
            return true;
    return false;
}

static bool has_unseen(struct str s)
{
    while (s.len > 0)
        if (is_unseen(take_char(&s)))
            return true;
    return false;
}

int account_check_username(struct str username, const struct faults *faults)
{
    size_t n;

    if (!str_is_utf8(username))
        return fault(faults, "username", FAULT_BAD_CHARACTERS, "must be UTF-8");
    n = str_chars(username);
    if (n < LIMIT_USERNAME_CHARS_MIN || n > LIMIT_USERNAME_CHARS)
        return fault(faults, "username", length_fault(n, LIMIT_USERNAME_CHARS_MIN),
                     "must be 3 to 50 characters long");
    if (has_unseen(username))
        return fault(faults, "username", FAULT_BAD_CHARACTERS,
                     "may not hold control characters or invisible ones");
    return 0;
}

/* --- e-mail addresses --- */

/* Visible ASCII but for what only a quoted local part may hold (RFC 5321), and what
 * RFC 6531 adds: anything beyond ASCII. */
static bool is_address_char(char c)
{
    unsigned char u = (unsigned char)c;

    return u > 0x20 && u != 0x7f && strchr("\"(),:;<>@[\\]", c) == NULL;
}

/* Parts of address characters with single dots between them. */
static bool is_dotted(struct str s, size_t *ret_n_parts)
{
    char before = '.';

    *ret_n_parts = 1;
    for (size_t i = 0; i < s.len; i++) {
        if (!is_address_char(s.at[i]) || (s.at[i] == '.' && before == '.'))
            return false;
        *ret_n_parts += s.at[i] == '.';
        before = s.at[i];
    }
    return before != '.'; /* nor is it empty */
}

static bool is_domain_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           c == '-' || c == '.' || (unsigned char)c >= 0x80;
}

static bool is_domain(struct str s)
{
    size_t n_parts;

    for (size_t i = 0; i < s.len; i++)
        if (!is_domain_char(s.at[i]))
            return false;
    if (!is_dotted(s, &n_parts))
        return false;
    return n_parts > 1 || str_eq_nocase(s, STR("localhost"));
}

int account_check_email(struct str email, const struct faults *faults)
{
    struct str local, domain;
    size_t n_parts;

    if (!str_is_utf8(email) || has_unseen(email))
        return fault(faults, "email", FAULT_BAD_CHARACTERS, "is not an e-mail address");
    if (email.len > LIMIT_EMAIL_BYTES)
        return fault(faults, "email", FAULT_TOO_LONG, "must be at most 254 bytes long");
    domain = str_cut(email, '@', &local);
    if (!is_dotted(local, &n_parts) || !is_domain(domain))
        return fault(faults, "email",
                     email.len == 0 ? FAULT_REQUIRED : FAULT_BAD_FORMAT,
                     "is not an e-mail address");
    return 0;
}

/* --- passwords --- */

int account_check_password(struct str password, const char *field,
                           const struct faults *faults)
{
    size_t n;

    if (!str_is_utf8(password))
        return fault(faults, field, FAULT_BAD_CHARACTERS, "must be UTF-8");
    n = str_chars(password);
    if (n < LIMIT_PASSWORD_CHARS_MIN || n > LIMIT_PASSWORD_CHARS)
        return fault(faults, field, length_fault(n, LIMIT_PASSWORD_CHARS_MIN),
                     "must be 8 to 128 characters long");
    return 0;
}
