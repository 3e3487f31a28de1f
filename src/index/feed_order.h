/* feed_order.h — one order of polls as it was at one moment; shared by feed*.c only.
 *
 * Ownership  references are counted; the last feed_order_unref() frees (NULL is fine).
 * Threads    immutable once made.
 */
#ifndef INDEX_FEED_ORDER_H
#define INDEX_FEED_ORDER_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* Sorted by key, the smaller first, then by id, the greater (newer) first. */
struct place {
    int64_t key;
    uint32_t id;
};

struct order {
    atomic_uint refs;
    uint32_t generation;
    size_t n;
    struct place places[];
};

/* Takes n places in any order. */
struct order *feed_order_new(const struct place *places, size_t n, uint32_t generation);
struct order *feed_order_ref(struct order *o);
struct order *feed_order_unref(struct order *o);

/* The index of the first place behind this one. */
size_t feed_order_after(const struct order *o, struct place place);

#endif
