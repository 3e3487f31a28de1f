/* due.h — lists of things that are due, ordered by when.
 *
 * DESIGN
 *
 * All members of a list wait equally long, so a new one goes to the end and the list
 * stays sorted: joining and leaving cost a few instructions, and a sweep looks only at
 * the front. That is cheaper than one timer per connection, re-armed with each request.
 * (A member with a shorter wait is inserted further ahead.)
 *
 * Threads  one at a time.
 */
#ifndef NET_DUE_H
#define NET_DUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct due {
    struct due *prev, *next; /* NULL: in no list */
    uint64_t at_ms;
};

/* The head of a list is a due that is not a member. */
static inline void due_init(struct due *list)
{
    list->prev = list->next = list;
}

static inline void due_add(struct due *list, struct due *d, uint64_t at_ms)
{
    struct due *after = list->prev;

    while (after != list && after->at_ms > at_ms)
        after = after->prev;
    d->at_ms = at_ms;
    d->prev = after;
    d->next = after->next;
    after->next->prev = d;
    after->next = d;
}

static inline void due_remove(struct due *d)
{
    if (d->next == NULL)
        return;
    d->prev->next = d->next;
    d->next->prev = d->prev;
    d->prev = d->next = NULL;
}

/* The first member, NULL when there is none. */
static inline struct due *due_first(const struct due *list)
{
    return list->next != list ? list->next : NULL;
}

/* The first member that is due at now_ms, or NULL. */
static inline struct due *due_now(const struct due *list, uint64_t now_ms)
{
    struct due *d = due_first(list);

    return d != NULL && d->at_ms <= now_ms ? d : NULL;
}

#endif
