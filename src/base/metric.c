#include "base/metric.h"

#define X(name, unit, ...)                                                             \
    const struct bounds bounds_##name = {                                              \
        unit, sizeof((uint32_t[]){__VA_ARGS__}) / sizeof(uint32_t), {__VA_ARGS__}};
METRIC_BOUNDS(X)
#undef X

void histogram_observe(struct histogram *h, const struct bounds *bounds, uint64_t value)
{
    size_t i = 0;

    while (i < bounds->n && value > bounds->at[i])
        i++;
    counter_add(&h->counts[i], 1);
    counter_add(&h->sum, value);
}

void histogram_merge(struct histogram *to, const struct histogram *from)
{
    for (size_t i = 0; i <= BOUNDS_MAX; i++)
        counter_add(&to->counts[i], counter_get(&from->counts[i]));
    counter_add(&to->sum, counter_get(&from->sum));
}

uint64_t histogram_count(const struct histogram *h)
{
    uint64_t n = 0;

    for (size_t i = 0; i <= BOUNDS_MAX; i++)
        n += counter_get(&h->counts[i]);
    return n;
}
