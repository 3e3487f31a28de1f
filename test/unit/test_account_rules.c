/* test_account_rules.c — which names, addresses and passwords are taken. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "auth/account_rules.h"
#include "base/err.h"

struct told {
    int n;
    enum fault code;
    char text[200]; /* "field message" of the last one */
};

static void on_fault(void *user, const char *field, enum fault code,
                     const char *message)
{
    struct told *told = user;

    told->n++;
    told->code = code;
    snprintf(told->text, sizeof told->text, "%s %s", field, message);
}

typedef int (*check)(struct str value, const struct faults *faults);

static int check_password(struct str value, const struct faults *faults)
{
    return account_check_password(value, "password", faults);
}

struct row {
    const char *why, *value, *fault; /* fault NULL: the value is good */
};

static void run(check c, const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct told told = {0};
        struct faults faults = {on_fault, &told};
        int rc = c(str_of(rows[i].value), &faults);
        bool good = rows[i].fault == NULL;

        if (rc != (good ? 0 : ERR_INVALID) || told.n != (good ? 0 : 1) ||
            strcmp(told.text, good ? "" : rows[i].fault) != 0)
            fail_msg("%s: rc %d, told %d times: %s", rows[i].why, rc, told.n,
                     told.text);
    }
}

#define RUN(check, rows) run(check, rows, sizeof(rows) / sizeof *(rows))
#define TEN "aaaaaaaaaa"
#define FIFTY TEN TEN TEN TEN TEN
#define O_UMLAUTS "\xc3\xb6\xc3\xb6\xc3\xb6\xc3\xb6\xc3\xb6" /* five */

static void usernames(void **state)
{
#define LENGTH "username must be 3 to 50 characters long"
#define CONTROL "username must not contain control characters"
#define UNSEEN "username must not contain invisible characters"
#define BLANK "username must have one space between words, and no other blanks"
#define FORM "username must not contain letters of full width, in circles and the like"
#define MIXED "username must not mix the letters or digits of different scripts"
    static const struct row rows[] = {
        {"the shortest", "ada", NULL},
        {"the longest", FIFTY, NULL},
        {"characters, not bytes",
         O_UMLAUTS O_UMLAUTS O_UMLAUTS O_UMLAUTS O_UMLAUTS O_UMLAUTS O_UMLAUTS O_UMLAUTS
             O_UMLAUTS O_UMLAUTS,
         NULL},
        {"three characters of three bytes", "\xe6\x9d\xb1\xe4\xba\xac\xe9\x83\xbd",
         NULL},
        {"a space within", "Ada Lovelace", NULL},
        {"a joiner, as Persian needs", "\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xae", NULL},
        {"the character after the controls", "\xc2\xa1hola", NULL},
        {"an emoji", "ada\xf0\x9f\x98\x80", NULL},
        {"empty", "", LENGTH},
        {"too short", "ab", LENGTH},
        {"too short, though three bytes", "\xc3\xb6!", LENGTH},
        {"too long", FIFTY "a", LENGTH},
        {"a tab", "ada\tlovelace", CONTROL},
        {"an end of line", "ada\n", CONTROL},
        {"delete", "ada\x7f", CONTROL},
        {"a control beyond ASCII", "ada\xc2\x85", CONTROL},
        {"a no-break space", "ada\xc2\xa0", BLANK},
        {"the first of the zero widths", "ada\xe2\x80\x8b", UNSEEN},
        {"text turned round", "ada\xe2\x80\xae", UNSEEN},
        {"a byte order mark",
         "\xef\xbb\xbf"
         "ada",
         UNSEEN},
        {"two spaces", "ada  lovelace", BLANK},
        {"a space before", " ada", BLANK},
        {"a space behind", "ada ", "username must not end with a space"},
        {"a wide space", "ada\u3000lovelace", BLANK},
        {"a Braille blank", "ada\u2800x", BLANK},
        {"an isolate", "\u2068ada\u2069", BLANK},
        {"nothing but punctuation", "...", NULL},
        {"full width", "\uff41\uff44\uff41", FORM},
        {"in circles", "\u24d0\u24d3\u24d0", FORM},
        {"bold", "\U0001d41a\U0001d41d\U0001d41a", FORM},
        {"a ligature", "\ufb01ne", FORM},
        {"a Thai vowel of two parts", "\u0e04\u0e33\u0e19", NULL},
        {"a Cyrillic letter among Latin ones", "p\u0430ypal", MIXED},
        {"digits of two scripts",
         "\u0627\u0661"
         "1",
         MIXED},
        {"Cyrillic", "\u0410\u0434\u0430", NULL},
        {"Japanese with Latin", "\u6771\u4eac\u30bf\u30ef\u30fc abc", NULL},
        {"private use", "ada\ue000",
         "username must not contain characters that Unicode "
         "does not define"},
        {"an accent on nothing", "\u0301ada",
         "username must not contain accents without a letter, or more than 8 on one"},
        {"a tag character", "ada\xf3\xa0\x81\xa1", UNSEEN},
        {"not UTF-8", "ada\xff", "username must be UTF-8"},
    };

    (void)state;
    RUN(account_check_username, rows);
}

static void email_addresses(void **state)
{
#define BAD "email is not an e-mail address"
    static const struct row rows[] = {
        {"a usual one", "ada@example.org", NULL},
        {"the shortest kind", "a@b.c", NULL},
        {"localhost", "ada@localhost", NULL},
        {"localhost in capitals", "ada@LocalHost", NULL},
        {"a plus and dots", "ada.l+polls@mail.example.org", NULL},
        {"odd but legal", "!#$%&'*/=?^_`{|}~-@example.org", NULL},
        {"beyond ASCII",
         "j\xc3\xb6rg@b\xc3\xbc"
         "cher.example",
         NULL},
        {"digits and hyphens", "a@1-2.3-4", NULL},
        {"254 bytes",
         TEN TEN TEN TEN TEN TEN "@" FIFTY "." FIFTY "." FIFTY "." TEN TEN TEN
                                 "aaaaaa.org",
         NULL},
        {"255 bytes",
         TEN TEN TEN TEN TEN TEN "@" FIFTY "." FIFTY "." FIFTY "." TEN TEN TEN
                                 "aaaaaaa.org",
         "email must be at most 254 bytes long"},
        {"empty", "", BAD},
        {"no @", "ada.example.org", BAD},
        {"nothing before it", "@example.org", BAD},
        {"nothing behind it", "ada@", BAD},
        {"only it", "@", BAD},
        {"two of them", "ada@lovelace@example.org", BAD},
        {"no dot in the domain", "ada@example", BAD},
        {"a dot at the domain's start", "ada@.example.org", BAD},
        {"a dot at its end", "ada@example.org.", BAD},
        {"two dots", "ada@example..org", BAD},
        {"a dot at the start", ".ada@example.org", BAD},
        {"a dot before the @", "ada.@example.org", BAD},
        {"a space", "ada lovelace@example.org", BAD},
        {"a space in the domain", "ada@exam ple.org", BAD},
        {"a space behind", "ada@example.org ", BAD},
        {"an end of line", "ada@example.org\n", BAD},
        {"a header's worth", "ada@example.org\r\nBcc: all@example.org", BAD},
        {"a no-break space", "ada\xc2\xa0@example.org", BAD},
        {"a name around it", "Ada <ada@example.org>", BAD},
        {"two addresses", "ada@example.org,bob@example.org", BAD},
        {"quoted", "\"ada\"@example.org", BAD},
        {"an address literal", "ada@[127.0.0.1]", BAD},
        {"an underscore in the domain", "ada@exam_ple.org", BAD},
        {"delete", "ada\x7f@example.org", BAD},
        {"a joiner", "a\u200dda@example.org", BAD},
        {"a joiner that a name could have", "\u0645\u06cc\u200c\u062e@example.org",
         BAD},
        {"a soft hyphen", "ada@exam\u00adple.org", BAD},
        {"not UTF-8", "ada\xff@example.org", BAD},
    };

    (void)state;
    assert_int_equal(strlen(rows[8].value), 254);
    assert_int_equal(strlen(rows[9].value), 255);
    RUN(account_check_email, rows);
}

static void passwords(void **state)
{
#define PASSWORD_LENGTH "password must be 8 to 128 characters long"
    static const struct row rows[] = {
        {"the shortest", "12345678", NULL},
        {"the longest", FIFTY FIFTY TEN TEN "12345678", NULL},
        {"characters, not bytes",
         "\xc3\xb6"
         "1234567",
         NULL},
        {"any characters", "  \t\n\x01 \xe2\x80\xae ", NULL},
        {"counted as they are hashed", "o\u03081234567", NULL},
        {"which may be too few", "o\u0308123456", PASSWORD_LENGTH},
        {"too short", "1234567", PASSWORD_LENGTH},
        {"too short, though eight bytes", O_UMLAUTS, PASSWORD_LENGTH},
        {"too long", FIFTY FIFTY TEN TEN "123456789", PASSWORD_LENGTH},
        {"empty", "", PASSWORD_LENGTH},
        {"not UTF-8", "12345678\xff", "password must be UTF-8"},
    };

    (void)state;
    RUN(check_password, rows);
}

static void a_nul_is_a_control_character(void **state)
{
    struct told told = {0};
    struct faults faults = {on_fault, &told};

    (void)state;
    assert_int_equal(account_check_username(STR("ada\0x"), &faults), ERR_INVALID);
    assert_int_equal(account_check_email(STR("a\0a@example.org"), &faults),
                     ERR_INVALID);
    assert_int_equal(account_check_email(STR("a@exam\0ple.org"), &faults), ERR_INVALID);
    assert_int_equal(told.n, 3);
}

static void a_password_is_told_by_its_field(void **state)
{
    struct told told = {0};
    struct faults faults = {on_fault, &told};

    (void)state;
    account_check_password(STR(""), "currentPassword", &faults);
    assert_string_equal(told.text, "currentPassword must be 8 to 128 characters long");
}

static void each_fault_has_its_code(void **state)
{
    static const struct {
        check check;
        const char *value;
        enum fault code;
    } rows[] = {
        {account_check_username, "", FAULT_REQUIRED},
        {account_check_username, "ab", FAULT_TOO_SHORT},
        {account_check_username, FIFTY "a", FAULT_TOO_LONG},
        {account_check_username, "ada\t", FAULT_BAD_CHARACTERS},
        {account_check_username, "ada\xff", FAULT_BAD_CHARACTERS},
        {account_check_username, "p\u0430ypal", FAULT_MIXED_SCRIPTS},
        {account_check_email, "", FAULT_REQUIRED},
        {account_check_email, "ada", FAULT_BAD_FORMAT},
        {account_check_email, "ada\n", FAULT_BAD_CHARACTERS},
        {account_check_email, FIFTY FIFTY FIFTY FIFTY FIFTY "a@b.c", FAULT_TOO_LONG},
        {check_password, "", FAULT_REQUIRED},
        {check_password, "1234567", FAULT_TOO_SHORT},
        {check_password, FIFTY FIFTY FIFTY, FAULT_TOO_LONG},
        {check_password, "12345678\xff", FAULT_BAD_CHARACTERS},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct told told = {0};
        struct faults faults = {on_fault, &told};

        rows[i].check(str_of(rows[i].value), &faults);
        if (told.n != 1 || told.code != rows[i].code)
            fail_msg("%s: %s", told.text, fault_code(told.code));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(usernames),
        cmocka_unit_test(email_addresses),
        cmocka_unit_test(passwords),
        cmocka_unit_test(a_nul_is_a_control_character),
        cmocka_unit_test(a_password_is_told_by_its_field),
        cmocka_unit_test(each_fault_has_its_code),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
