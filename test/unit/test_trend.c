/* test_trend.c — votes of the last hour and day. */
#include "lib/check.h"

#include "base/buf.h"
#include "index/trend.c" /* how many polls take up room, nobody else asks */

enum { MINUTE = 60000, HOUR = 60 * MINUTE };
static const int64_t noon = 472222LL * HOUR + 12 * HOUR;

static size_t polls_in(struct trend *t)
{
    return t->n;
}

struct wanted {
    uint32_t poll, votes;
};

static void take(void *user, uint32_t poll, uint32_t votes)
{
    struct wanted *w = user;

    if (poll == w->poll)
        w->votes = votes;
}

static uint32_t votes_of(struct trend *t, uint32_t poll, enum trend_window window,
                         int64_t now_ms)
{
    struct wanted w = {.poll = poll};

    trend_each(t, window, now_ms, take, &w);
    return w.votes;
}

static void votes_count_for_their_time(void **state)
{
    static const struct {
        const char *why;
        int64_t later_ms;
        uint32_t hour, day;
    } rows[] = {
        {"at once", 0, 3, 3},
        {"an hour less a little", HOUR - MINUTE, 3, 3},
        {"an hour and six minutes", HOUR + 6 * MINUTE, 0, 3},
        {"a day less a little", 24 * HOUR - MINUTE, 0, 3},
        {"a day and more than an hour", 25 * HOUR + MINUTE, 0, 0},
        {"a month", 700LL * HOUR, 0, 0},
    };
    (void)state;

    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct trend *t = trend_new();

        trend_add(t, 5, noon, 2);
        trend_add(t, 5, noon + 1, 1);
        trend_add(t, 6, noon, 9);
        CHECK_EQ_AT(rows[i].why, votes_of(t, 5, TREND_HOUR, noon + rows[i].later_ms),
                    rows[i].hour);
        CHECK_EQ_AT(rows[i].why, votes_of(t, 5, TREND_DAY, noon + rows[i].later_ms),
                    rows[i].day);
        trend_free(t);
    }
}

/* As many votes as minutes, one each: what is counted is what is in the window. */
static void windows_slide(void **state)
{
    struct trend *t = trend_new();
    (void)state;

    for (int m = 0; m < 3000; m++) {
        int64_t now = noon + (int64_t)m * MINUTE;
        uint32_t hour, day;

        trend_add(t, 5, now, 1);
        hour = votes_of(t, 5, TREND_HOUR, now);
        day = votes_of(t, 5, TREND_DAY, now);
        assert_in_range(hour, m + 1 < 60 ? m + 1 : 60, m + 1 < 65 ? m + 1 : 65);
        assert_in_range(day, m + 1 < 1440 ? m + 1 : 1440, m + 1 < 1500 ? m + 1 : 1500);
    }
    trend_free(t);
}

static void old_ones_come_late_at_the_start(void **state)
{
    struct trend *t = trend_new();
    (void)state;

    trend_add(t, 5, noon, 1);
    trend_add(t, 5, noon - 30 * MINUTE, 10);
    trend_add(t, 5, noon - 5 * HOUR, 100);
    trend_add(t, 5, noon - 99 * HOUR, 1000);
    assert_int_equal(votes_of(t, 5, TREND_HOUR, noon), 11);
    assert_int_equal(votes_of(t, 5, TREND_DAY, noon), 111);
    trend_free(t);
}

static void polls_that_rest_are_forgotten(void **state)
{
    struct trend *t = trend_new();
    (void)state;

    for (uint32_t poll = 1; poll <= 10000; poll++)
        trend_add(t, poll, noon, poll);
    assert_int_equal(polls_in(t), 10000);
    assert_int_equal(votes_of(t, 777, TREND_HOUR, noon), 777);
    for (uint32_t poll = 10001; poll <= 20000; poll++)
        trend_add(t, poll, noon + 30 * (int64_t)HOUR, 1);
    assert_true(polls_in(t) <= 10000 + 6400); /* when it is made anew */
    assert_int_equal(votes_of(t, 20000, TREND_DAY, noon + 30 * (int64_t)HOUR), 1);
    trend_free(t);
}

static void it_is_bounded(void **state)
{
    struct trend *t = trend_new();
    (void)state;

    for (uint32_t poll = 1; poll <= TREND_POLLS + 1000; poll++)
        trend_add(t, poll, noon, 1);
    assert_int_equal(polls_in(t), TREND_POLLS);
    trend_add(t, 1, noon, 1);
    assert_int_equal(votes_of(t, 1, TREND_DAY, noon), 2);
    trend_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(votes_count_for_their_time),
        cmocka_unit_test(windows_slide),
        cmocka_unit_test(old_ones_come_late_at_the_start),
        cmocka_unit_test(polls_that_rest_are_forgotten),
        cmocka_unit_test(it_is_bounded),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
