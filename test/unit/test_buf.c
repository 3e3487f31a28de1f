/* test_buf.c — bytes that grow, and JSON values. */
#include "lib/check.h"

#include <jansson.h>

static void grows_and_keeps_what_it_has(void **state)
{
    struct buf b = {0};
    char expected[1000];
    (void)state;

    CHECK_STR(buf_str(&b), "");
    for (size_t i = 0; i < sizeof expected; i++) {
        expected[i] = (char)('a' + i % 26);
        buf_char(&b, expected[i]);
    }
    assert_int_equal(b.len, sizeof expected);
    assert_memory_equal(b.data, expected, sizeof expected);
    assert_true(b.cap >= b.len);
    buf_done(&b);
    assert_null(b.data);
    assert_int_equal(b.len + b.cap, 0);
    buf_text(&b, "again");
    CHECK_STR(buf_str(&b), "again");
    buf_done(&b);
}

static void reserves_room_behind_its_bytes(void **state)
{
    struct buf b = {0};
    char *p;
    (void)state;

    buf_text(&b, "head");
    p = buf_reserve(&b, 5000);
    assert_ptr_equal(p, b.data + 4);
    assert_true(b.cap - b.len >= 5000);
    memset(p, 'x', 5000);
    b.len += 5000;
    assert_memory_equal(b.data, "headx", 5);

    b.len = b.cap; /* full to the last byte, and then one more */
    assert_true(b.data + b.len + 1 <= buf_reserve(&b, 1) + 1);
    assert_true(b.cap > b.len);
    buf_done(&b);
}

static void adds_nothing_from_nowhere(void **state)
{
    struct buf b = {0};
    (void)state;

    buf_add(&b, NULL, 0);
    buf_str_add(&b, str_of(NULL));
    assert_int_equal(b.len, 0);
    buf_done(&b);
}

static void writes_numbers(void **state)
{
    struct buf b = {0};
    (void)state;

    buf_u64(&b, 0);
    buf_char(&b, ' ');
    buf_u64(&b, UINT64_MAX);
    buf_char(&b, ' ');
    buf_i64(&b, -10);
    buf_char(&b, ' ');
    buf_i64(&b, INT64_MIN);
    buf_char(&b, ' ');
    buf_i64(&b, INT64_MAX);
    CHECK_STR(buf_str(&b),
              "0 18446744073709551615 -10 -9223372036854775808 9223372036854775807");
    buf_done(&b);
}

static void formats_texts_of_any_length(void **state)
{
    struct buf b = {0};
    (void)state;

    buf_printf(&b, "%s-%d", "a", 1);
    CHECK_STR(buf_str(&b), "a-1");
    buf_printf(&b, "%300d", 7);
    assert_int_equal(b.len, 303);
    assert_int_equal(b.data[302], '7');
    buf_done(&b);
}

static void consumes_from_the_front(void **state)
{
    struct buf b = {0};
    (void)state;

    buf_text(&b, "abcdef");
    buf_consume(&b, 0);
    CHECK_STR(buf_str(&b), "abcdef");
    buf_consume(&b, 2);
    CHECK_STR(buf_str(&b), "cdef");
    buf_consume(&b, 4);
    CHECK_STR(buf_str(&b), "");
    buf_done(&b);
}

static void writes_json_strings(void **state)
{
    static const struct {
        const char *why;
        struct str text;
        const char *want;
    } rows[] = {
        {"empty", {"", 0}, "\"\""},
        {"plain", {"abc", 3}, "\"abc\""},
        {"what JSON escapes", {"a\"b\\c/", 6}, "\"a\\\"b\\\\c/\""},
        {"short escapes", {"\b\t\n\f\r", 5}, "\"\\b\\t\\n\\f\\r\""},
        {"other controls", {"\0\x0b\x1f", 3}, "\"\\u0000\\u000b\\u001f\""},
        {"DEL, for terminals", {"\x7f", 1}, "\"\\u007f\""},
        {"UTF-8 stays",
         {"\xc3\xa4\n\xf0\x9f\x97\xb3", 7},
         "\"\xc3\xa4\\n\xf0\x9f\x97\xb3\""},
        {"bytes that are not UTF-8",
         {"a\xff"
          "b",
          3},
         "\"a\xef\xbf\xbd"
         "b\""},
        {"at both ends", {"\xffx\xc3", 3}, "\"\xef\xbf\xbdx\xef\xbf\xbd\""},
    };
    struct buf b = {0};
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        b.len = 0;
        buf_json_str(&b, rows[i].text);
        CHECK_STR_AT(rows[i].why, buf_str(&b), rows[i].want);
    }
    buf_done(&b);
}

static void any_two_bytes_are_a_json_string(void **state)
{
    struct buf b = {0};
    (void)state;

    for (unsigned i = 0; i < 65536; i++) {
        char text[2] = {(char)(i >> 8), (char)i};
        json_t *value;

        b.len = 0;
        buf_json_str(&b, (struct str){text, 2});
        value = json_loadb(b.data, b.len, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
        CHECK_AT("a JSON reader takes it", value != NULL);
        if (str_is_utf8((struct str){text, 2})) {
            CHECK_EQ_AT("as long", json_string_length(value), 2);
            CHECK_EQ_AT("as it was", memcmp(json_string_value(value), text, 2), 0);
        }
        json_decref(value);
    }
    buf_done(&b);
}

static void writes_json_times(void **state)
{
    struct buf b = {0};
    (void)state;

    buf_json_time(&b, 1769903999001);
    CHECK_STR(buf_str(&b), "\"2026-01-31T23:59:59.001Z\"");
    buf_done(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(grows_and_keeps_what_it_has),
        cmocka_unit_test(reserves_room_behind_its_bytes),
        cmocka_unit_test(adds_nothing_from_nowhere),
        cmocka_unit_test(writes_numbers),
        cmocka_unit_test(formats_texts_of_any_length),
        cmocka_unit_test(consumes_from_the_front),
        cmocka_unit_test(writes_json_strings),
        cmocka_unit_test(any_two_bytes_are_a_json_string),
        cmocka_unit_test(writes_json_times),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
