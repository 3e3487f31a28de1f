#include "auth/account_rules.h"

#include <string.h>

#include "base/err.h"
#include "base/lookalike.h"
#include "base/text.h"
#include "base/unicode.h"
#include "tbl/limits.h"

static int fault(const struct faults *faults, const char *field, enum fault code,
                 const char *message)
{
    faults->fault(faults->user, field, code, message);
    return ERR_INVALID;
}

/* The fault of a text whose n characters are too few or too many. */
static enum fault length_fault(size_t n, size_t min)
{
    if (n == 0)
        return FAULT_REQUIRED;
    return n < min ? FAULT_TOO_SHORT : FAULT_TOO_LONG;
}

/* --- usernames --- */

/* A blank other than one U+0020 between words, or a character that only directs layout.
 */
static bool is_unspoken(uint32_t c, uint32_t before)
{
    if (text_is_blank(c))
        return c != ' ' || before == ' ' || before == 0;
    return c >= 0x2066 && c <= 0x2069; /* isolates */
}

/* Says what is wrong with the characters; NULL: nothing. */
static const char *character_fault(struct str username)
{
    enum text_flaw flaw = text_flaw(username, false);
    uint32_t before = 0;

    if (flaw != TEXT_SOUND)
        return text_flaw_message(flaw);
    while (username.len > 0) {
        uint32_t c = unicode_take(&username);

        if (is_unspoken(c, before))
            return "must have one space between words, and no other blanks";
        if (text_is_form(c))
            return "must not contain letters of full width, in circles and the like";
        before = c;
    }
    return before == ' ' ? "must not end with a space" : NULL;
}

int account_check_username(struct str username, const struct faults *faults)
{
    const char *message;
    size_t n;

    if (!str_is_utf8(username))
        return fault(faults, "username", FAULT_BAD_CHARACTERS, "must be UTF-8");
    n = str_chars(username);
    if (n < LIMIT_USERNAME_CHARS_MIN || n > LIMIT_USERNAME_CHARS)
        return fault(faults, "username", length_fault(n, LIMIT_USERNAME_CHARS_MIN),
                     "must be 3 to 50 characters long");
    message = character_fault(username);
    if (message != NULL)
        return fault(faults, "username", FAULT_BAD_CHARACTERS, message);
    if (!name_is_one_script(username))
        return fault(faults, "username", FAULT_MIXED_SCRIPTS,
                     "must not mix the letters or digits of different scripts");
    return 0;
}

/* --- e-mail addresses --- */

/* Visible ASCII, except what only a quoted local part may contain (RFC 5321), and
 * anything beyond ASCII (RFC 6531). */
static bool is_address_char(char c)
{
    unsigned char u = (unsigned char)c;

    return u > 0x20 && u != 0x7f && strchr("\"(),:;<>@[\\]", c) == NULL;
}

/* Is s parts of address characters, with single dots between them? */
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
    return before != '.'; /* this refuses an empty text too */
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

/* Has neither blanks nor invisible characters. */
static bool is_plain(struct str s)
{
    if (text_flaw(s, false) != TEXT_SOUND)
        return s.len == 0;
    while (s.len > 0) {
        uint32_t c = unicode_take(&s);

        if ((text_is_blank(c) && c != ' ') || text_is_silent(c))
            return false;
    }
    return true;
}

int account_check_email(struct str email, const struct faults *faults)
{
    struct str local, domain;
    size_t n_parts;

    if (!is_plain(email))
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
    struct buf normal = {0};
    size_t n;

    if (!str_is_utf8(password))
        return fault(faults, field, FAULT_BAD_CHARACTERS, "must be UTF-8");
    text_password(&normal, password);
    n = str_chars(buf_str(&normal));
    if (normal.data != NULL)
        explicit_bzero(normal.data, normal.len);
    buf_done(&normal);
    if (n < LIMIT_PASSWORD_CHARS_MIN || n > LIMIT_PASSWORD_CHARS)
        return fault(faults, field, length_fault(n, LIMIT_PASSWORD_CHARS_MIN),
                     "must be 8 to 128 characters long");
    return 0;
}
