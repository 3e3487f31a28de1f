/* clock.h — the only way to the clocks.
 *
 * Units    _ms are milliseconds: since the Unix epoch for wall time, since an
 *          arbitrary start for monotonic time.
 * Threads  any.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

/* Wall time comes through this table so that a test can stop the clock at midnight. */
struct clock {
    int64_t (*now_ms)(const struct clock *c);
};

extern const struct clock clock_system;

static inline int64_t clock_now_ms(const struct clock *c)
{
    return c->now_ms(c);
}

uint64_t clock_mono_ms(void);
uint64_t clock_mono_us(void);

enum { CLOCK_DAY_MS = 86400000, CLOCK_TEXT_BYTES = 25 };

/* "2026-01-31T23:59:59.000Z", terminated; years 0000 to 9999. Returns 24. */
size_t clock_format(int64_t ms, char ret_text[CLOCK_TEXT_BYTES]);

/* RFC 3339 with any offset and any fraction (cut to milliseconds). ERR_INVALID when it
 * is not a time, or none of the years 0001 to 9999 in UTC. */
int clock_parse(struct str text, int64_t *ret_ms);

#endif
