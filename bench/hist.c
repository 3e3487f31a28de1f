#include "hist.h"

/* The bits below the seven highest are what a bucket above HIST_EXACT forgets. */
static size_t bucket_of(uint64_t value)
{
    unsigned forgotten;

    if (value < HIST_EXACT)
        return (size_t)value;
    forgotten = 57 - (unsigned)__builtin_clzll(value);
    return HIST_EXACT + (size_t)(forgotten - 1) * HIST_SUB +
           (size_t)(value >> forgotten) - HIST_SUB;
}

static uint64_t highest_in(size_t bucket)
{
    size_t above, forgotten;
    uint64_t kept;

    if (bucket < HIST_EXACT)
        return bucket;
    above = bucket - HIST_EXACT;
    forgotten = above / HIST_SUB + 1;
    kept = above % HIST_SUB + HIST_SUB;
    return ((kept + 1) << forgotten) - 1;
}

void hist_add(struct hist *h, uint64_t value)
{
    if (value > HIST_VALUE_MAX)
        value = HIST_VALUE_MAX;
    h->counts[bucket_of(value)]++;
    h->n++;
    if (value > h->max)
        h->max = value;
}

void hist_merge(struct hist *h, const struct hist *other)
{
    for (size_t i = 0; i < HIST_BUCKETS; i++)
        h->counts[i] += other->counts[i];
    h->n += other->n;
    if (other->max > h->max)
        h->max = other->max;
}

uint64_t hist_quantile(const struct hist *h, double q)
{
    uint64_t seen = 0;

    for (size_t i = 0; i < HIST_BUCKETS; i++) {
        seen += h->counts[i];
        if (seen > 0 && (double)seen >= q * (double)h->n)
            return highest_in(i) < h->max ? highest_in(i) : h->max;
    }
    return h->max;
}
