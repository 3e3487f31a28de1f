/* test_csv.c — what a spreadsheet is given. */
#include "lib/check.h"

#include "api/csv.h"

struct row {
    const char *text, *cell;
};

static void check_cells(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        struct buf out = {0};

        csv_text(&out, str_of(rows[i].text));
        CHECK_STR_AT(rows[i].text, buf_str(&out), rows[i].cell);
        buf_done(&out);
    }
}

static void every_cell_is_quoted(void **state)
{
    static const struct row rows[] = {
        {"", "\"\""},
        {"Tabs", "\"Tabs\""},
        {"Grüße, alle", "\"Grüße, alle\""},
        {"\"C\"", "\"\"\"C\"\"\""},
        {"two\r\nlines", "\"two\r\nlines\""},
        {"Salt; pepper", "\"Salt; pepper\""},
        {" spaces ", "\" spaces \""},
        {"it's", "\"it's\""},
    };

    (void)state;
    check_cells(rows, LENGTH(rows));
}

static void no_cell_is_a_formula(void **state)
{
    static const struct row rows[] = {
        {"=1+1", "\"'=1+1\""},
        {"+1", "\"'+1\""},
        {"-1", "\"'-1\""},
        {"@SUM(A1)", "\"'@SUM(A1)\""},
        {"＝1+1", "\"'＝1+1\""},
        {"＋1", "\"'＋1\""},
        {"－1", "\"'－1\""},
        {"＠SUM(A1)", "\"'＠SUM(A1)\""},
        {"−1", "\"'−1\""},
        {"a;=1+1;b", "\"a;'=1+1;b\""},
        {"a,+1", "\"a,'+1\""},
        {"a\t-1", "\"a\t'-1\""},
        {"a|@b", "\"a|'@b\""},
        {"a\n=1", "\"a\n'=1\""},
        {"a\r=1", "\"a\r'=1\""},
        {"a; =1", "\"a;' =1\""},
        {"a;\u00a0＝1", "\"a;'\u00a0＝1\""},
        {"a;\"=1\"", "\"a;'\"\"=1\"\"\""},
        {"a;'=1", "\"a;''=1\""},
        {"\t=1", "\"'\t'=1\""},
        {"\x01=1", "\"'\x01=1\""},
        {" =1", "\"' =1\""},
        {"=\"a\",\"b\"", "\"'=\"\"a\"\",\"\"b\"\"\""},
        {"1=1", "\"1=1\""},
        {"C++", "\"C++\""},
        {"e-mail; post", "\"e-mail; post\""},
        {"a;b=1", "\"a;b=1\""},
        {";", "\";\""},
    };

    (void)state;
    check_cells(rows, LENGTH(rows));
}

static void a_result_is_a_line_for_each_option(void **state)
{
    struct poll p = {.id = 12,
                     .title = STR("Which; one?"),
                     .created_ms = 1000,
                     .rules = {.closes_ms = 60000},
                     .options = {STR("C"), STR("=Go"), STR("a,b")}};
    struct result r = {
        .n_options = 3, .total = 33, .counts = {20, 0, 13}, .status = POLL_CLOSED};
    struct buf out = {0};
    (void)state;

#define POLL                                                                           \
    ",12,\"Which; one?\",\"closed\",\"1970-01-01T00:00:01.000Z\",\"\","                \
    "\"1970-01-01T00:01:00.000Z\"\r\n"
    csv_results(&out, &p, &r);
    CHECK_STR(buf_str(&out),
              "\ufeff\"index\",\"text\",\"votes\",\"percent\",\"pollId\",\"question\","
              "\"status\",\"createdAt\",\"opensAt\",\"closesAt\"\r\n"
              "0,\"C\",20,60.6" POLL "1,\"'=Go\",0,0" POLL "2,\"a,b\",13,39.4" POLL);
    buf_done(&out);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_cell_is_quoted),
        cmocka_unit_test(no_cell_is_a_formula),
        cmocka_unit_test(a_result_is_a_line_for_each_option),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
