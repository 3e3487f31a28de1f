/* test_base64url.c — one text for each value, and nothing else is read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "auth/base64url.h"
#include "base/err.h"

static const struct {
    const char *bytes;
    size_t n;
    const char *text;
} pairs[] = {
    /* RFC 4648, 10, without the padding */
    {"", 0, ""},
    {"f", 1, "Zg"},
    {"fo", 2, "Zm8"},
    {"foo", 3, "Zm9v"},
    {"foob", 4, "Zm9vYg"},
    {"fooba", 5, "Zm9vYmE"},
    {"foobar", 6, "Zm9vYmFy"},
    /* where this alphabet differs from the other one */
    {"\xfb\xff\xfe", 3, "-__-"},
    {"\x00\x10\x83\x10\x51\x87\x20\x92\x8b\x30\xd3\x8f\x41\x14\x93\x51\x55\x97\x61\x96"
     "\x9b\x71\xd7\x9f\x82\x18\xa3\x92\x59\xa7\xa2\x9a\xab\xb2\xdb\xaf\xc3\x1c\xb3\xd3"
     "\x5d\xb7\xe3\x9e\xbb\xf3\xdf\xbf",
     48, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"},
};

static void writes_and_reads_the_same(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        char text[80];
        uint8_t bytes[64];
        size_t n = 999;
        size_t chars = base64url_encode(pairs[i].bytes, pairs[i].n, text);

        assert_int_equal(chars, strlen(pairs[i].text));
        assert_int_equal(chars, BASE64URL_CHARS(pairs[i].n));
        assert_memory_equal(text, pairs[i].text, chars);
        assert_int_equal(
            base64url_decode((struct str){text, chars}, bytes, sizeof bytes, &n), 0);
        assert_int_equal(n, pairs[i].n);
        assert_memory_equal(bytes, pairs[i].bytes, n);
    }
}

static void refuses_what_it_would_not_write(void **state)
{
    static const struct {
        const char *why, *text;
    } rows[] = {
        {"a length that no value has", "Zm9vY"},
        {"such a length without bits left over", "Zm9vA"},
        {"one character", "A"},
        {"padding", "Zg=="},
        {"padding in full groups", "Zm8="},
        {"bits left over after one byte", "Zh"},
        {"the highest bit left over", "Zo"},
        {"bits left over after two bytes", "Zm9"},
        {"the other alphabet's 62", "+__-"},
        {"the other alphabet's 63", "-//-"},
        {"white space", "Zm 9"},
        {"an end of line", "Zm9v\n"},
        {"a byte beyond ASCII", "Zm9\xc3"},
        {"the byte after z", "Zm9{"},
        {"the byte before A", "Zm9@"},
    };

    (void)state;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        uint8_t bytes[16];
        size_t n = 999;

        if (base64url_decode(str_of(rows[i].text), bytes, sizeof bytes, &n) !=
            ERR_BAD_REQUEST)
            fail_msg("read: %s", rows[i].why);
        assert_int_equal(n, 999);
    }
    assert_int_equal(
        base64url_decode((struct str){"Zm9\0", 4}, (uint8_t[4]){0}, 4, &(size_t){0}),
        ERR_BAD_REQUEST);
}

static void never_writes_beyond_the_cap(void **state)
{
    uint8_t bytes[4] = {0, 0, 0, 0xaa};
    size_t n;

    (void)state;
    assert_int_equal(base64url_decode(STR("Zm9vYg"), bytes, 3, &n), ERR_BAD_REQUEST);
    assert_int_equal(base64url_decode(STR("Zm9v"), bytes, 3, &n), 0);
    assert_int_equal(bytes[3], 0xaa);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_and_reads_the_same),
        cmocka_unit_test(refuses_what_it_would_not_write),
        cmocka_unit_test(never_writes_beyond_the_cap),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
