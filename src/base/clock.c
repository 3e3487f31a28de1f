#include "base/clock.h"

#include <stdbool.h>
#include <string.h>
#include <time.h>

#include "base/err.h"

static int64_t system_now_ms(const struct clock *c)
{
    struct timespec t;

    (void)c;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

const struct clock clock_system = {.now_ms = system_now_ms};

uint64_t clock_mono_us(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

uint64_t clock_mono_ms(void)
{
    return clock_mono_us() / 1000;
}

/* Two digits at p, or -1. */
static int two(const char *p)
{
    if (p[0] < '0' || p[0] > '9' || p[1] < '0' || p[1] > '9')
        return -1;
    return (p[0] - '0') * 10 + (p[1] - '0');
}

static void put_two(char *p, int n)
{
    p[0] = (char)('0' + n / 10 % 10);
    p[1] = (char)('0' + n % 10);
}

/* Days since 1970-01-01 → a date of the Gregorian calendar. Counted in eras of 400
 * years that begin on the first of March, so that a leap day is the last day of its
 * year (E. G. Richards, Mapping Time, 1998). */
static void date_of(int64_t days, int *ret_year, int *ret_month, int *ret_day)
{
    int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097;
    int of_era = (int)(z - era * 146097);
    int year = (of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) / 365;
    int of_year = of_era - (365 * year + year / 4 - year / 100);
    int month = (5 * of_year + 2) / 153;

    *ret_day = of_year - (153 * month + 2) / 5 + 1;
    *ret_month = month < 10 ? month + 3 : month - 9;
    *ret_year = (int)(year + era * 400) + (*ret_month <= 2);
}

size_t clock_format(int64_t ms, char ret_text[CLOCK_TEXT_BYTES])
{
    int64_t days = ms / CLOCK_DAY_MS - (ms % CLOCK_DAY_MS < 0);
    int of_day = (int)(ms - days * CLOCK_DAY_MS), year, month, day;

    date_of(days, &year, &month, &day);
    memcpy(ret_text, "0000-00-00T00:00:00.000Z", CLOCK_TEXT_BYTES);
    put_two(ret_text, year / 100);
    put_two(ret_text + 2, year % 100);
    put_two(ret_text + 5, month);
    put_two(ret_text + 8, day);
    put_two(ret_text + 11, of_day / 3600000);
    put_two(ret_text + 14, of_day / 60000 % 60);
    put_two(ret_text + 17, of_day / 1000 % 60);
    ret_text[20] = (char)('0' + of_day / 100 % 10);
    put_two(ret_text + 21, of_day % 100);
    return CLOCK_TEXT_BYTES - 1;
}

static int days_in_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    return month == 2 && leap ? 29 : days[month - 1];
}

/* Read "2026-01-31T23:59:59" from the start of s. */
static bool parse_seconds(struct str s, struct tm *tm)
{
    const char *p = s.at;
    int century, year;

    if (s.len < 20 || p[4] != '-' || p[7] != '-' || (p[10] != 'T' && p[10] != 't') ||
        p[13] != ':' || p[16] != ':')
        return false;
    century = two(p);
    year = two(p + 2);
    *tm = (struct tm){.tm_year = century * 100 + year - 1900,
                      .tm_mon = two(p + 5) - 1,
                      .tm_mday = two(p + 8),
                      .tm_hour = two(p + 11),
                      .tm_min = two(p + 14),
                      .tm_sec = two(p + 17)};
    return century >= 0 && year >= 0 && tm->tm_mon >= 0 && tm->tm_mon < 12 &&
           tm->tm_mday >= 1 &&
           tm->tm_mday <= days_in_month(century * 100 + year, tm->tm_mon + 1) &&
           tm->tm_hour >= 0 && tm->tm_hour < 24 && tm->tm_min >= 0 && tm->tm_min < 60 &&
           tm->tm_sec >= 0 && tm->tm_sec < 60;
}

/* ".123456" at the start of s, if there is one: its milliseconds, and the rest. */
static bool parse_fraction(struct str s, int *ret_ms, struct str *ret_rest)
{
    int ms = 0, scale = 100;
    size_t i;

    *ret_ms = 0;
    *ret_rest = s;
    if (s.len == 0 || s.at[0] != '.')
        return true;
    for (i = 1; i < s.len && s.at[i] >= '0' && s.at[i] <= '9'; i++, scale /= 10)
        ms += (s.at[i] - '0') * scale;
    if (i == 1)
        return false;
    *ret_ms = ms;
    *ret_rest = str_skip(s, i);
    return true;
}

/* "Z" or "+01:30", and nothing after it. */
static bool parse_offset(struct str s, int *ret_minutes)
{
    int hours, minutes;

    *ret_minutes = 0;
    if (s.len == 1 && (s.at[0] == 'Z' || s.at[0] == 'z'))
        return true;
    if (s.len != 6 || (s.at[0] != '+' && s.at[0] != '-') || s.at[3] != ':')
        return false;
    hours = two(s.at + 1);
    minutes = two(s.at + 4);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
        return false;
    *ret_minutes = (hours * 60 + minutes) * (s.at[0] == '-' ? -1 : 1);
    return true;
}

/* The years 0001 to 9999, which clock_format() can write. */
static bool is_writable(int64_t ms)
{
    return ms >= INT64_C(-62135596800000) && ms < INT64_C(253402300800000);
}

int clock_parse(struct str text, int64_t *ret_ms)
{
    struct tm tm;
    struct str rest;
    int64_t time_ms;
    int ms, minutes;

    if (!parse_seconds(text, &tm) || !parse_fraction(str_skip(text, 19), &ms, &rest) ||
        !parse_offset(rest, &minutes))
        return ERR_INVALID;
    time_ms = ((int64_t)timegm(&tm) - minutes * 60) * 1000 + ms;
    if (!is_writable(time_ms))
        return ERR_INVALID;
    *ret_ms = time_ms;
    return 0;
}
