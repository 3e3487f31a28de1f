/* test_err.c — the table of errors. */
#include "lib/check.h"

#include "base/err.h"

static const int all[] = {
#define X(name, http, code, title) name,
    ERR_TABLE(X)
#undef X
};

static void every_error_has_its_line(void **state)
{
    static const struct {
        int err, http;
        const char *code;
    } rows[] = {
        {ERR_BAD_REQUEST, 400, "bad_request"}, /* the first line */
        {ERR_ALREADY_VOTED, 409, "already_voted"},
        {ERR_POLL_NOT_OPEN, 425, "poll_not_open"},
        {ERR_HTTP_VERSION, 505, "http_version"}, /* the last */
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        CHECK_EQ_AT(rows[i].code, err_http_status(rows[i].err), rows[i].http);
        CHECK_STR_AT(rows[i].code, str_of(err_code(rows[i].err)), rows[i].code);
    }
}

static void every_error_is_negative_and_for_clients(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(all); i++) {
        const char *code = err_code(all[i]);

        CHECK_AT(code, all[i] < -200); /* never a -errno */
        CHECK_AT(code, err_http_status(all[i]) >= 400 && err_http_status(all[i]) < 600);
        CHECK_AT(code, strlen(err_title(all[i])) > 3);
        CHECK_EQ_AT(code, strspn(code, "abcdefghijklmnopqrstuvwxyz_"), strlen(code));
        for (size_t k = 0; k < i; k++)
            CHECK_AT(code, strcmp(code, err_code(all[k])) != 0);
    }
}

static void what_is_not_in_the_table_is_internal(void **state)
{
    const int strange[] = {
        0,         1,        -1, ERR__BASE, ERR__BASE - 1, all[LENGTH(all) - 1] + 1,
        INT32_MIN, INT32_MAX};
    (void)state;

    for (size_t i = 0; i < LENGTH(strange); i++) {
        assert_int_equal(err_http_status(strange[i]), 500);
        assert_string_equal(err_code(strange[i]), "internal");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_error_has_its_line),
        cmocka_unit_test(every_error_is_negative_and_for_clients),
        cmocka_unit_test(what_is_not_in_the_table_is_internal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
