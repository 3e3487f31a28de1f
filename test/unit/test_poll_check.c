/* test_poll_check.c — the rules of a new poll: which field, which sentence. */
#include "lib/check.h"

#include <stdio.h>

#include "base/err.h"
#include "core/poll.h"

enum { NOW = 1000000 };

/* "field: message\n" for every fault. */
static void write_fault(void *user, const char *field, enum fault code,
                        const char *message)
{
    (void)code;
    buf_printf(user, "%s: %s\n", field, message);
}

/* "field code " */
static void write_code(void *user, const char *field, enum fault code,
                       const char *message)
{
    (void)message;
    buf_printf(user, "%s %s ", field, fault_code(code));
}

static void check(const char *why, const struct poll *p, const char *want)
{
    struct buf out = {0};
    struct faults faults = {write_fault, &out};

    CHECK_EQ_AT(why, poll_check(p, NOW, &faults), *want != '\0' ? ERR_INVALID : 0);
    CHECK_STR_AT(why, buf_str(&out), want);
    buf_done(&out);
}

static struct poll sound(void)
{
    return (struct poll){.title = STR("Which?"),
                         .rules = {.n_options = 2},
                         .options = {STR("this"), STR("that")}};
}

/* n times c, of one to four bytes */
static struct str times(struct buf *b, const char *c, size_t n)
{
    b->len = 0;
    while (n-- > 0)
        buf_text(b, c);
    return buf_str(b);
}

static void a_sound_poll_has_no_fault(void **state)
{
    struct poll p = sound();
    (void)state;

    check("sound", &p, "");
}

static void lengths_are_counted_in_characters(void **state)
{
    static const char *const chars[] = {"a", "\u00e9", "\u20ac", "\U0001F600"};
    struct buf b = {0};
    (void)state;

    for (size_t i = 0; i < LENGTH(chars); i++) {
        static const struct {
            size_t n;
            const char *title, *description, *option;
        } rows[] = {
            {1, "", "", ""},
            {100, "", "", ""},
            {101, "", "", "options[1]: must be 1 to 100 characters\n"},
            {200, "", "", "options[1]: must be 1 to 100 characters\n"},
            {201, "title: must be 1 to 200 characters\n", "",
             "options[1]: must be 1 to 100 characters\n"},
            {2000, "title: must be 1 to 200 characters\n", "",
             "options[1]: must be 1 to 100 characters\n"},
            {2001, "title: must be 1 to 200 characters\n",
             "description: must be 0 to 2000 characters\n",
             "options[1]: must be 1 to 100 characters\n"},
        };

        for (size_t k = 0; k < LENGTH(rows); k++) {
            struct str text = times(&b, chars[i], rows[k].n);
            struct poll p = sound();

            p.title = text;
            check(chars[i], &p, rows[k].title);
            p = sound();
            p.description = text;
            check(chars[i], &p, rows[k].description);
            p = sound();
            p.options[1] = text;
            check(chars[i], &p, rows[k].option);
        }
    }
    buf_done(&b);
}

static void texts(void **state)
{
    static const struct {
        const char *why, *text, *line, *lines;
    } rows[] = {
        {"empty", "", "must be 1 to 200 characters", NULL},
        {"a space", " ", "must have something that can be seen",
         "must have something that can be seen"},
        {"a line break", "a\nb", "must not contain control characters", NULL},
        {"a return", "a\rb", "must not contain control characters",
         "must not contain control characters"},
        {"a tab", "a\tb", "must not contain control characters",
         "must not contain control characters"},
        {"a zero width space", "a\u200b", "must not contain invisible characters",
         "must not contain invisible characters"},
        {"an escape", "a\033b", "must not contain control characters",
         "must not contain control characters"},
        {"the last control character", "a\037b", "must not contain control characters",
         "must not contain control characters"},
        {"delete", "a\177b", "must not contain control characters",
         "must not contain control characters"},
        {"no UTF-8", "a\xff", "must be UTF-8", "must be UTF-8"},
        {"half a character", "\xc3", "must be UTF-8", "must be UTF-8"},
        {"an overlong form", "\xc0\x80", "must be UTF-8", "must be UTF-8"},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct poll p = sound();
        char want[128] = "";

        p.title = str_of(rows[i].text);
        if (rows[i].line != NULL)
            snprintf(want, sizeof want, "title: %s\n", rows[i].line);
        check(rows[i].why, &p, want);

        p = sound();
        p.description = str_of(rows[i].text);
        *want = '\0';
        if (rows[i].lines != NULL)
            snprintf(want, sizeof want, "description: %s\n", rows[i].lines);
        check(rows[i].why, &p, want);
    }

    struct poll p = sound();
    p.title = (struct str){"a\0b", 3};
    check("a NUL", &p, "title: must not contain control characters\n");
    p = sound();
    p.options[0] = STR("");
    check("an empty option", &p, "options[0]: must be 1 to 100 characters\n");
}

static void options(void **state)
{
    static const struct {
        const char *why;
        uint32_t n;
        const char *want;
    } rows[] = {
        {"none", 0, "options: must be 2 to 20 options\n"},
        {"one", 1, "options: must be 2 to 20 options\n"},
        {"two", 2, ""},
        {"twenty", 20, ""},
        {"twenty-one", 21, "options: must be 2 to 20 options\n"},
    };
    char names[LIMIT_OPTIONS][8];
    struct poll p = sound();
    (void)state;

    for (int i = 0; i < LIMIT_OPTIONS; i++) {
        snprintf(names[i], sizeof names[i], "%d", i);
        p.options[i] = str_of(names[i]);
    }
    for (size_t i = 0; i < LENGTH(rows); i++) {
        p.rules.n_options = rows[i].n;
        check(rows[i].why, &p, rows[i].want);
    }
    p.rules.n_options = 20;
    p.options[19] = p.options[0];
    p.options[7] = p.options[0];
    check("twice the same", &p,
          "options[7]: is the same as an earlier option\n"
          "options[19]: is the same as an earlier option\n");
    p = sound();
    p.options[1] = STR("THIS");
    check("the same in capitals", &p, "options[1]: is the same as an earlier option\n");
    p.options[1] = STR("th\u0131s");
    check("nearly the same", &p, "");
}

static void tags(void **state)
{
    static const struct {
        const char *why, *tag, *want;
    } rows[] = {
        {"all that may be in one", "az09-", ""},
        {"thirty", "123456789012345678901234567890", ""},
        {"thirty-one", "1234567890123456789012345678901", "x"},
        {"empty", "", "x"},
        {"letters of any script", "gr\u00f6\u00dfe-\u65e5\u672c", ""},
        {"thirty of three bytes",
         "\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5"
         "\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5"
         "\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5\u65e5",
         ""},
        {"before a", "`", "x"},
        {"after z", "{", "x"},
        {"before 0", "/", "x"},
        {"after 9", ":", "x"},
        {"a space", "a b", "x"},
        {"an underscore", "a_b", "x"},
        {"its last character", "abcd!", "x"},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct poll p = sound();

        p.n_tags = 2;
        p.tags[0] = STR("ok");
        p.tags[1] = str_of(rows[i].tag);
        check(rows[i].why, &p,
              *rows[i].want != '\0' ? "tags[1]: must be 1 to 30 letters, digits and -\n"
                                    : "");
    }

    struct poll p = sound();
    for (p.n_tags = 0; p.n_tags < LIMIT_TAGS; p.n_tags++)
        p.tags[p.n_tags] = STR("t");
    check("ten", &p, "");
    p.n_tags = LIMIT_TAGS + 1;
    check("eleven", &p, "tags: must be at most 10 tags\n");
    p.n_tags = LIMIT_TAGS;
    p.tags[9] = STR("?");
    check("the tenth", &p, "tags[9]: must be 1 to 30 letters, digits and -\n");
}

static void times_of_it(void **state)
{
    static const struct {
        const char *why;
        int64_t opens, closes;
        const char *want;
    } rows[] = {
        {"closes in a moment", 0, NOW + 1, ""},
        {"closes now", 0, NOW, "closesAt: must be in the future\n"},
        {"closed", 0, NOW - 1, "closesAt: must be in the future\n"},
        {"closed long ago", 0, -1, "closesAt: must be in the future\n"},
        {"opens later", NOW + 5, 0, ""},
        {"opened before", NOW - 5, 0, ""},
        {"opens, then closes", NOW + 5, NOW + 6, ""},
        {"both at once", NOW + 5, NOW + 5, "opensAt: must be before closesAt\n"},
        {"the wrong way round", NOW + 6, NOW + 5, "opensAt: must be before closesAt\n"},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct poll p = sound();

        p.rules.opens_ms = rows[i].opens;
        p.rules.closes_ms = rows[i].closes;
        check(rows[i].why, &p, rows[i].want);
    }
}

static void every_fault_is_told(void **state)
{
    struct poll p = {
        .rules = {.n_options = 1, .closes_ms = 1}, .n_tags = 1, .tags = {STR("?")}};
    (void)state;

    check("all at once", &p,
          "title: must be 1 to 200 characters\n"
          "options: must be 2 to 20 options\n"
          "tags[0]: must be 1 to 30 letters, digits and -\n"
          "closesAt: must be in the future\n");
}

static void each_fault_has_its_code(void **state)
{
    struct buf long_text = {0}, out = {0};
    struct faults faults = {write_code, &out};
    struct poll p = {
        .title = times(&long_text, "a", 201),
        .description = STR("\x01"),
        .options = {STR(""), STR("a"), STR("a"), STR("\xff")},
        .tags = {STR(""), STR("A b"), times(&long_text, "a", 201)},
        .n_tags = 3,
        .rules = {.n_options = 4, .opens_ms = NOW + 2, .closes_ms = NOW + 1}};
    (void)state;

    (void)poll_check(&p, NOW, &faults);
    p = sound();
    p.rules = (struct poll_rules){.n_options = 1, .closes_ms = NOW};
    p.n_tags = LIMIT_TAGS + 1;
    for (size_t i = 0; i < LIMIT_TAGS; i++)
        p.tags[i] = STR("t");
    (void)poll_check(&p, NOW, &faults);
    p.rules = (struct poll_rules){.n_options = LIMIT_OPTIONS + 1};
    p.n_tags = 0;
    (void)poll_check(&p, NOW, &faults);
    CHECK_STR(buf_str(&out),
              "title too_long description bad_characters options[0] required "
              "options[2] duplicate options[3] bad_characters tags[0] required "
              "tags[1] bad_characters tags[2] too_long opensAt out_of_order "
              "options too_few tags too_many closesAt in_the_past options too_many ");
    buf_done(&long_text);
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sound_poll_has_no_fault),
        cmocka_unit_test(each_fault_has_its_code),
        cmocka_unit_test(lengths_are_counted_in_characters),
        cmocka_unit_test(texts),
        cmocka_unit_test(options),
        cmocka_unit_test(tags),
        cmocka_unit_test(times_of_it),
        cmocka_unit_test(every_fault_is_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
