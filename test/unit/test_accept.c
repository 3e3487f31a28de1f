/* test_accept.c — what a client's lists say that it takes. */
#include "lib/check.h"

#include "app/accept.h"

static void a_coding_is_sent_to_those_who_take_it(void **state)
{
    static const struct {
        const char *header;
        bool gzip, br;
    } rows[] = {
        {"gzip", true, false},
        {"GZIP, Br", true, true},
        {"deflate, gzip;q=1.0, br", true, true},
        {" br ; q=1 ,gzip ; q=0.1", true, true},
        {"*", true, true},
        {"br, *;q=0.5", true, true},
        {"", false, false},
        {"identity", false, false},
        {"br", false, true},
        {"br;q=0, gzip", true, false},
        {"gzip;q=0", false, false},
        {"gzip;q=0.000, *", false, true},
        {"gzip;level=1;Q=0", false, false},
        {"*;q=0", false, false},
        {"*;q=0, br", false, true},
        {"xgzip, brx", false, false},
        {"gzipx, x-gzip", false, false},
        {"gzip;q=", true, false},
        {"gzip;level=0", true, false},
        {"gzip;q=0.01", true, false},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct str header = str_of(rows[i].header);

        CHECK_EQ_AT(rows[i].header, accepts_coding(header, STR("gzip")), rows[i].gzip);
        CHECK_EQ_AT(rows[i].header, accepts_coding(header, STR("br")), rows[i].br);
    }
    assert_false(accepts_coding((struct str){NULL, 0}, STR("gzip")));
}

static void a_browser_names_what_it_shows(void **state)
{
    static const struct {
        const char *header;
        bool html;
    } rows[] = {
        {"text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", true},
        {"Text/HTML", true},
        {"application/json, text/html;q=0.1", true},
        {"text/html;level=1", true},
        {"*/*", false},
        {"text/*", false},
        {"", false},
        {"text/html;q=0, */*", false},
        {"text/htm", false},
        {"text/htmlx", false},
        {"application/xhtml+xml", false},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++)
        CHECK_EQ_AT(rows[i].header,
                    accepts_named(str_of(rows[i].header), STR("text/html")),
                    rows[i].html);
    assert_false(accepts_named((struct str){NULL, 0}, STR("text/html")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_coding_is_sent_to_those_who_take_it),
        cmocka_unit_test(a_browser_names_what_it_shows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
