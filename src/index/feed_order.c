#include "index/feed_order.h"

#include <stdlib.h>
#include <string.h>

#include "base/mem.h"

static int compare(const void *x, const void *y)
{
    const struct place *a = x, *b = y;

    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return (a->id < b->id) - (a->id > b->id);
}

struct order *feed_order_new(const struct place *places, size_t n, uint32_t generation)
{
    struct order *o = mem_alloc(sizeof *o + n * sizeof *places);

    atomic_init(&o->refs, 1);
    o->generation = generation;
    o->n = n;
    if (n > 0) {
        memcpy(o->places, places, n * sizeof *places);
        qsort(o->places, n, sizeof *places, compare);
    }
    return o;
}

struct order *feed_order_ref(struct order *o)
{
    atomic_fetch_add_explicit(&o->refs, 1, memory_order_relaxed);
    return o;
}

struct order *feed_order_unref(struct order *o)
{
    if (o != NULL && atomic_fetch_sub_explicit(&o->refs, 1, memory_order_acq_rel) == 1)
        mem_free(o);
    return NULL;
}

size_t feed_order_after(const struct order *o, struct place place)
{
    size_t low = 0, high = o->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (compare(&o->places[middle], &place) <= 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}
