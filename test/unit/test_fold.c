/* test_fold.c — what counts as the same name. */
#include "lib/check.h"

#include "base/fold.h"

static void names_fold_to_one_form(void **state)
{
    static const struct {
        const char *why, *name, *folded;
    } rows[] = {
        {"nothing", "", ""},
        {"small letters and digits stay", "ada-99_", "ada-99_"},
        {"capitals become small", "ADA Lovelace", "ada lovelace"},
        {"what lies beside the letters stays", "@[`{", "@[`{"},
        {"two bytes", "\u00c9MILE", "\u00e9mile"},
        {"two bytes, further on", "\u0416\u0423\u041a", "\u0436\u0443\u043a"},
        {"three bytes", "\u1e54", "\u1e55"},
        {"four bytes", "\U00010400", "\U00010428"},
        {"four bytes without case", "\U0001f600", "\U0001f600"},
        {"capital sigma", "\u03a3", "\u03c3"},
        {"final sigma", "\u03c2", "\u03c3"},
        {"letters without case stay", "\u05d0\u4e2d", "\u05d0\u4e2d"},
        {"bytes that are not UTF-8 stay", "A\xff\xc3", "a\xff\xc3"},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct buf b = {0};

        fold_add(&b, str_of(rows[i].name));
        CHECK_STR_AT(rows[i].why, buf_str(&b), rows[i].folded);
        buf_done(&b);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_fold_to_one_form),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
