/* hist.h — how long things took: counts in buckets that grow with the value.
 *
 * Values below 128 have a bucket each. Above, every power of two is cut into 64
 * buckets, so a quantile is at most 1/64 too high, and never too low: it is the highest
 * value that its bucket stands for.
 *
 * Shapes     values beyond HIST_VALUE_MAX count as HIST_VALUE_MAX.
 * Units      the caller's; the tools here use microseconds.
 * Ownership  a struct of plain numbers; all zero is empty.
 * Errors     none.
 * Threads    one at a time; merge with hist_merge().
 */
#ifndef BENCH_HIST_H
#define BENCH_HIST_H

#include <stddef.h>
#include <stdint.h>

#define HIST_VALUE_MAX ((UINT64_C(1) << 40) - 1)

enum { HIST_EXACT = 128, HIST_SUB = 64, HIST_BUCKETS = HIST_EXACT + 33 * HIST_SUB };

struct hist {
    uint64_t counts[HIST_BUCKETS];
    uint64_t n, max;
};

void hist_add(struct hist *h, uint64_t value);
void hist_merge(struct hist *h, const struct hist *other);

/* The value that at least q (0..1) of all values do not exceed; 0 when empty. */
uint64_t hist_quantile(const struct hist *h, double q);

#endif
