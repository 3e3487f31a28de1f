/* test_pages.c — what is built in, how it is sent, and when it is not. */
#include "lib/check.h"

#include <string.h>

#include "api/pages.h"
#include "app/etag.h"

static void the_smallest_that_the_client_takes_is_sent(void **state)
{
    static const struct page all = {
        .plain = {"plain", 5}, .gzip = {"gz", 2}, .br = {"b", 1}};
    static const struct page no_br = {.plain = {"plain", 5}, .gzip = {"gz", 2}};
    static const struct page no_gzip = {.plain = {"plain", 5}, .br = {"b", 1}};
    static const struct {
        const char *header;
        const struct page *page;
        enum page_coding want;
    } rows[] = {
        {"gzip, deflate, br, zstd", &all, PAGE_BR},
        {"gzip, deflate, br, zstd", &no_br, PAGE_GZIP},
        {"br;q=0.1, gzip", &all, PAGE_BR},
        {"gzip", &all, PAGE_GZIP},
        {"gzip", &no_gzip, PAGE_PLAIN},
        {"br", &no_br, PAGE_PLAIN},
        {"br;q=0, gzip", &all, PAGE_GZIP},
        {"br;q=0, gzip;q=0", &all, PAGE_PLAIN},
        {"*", &all, PAGE_BR},
        {"", &all, PAGE_PLAIN},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++)
        CHECK_EQ_AT(rows[i].header, page_coding(rows[i].page, str_of(rows[i].header)),
                    rows[i].want);
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

static const struct page *page_of(const char *path)
{
    for (size_t i = 0; i < pages_n; i++)
        if (strcmp(pages[i].path, path) == 0)
            return &pages[i];
    return NULL;
}

static void the_document_is_a_page(void **state)
{
    const struct page *p = page_of("/openapi.yaml");

    (void)state;
    assert_non_null(p);
    assert_true(str_starts(p->plain, STR("openapi: 3.1")));
    assert_false(p->lasting);
}

static void there_is_always_a_page(void **state)
{
    const struct page *p = page_of("/");

    (void)state;
    assert_non_null(p);
    assert_string_equal(p->type, "text/html; charset=utf-8");
    assert_false(p->lasting);
}

static void only_files_of_the_root_are_in_it(void **state)
{
    (void)state;
    assert_ptr_equal(page_in_root(STR("openapi.yaml")), page_of("/openapi.yaml"));
    assert_null(page_in_root(STR("openapi.yam")));
    assert_null(page_in_root(STR("")));
    assert_null(page_in_root(STR("index.html")));
    assert_null(page_in_root(STR("/openapi.yaml")));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_smallest_that_the_client_takes_is_sent),
        cmocka_unit_test(a_tag_that_is_listed_is_no_news),
        cmocka_unit_test(the_document_is_a_page),
        cmocka_unit_test(there_is_always_a_page),
        cmocka_unit_test(only_files_of_the_root_are_in_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
