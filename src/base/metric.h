/* metric.h — numbers that one thread writes, and any thread reads.
 *
 * DESIGN
 *
 * Each loop and each lane counts in numbers of its own, so counting is a plain load, an
 * addition and a plain store: no lock, no locked instruction. GET /metrics sums them up
 * (ops/scrape.c). A reader sees each number whole, but not all numbers at one moment.
 *
 * A histogram counts values by bounds from tbl/metrics.h. The bounds are passed with
 * each call, so a histogram is nothing but numbers.
 *
 * Units    the owner's; bounds say theirs, seconds or things.
 * Errors   none.
 * Threads  add, sub, observe: one at a time. get, merge: any.
 */
#ifndef BASE_METRIC_H
#define BASE_METRIC_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

#include "tbl/metrics.h"

struct counter {
    _Atomic uint64_t n;
};

static inline uint64_t counter_get(const struct counter *c)
{
    return atomic_load_explicit(&c->n, memory_order_relaxed);
}

static inline void counter_add(struct counter *c, uint64_t n)
{
    atomic_store_explicit(&c->n, counter_get(c) + n, memory_order_relaxed);
}

/* For a number that also falls. */
static inline void counter_sub(struct counter *c, uint64_t n)
{
    atomic_store_explicit(&c->n, counter_get(c) - n, memory_order_relaxed);
}

enum { BOUNDS_MAX = 16 };

/* Count a value at the first bound that it does not exceed. */
struct bounds {
    double unit; /* of the values, in what the metric is told in */
    size_t n;
    uint32_t at[BOUNDS_MAX]; /* rising */
};

#define X(name, unit, ...) extern const struct bounds bounds_##name;
METRIC_BOUNDS(X)
#undef X

struct histogram {
    struct counter counts[BOUNDS_MAX + 1]; /* the last one: beyond all bounds */
    struct counter sum;
};

void histogram_observe(struct histogram *h, const struct bounds *bounds,
                       uint64_t value);

/* Only the caller may use to meanwhile. */
void histogram_merge(struct histogram *to, const struct histogram *from);
uint64_t histogram_count(const struct histogram *h);

#endif
