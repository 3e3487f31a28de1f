/* test_crc32c.c — the checksum of RFC 3720, by both ways. */
#include "lib/check.h"

#include "ballot/crc32c.h"

static void check_both(const char *why, const void *p, size_t n, uint32_t want)
{
    CHECK_EQ_AT(why, crc32c(0, p, n), want);
    CHECK_EQ_AT(why, crc32c_portable(0, p, n), want);
}

/* RFC 3720, B.4 */
static void known_vectors(void **state)
{
    uint8_t bytes[32];
    static const uint8_t iscsi_read[48] = {
        0x01, 0xc0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,    0, 0, 0, 0,
        0x14, 0,    0, 0, 0, 0, 4, 0, 0, 0, 0, 0x14, 0, 0, 0, 0x18,
        0x28, 0,    0, 0, 0, 0, 0, 0, 2, 0, 0, 0,    0, 0, 0, 0};
    (void)state;

    check_both("nothing", "", 0, 0);
    check_both("the usual check", "123456789", 9, 0xe3069283);
    memset(bytes, 0, sizeof bytes);
    check_both("zeros", bytes, 32, 0x8a9136aa);
    memset(bytes, 0xff, sizeof bytes);
    check_both("ones", bytes, 32, 0x62a8ab43);
    for (uint8_t i = 0; i < 32; i++)
        bytes[i] = i;
    check_both("up", bytes, 32, 0x46dd794e);
    for (uint8_t i = 0; i < 32; i++)
        bytes[i] = (uint8_t)(31 - i);
    check_both("down", bytes, 32, 0x113fdb5c);
    check_both("an iSCSI read", iscsi_read, 48, 0xd9963a56);
}

static void both_ways_agree_at_every_length_and_alignment(void **state)
{
    uint8_t bytes[96];
    (void)state;

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 151 + 7);
    for (size_t from = 0; from < 16; from++)
        for (size_t n = 0; n <= sizeof bytes - from; n++) {
            uint32_t whole = crc32c(0, bytes + from, n);

            assert_int_equal(whole, crc32c_portable(0, bytes + from, n));
            for (size_t cut = 0; cut <= n; cut += 5) /* chained */
                assert_int_equal(whole, crc32c(crc32c_portable(0, bytes + from, cut),
                                               bytes + from + cut, n - cut));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(known_vectors),
        cmocka_unit_test(both_ways_agree_at_every_length_and_alignment),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
