/* test_receipt_blob.c — a receipt as bytes in a row, and back. */
#include "lib/check.h"

#include "base/err.h"
#include "core/receipt_blob.h"

static void a_receipt_comes_back(void **state)
{
    static const struct {
        const char *why;
        size_t bytes;
        struct receipt r;
    } rows[] = {
        {"the smallest", 5, {.version = 2, .votes_left = 99, .n_options = 2}},
        {"no limit a day", 5, {.votes_left = UINT32_MAX, .n_options = 2}},
        {"a limit that is near none",
         9,
         {.votes_left = UINT32_MAX - 1, .n_options = 2}},
        {"none left", 5, {.votes_left = 0, .n_options = 2}},
        {"the largest one byte holds", 5, {.version = 127, .n_options = 2}},
        {"the smallest of two bytes", 6, {.version = 128, .n_options = 2}},
        {"the largest version", 14, {.version = UINT64_MAX, .n_options = 2}},
        {"counts",
         12,
         {.n_options = 4, .option = 3, .counts = {1, 300, UINT32_MAX, 0}}},
        {"every option",
         3 + 20 * 5,
         {.n_options = 20, .option = 19, .counts = {[0 ... 19] = UINT32_MAX}}},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct receipt want = rows[i].r, got = {.voted_ms = 5};
        uint8_t bytes[RECEIPT_BLOB_BYTES];
        size_t n = receipt_encode(&want, bytes);

        CHECK_EQ_AT(rows[i].why, n, rows[i].bytes);
        CHECK_EQ_AT(rows[i].why, receipt_decode((struct str){(char *)bytes, n}, &got),
                    0);
        CHECK_EQ_AT(rows[i].why, got.voted_ms, 5);
        CHECK_EQ_AT(rows[i].why, got.option, want.option);
        CHECK_AT(rows[i].why, got.version == want.version);
        CHECK_EQ_AT(rows[i].why, got.votes_left, want.votes_left);
        CHECK_EQ_AT(rows[i].why, got.n_options, want.n_options);
        CHECK_AT(rows[i].why, memcmp(got.counts, want.counts, sizeof got.counts) == 0);
    }
}

static void what_is_not_a_receipt_is_refused(void **state)
{
    static const struct {
        const char *why, *bytes;
        size_t n;
    } rows[] = {
        {"nothing", "", 0},
        {"no version", "\0", 1},
        {"no votes left", "\0\2", 2},
        {"no options", "\0\2\1", 3},
        {"its option is not there", "\2\2\1\0\0", 5},
        {"a number without an end", "\0\2\1\0\x80", 5},
        {"an option that no poll has", "\x14\2\1\0\0", 5},
        {"a count too large", "\0\2\1\xff\xff\xff\xff\x1f", 8},
        {"votes left too large", "\0\2\xff\xff\xff\xff\x1f\0", 8},
        {"more options than a poll has",
         "\0\2\1"
         "aaaaaaaaaaaaaaaaaaaaa",
         24},
        {"a version of more than 64 bits",
         "\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\x02\1\0", 13},
        {"a version of eleven bytes",
         "\0\x80\x80\x80\x80\x80\x80\x80\x80\x80\x80\0\1\0", 14},
    };

    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct receipt r = {.version = 77};

        CHECK_EQ_AT(rows[i].why,
                    receipt_decode((struct str){rows[i].bytes, rows[i].n}, &r),
                    ERR_INVALID);
        CHECK_EQ_AT(rows[i].why, r.version, 77);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_receipt_comes_back),
        cmocka_unit_test(what_is_not_a_receipt_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
