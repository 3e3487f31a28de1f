/* test_csv.c — what a spreadsheet is given. */
#include "lib/check.h"

#include "api/csv.h"

static void cells_are_quoted_where_they_have_to_be(void **state)
{
    static const struct {
        const char *text, *cell;
    } rows[] = {
        {"", ""},
        {"Tabs", "Tabs"},
        {"Grüße, alle", "\"Grüße, alle\""},
        {"\"C\"", "\"\"\"C\"\"\""},
        {"two\nlines", "\"two\nlines\""},
        {"two\r\nlines", "\"two\r\nlines\""},
        {"a\tb", "\"a\tb\""},
        {" spaces ", " spaces "},
        {"it's", "it's"},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct buf out = {0};

        csv_text(&out, str_of(rows[i].text));
        CHECK_STR_AT(rows[i].text, buf_str(&out), rows[i].cell);
        buf_done(&out);
    }
}

static void no_cell_is_a_formula(void **state)
{
    static const struct {
        const char *text, *cell;
    } rows[] = {
        {"=1+1", "'=1+1"},     {"+1", "'+1"},
        {"-1", "'-1"},         {"@SUM(A1)", "'@SUM(A1)"},
        {"\t=1", "\"'\t=1\""}, {"\r=1", "\"'\r=1\""},
        {"\n=1", "\"'\n=1\""}, {"=\"a\",\"b\"", "\"'=\"\"a\"\",\"\"b\"\"\""},
        {"1=1", "1=1"},        {"C++", "C++"},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct buf out = {0};

        csv_text(&out, str_of(rows[i].text));
        CHECK_STR_AT(rows[i].text, buf_str(&out), rows[i].cell);
        buf_done(&out);
    }
}

static void a_result_is_a_line_for_each_option(void **state)
{
    struct poll p = {.options = {STR("C"), STR("=Go"), STR("a,b")}};
    struct result r = {.n_options = 3, .total = 33, .counts = {20, 0, 13}};
    struct buf out = {0};
    (void)state;

    csv_results(&out, &p, &r);
    CHECK_STR(buf_str(&out), "index,text,votes,percent\r\n"
                             "0,C,20,60.6\r\n"
                             "1,'=Go,0,0\r\n"
                             "2,\"a,b\",13,39.4\r\n");
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_quoted_where_they_have_to_be),
        cmocka_unit_test(no_cell_is_a_formula),
        cmocka_unit_test(a_result_is_a_line_for_each_option),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
