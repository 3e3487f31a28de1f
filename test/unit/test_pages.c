/* test_pages.c — which coding a client takes, and what it has already. */
#include "check.h"

#include "app/etag.h"
#include "app/pages.h"

static void gzip_is_sent_to_those_who_take_it(void **state)
{
    static const struct {
        const char *header;
        bool takes;
    } rows[] = {
        {"gzip", true},
        {"GZIP", true},
        {"deflate, gzip;q=1.0, br", true},
        {" br ; q=1 ,gzip ; q=0.1", true},
        {"*", true},
        {"br, *;q=0.5", true},
        {"", false},
        {"identity", false},
        {"br", false},
        {"gzip;q=0", false},
        {"gzip;q=0.000, *", false},
        {"*;q=0", false},
        {"xgzip", false},
        {"gzipx, x-gzip", false},
        {"gzip;q=", true},
        {"gzip;level=0", true},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++)
        CHECK_EQ_AT(rows[i].header, accepts_gzip(str_of(rows[i].header)),
                    rows[i].takes);
    assert_false(accepts_gzip((struct str){NULL, 0}));
}

static void a_tag_that_is_listed_is_no_news(void **state)
{
    static const struct {
        const char *header;
        bool news;
    } rows[] = {
        {"\"a\"", false},   {"\"b\", \"a\"", false},
        {"W/\"a\"", false}, {"*", false},
        {"", true},         {"\"b\"", true},
        {"a", true},        {"\"a-gz\"", true},
        {"\"b\",", true},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++)
        CHECK_EQ_AT(rows[i].header, etag_is_news(str_of(rows[i].header), STR("\"a\"")),
                    rows[i].news);
}

static void the_document_is_a_page(void **state)
{
    bool found = false;

    (void)state;
    for (size_t i = 0; i < pages_n; i++)
        if (str_eq(str_of(pages[i].path), STR("/openapi.yaml"))) {
            found = true;
            assert_true(str_starts(pages[i].plain, STR("openapi: 3.1")));
            assert_false(pages[i].lasting);
        }
    assert_true(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gzip_is_sent_to_those_who_take_it),
        cmocka_unit_test(a_tag_that_is_listed_is_no_news),
        cmocka_unit_test(the_document_is_a_page),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
