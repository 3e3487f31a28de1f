/* test_clock.c — times as text, both ways. */
#include "lib/check.h"

#include "base/clock.h"
#include "base/err.h"

static const struct {
    const char *text;
    int64_t ms;
} same[] = {
    {"1970-01-01T00:00:00.000Z", 0},
    {"1969-12-31T23:59:59.999Z", -1},
    {"1969-12-31T23:59:58.000Z", -2000},
    {"2026-01-31T23:59:59.001Z", 1769903999001},
    {"2024-02-29T12:34:56.789Z", 1709210096789},
    {"2000-02-29T00:00:00.000Z", 951782400000},
    {"9999-12-31T23:59:59.999Z", 253402300799999},
    {"0001-01-01T00:00:00.000Z", -62135596800000},
};

static void writes_and_reads_the_same_time(void **state)
{
    (void)state;
    for (size_t i = 0; i < LENGTH(same); i++) {
        char text[CLOCK_TEXT_BYTES];
        int64_t ms = 77;

        CHECK_EQ_AT(same[i].text, clock_format(same[i].ms, text), 24);
        CHECK_STR_AT(same[i].text, str_of(text), same[i].text);
        CHECK_EQ_AT(same[i].text, clock_parse(str_of(text), &ms), 0);
        CHECK_EQ_AT(same[i].text, ms, same[i].ms);
    }
}

static void reads_every_form_of_rfc_3339(void **state)
{
    static const struct {
        const char *text;
        int64_t ms;
    } rows[] = {
        {"1970-01-01T00:00:01Z", 1000},
        {"1970-01-01t00:00:01z", 1000},
        {"1970-01-01T00:00:00.5Z", 500},
        {"1970-01-01T00:00:00.12Z", 120},
        {"1970-01-01T00:00:00.123999999Z", 123},
        {"1970-01-01T02:00:00+02:00", 0},
        {"1969-12-31T18:30:00-05:30", 0},
        {"1970-01-01T00:00:00+00:00", 0},
        {"1970-01-01T23:59:00.001+23:59", 1},
        {"1970-01-01T00:00:00.00199999999999999999Z", 1},
        {"9999-12-31T23:59:59.999Z", INT64_C(253402300799999)},
        {"9999-12-31T22:59:59-01:00", INT64_C(253402300799000)},
        {"0000-12-31T23:00:00-01:00", INT64_C(-62135596800000)},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        int64_t ms = 77;

        CHECK_EQ_AT(rows[i].text, clock_parse(str_of(rows[i].text), &ms), 0);
        CHECK_EQ_AT(rows[i].text, ms, rows[i].ms);
    }
}

static void refuses_what_is_not_a_time(void **state)
{
    static const char *const rows[] = {
        "",
        "2026-01-31",
        "2026-01-31T23:59:59",  /* no offset: whose time would that be? */
        "2026-01-31 23:59:59Z", /* RFC 3339 allows it to be agreed on; we do not */
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-01-00T00:00:00Z",
        "2026-01-32T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "1900-02-29T00:00:00Z",
        "2026-01-01T24:00:00Z",
        "2026-01-01T00:60:00Z",
        "2026-01-01T00:00:60Z",
        "2026-01-01T00:00:00.Z",
        "9999-12-31T23:59:59-00:01", /* a year of five digits in UTC */
        "9999-12-31T23:59:59-01:00",
        "9999-12-31T23:59:59.999-23:59",
        "0001-01-01T00:00:00+00:01", /* the year before the first */
        "0000-01-01T00:00:00Z",
        "0000-12-31T23:59:59Z",
        "2016-12-31T23:59:60Z", /* no leap seconds */
        "2026-01-01T00:00:00-24:00",
        "2026-01-01T00:00:00,5Z",
        "2026-01-01T00:00:00+24:00",
        "2026-01-01T00:00:00+00:60",
        "2026-01-01T00:00:00+0000",
        "2026-01-01T00:00:00+00:00Z",
        "2026-01-01T00:00:00ZZ",
        "2026-01-01T00:00:00 Z",
        "202a-01-01T00:00:00Z",
        "2026-0a-01T00:00:00Z",
        "2026-01-0aT00:00:00Z",
        "2026-01-01T0a:00:00Z",
        "2026-01-01T00:0a:00Z",
        "2026-01-01T00:00:0aZ",
        "2026/01-01T00:00:00Z",
        "2026-01/01T00:00:00Z",
        "2026-01-01T00-00:00Z",
        "2026-01-01T00:00-00Z",
        "2026-01-01T00:00:00+0a:00",
        "-026-01-01T00:00:00Z",
        "2026-01-01T00:00:00*00:00",
        "2026-01-01T00:00:00+00-00",
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        int64_t ms = 77;

        CHECK_EQ_AT(rows[i], clock_parse(str_of(rows[i]), &ms), ERR_INVALID);
        CHECK_EQ_AT(rows[i], ms, 77);
    }
}

static int64_t held(const struct clock *c)
{
    (void)c;
    return 42;
}

static void a_test_can_hold_the_time(void **state)
{
    const struct clock c = {.now_ms = held};
    (void)state;

    assert_int_equal(clock_now_ms(&c), 42);
}

static void the_clocks_are_right_and_agree_about_units(void **state)
{
    uint64_t us = clock_mono_us(), ms = clock_mono_ms();
    (void)state;

    assert_true(clock_mono_us() >= us);
    assert_true(ms >= us / 1000 && ms - us / 1000 < 60000);
    /* between 2020 and 2120 */
    assert_in_range(clock_now_ms(&clock_system), 1577836800000, 4733510400000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(writes_and_reads_the_same_time),
        cmocka_unit_test(reads_every_form_of_rfc_3339),
        cmocka_unit_test(refuses_what_is_not_a_time),
        cmocka_unit_test(a_test_can_hold_the_time),
        cmocka_unit_test(the_clocks_are_right_and_agree_about_units),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
