/* bus.h — the port by which the processes on one database wake each other.
 *
 * DESIGN
 *
 *   something was committed ──bus_wake()──▶ … ──▶ heard() in every other process
 *
 * A wake-up says nothing but "look now": what there is to see is in the database. So it
 * may come late, twice or never; whoever looks by itself now and then is right without.
 * Wake-ups that wait to be sent are one.
 *
 * Ownership  bus_stop() ends a bus (accepts NULL; returns NULL).
 * Errors     none: what cannot be sent is dropped.
 * Threads    bus_wake(): any, and it never blocks. bus_figures(): any. The others: the
 *            owner's.
 */
#ifndef BUS_BUS_H
#define BUS_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct bus;

struct bus_figures {
    bool hears;           /* whoever wakes us is heard now */
    uint64_t sent, heard; /* wake-ups, since the start */
};

struct bus_ops {
    const char *name;
    void (*wake)(struct bus *b);
    void (*hush)(struct bus *b);
    struct bus_figures (*figures)(const struct bus *b);
    struct bus *(*stop)(struct bus *b);
};

struct bus {
    const struct bus_ops *ops; /* first field of every backend's struct */
};

/* Wake the others. NULL: there is nobody. */
static inline void bus_wake(struct bus *b)
{
    if (b != NULL)
        b->ops->wake(b);
}

/* Hear nothing from now on; waking goes on. Accepts NULL. */
static inline void bus_hush(struct bus *b)
{
    if (b != NULL)
        b->ops->hush(b);
}

/* For metrics and readiness. */
static inline struct bus_figures bus_figures(const struct bus *b)
{
    return b->ops->figures(b);
}

static inline struct bus *bus_stop(struct bus *b)
{
    return b != NULL ? b->ops->stop(b) : NULL;
}

#endif
