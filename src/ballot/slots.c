#include "ballot/slots.h"

#include <assert.h>

#include "base/mem.h"

enum { FIRST_BUCKETS = 64, TRIM_LOOKS = 64 };

void slots_init(struct slots *s)
{
    *s = (struct slots){.n_buckets = FIRST_BUCKETS};
    s->buckets = mem_zalloc(s->n_buckets, sizeof *s->buckets);
    TAILQ_INIT(&s->by_use);
}

static size_t bucket_of(const struct slots *s, uint32_t poll)
{
    return poll & (s->n_buckets - 1); /* ids are sequential: they spread evenly */
}

static struct slot **find_link(struct slots *s, uint32_t poll)
{
    struct slot **at = &s->buckets[bucket_of(s, poll)];

    while (*at != NULL && (*at)->poll != poll)
        at = &(*at)->chain;
    return at;
}

void slots_remove(struct slots *s, struct slot *slot)
{
    assert(slot->waiting == NULL); /* nobody is still waiting */
    assert(!slot->changed);        /* nothing is left to publish */
    assert(s->n > 0 && s->bytes >= slot->bytes);
    assert(*find_link(s, slot->poll) == slot);
    *find_link(s, slot->poll) = slot->chain;
    TAILQ_REMOVE(&s->by_use, slot, by_use);
    s->bytes -= slot->bytes;
    s->n--;
    tally_free(slot->tally);
    mem_free(slot);
}

void slots_done(struct slots *s)
{
    while (!TAILQ_EMPTY(&s->by_use))
        slots_remove(s, TAILQ_FIRST(&s->by_use));
    assert(s->n == 0 && s->bytes == 0);
    mem_free(s->buckets);
}

struct slot *slots_find(struct slots *s, uint32_t poll)
{
    struct slot *slot = *find_link(s, poll);

    if (slot != NULL && slot != TAILQ_FIRST(&s->by_use)) {
        TAILQ_REMOVE(&s->by_use, slot, by_use);
        TAILQ_INSERT_HEAD(&s->by_use, slot, by_use);
    }
    return slot;
}

static void grow(struct slots *s)
{
    struct slot *slot;

    mem_free(s->buckets);
    s->n_buckets *= 2;
    s->buckets = mem_zalloc(s->n_buckets, sizeof *s->buckets);
    TAILQ_FOREACH(slot, &s->by_use, by_use)
    {
        struct slot **bucket = &s->buckets[bucket_of(s, slot->poll)];

        slot->chain = *bucket;
        *bucket = slot;
    }
}

struct slot *slots_add(struct slots *s, uint32_t poll)
{
    struct slot *slot = mem_zalloc(1, sizeof *slot);
    struct slot **bucket;

    assert(*find_link(s, poll) == NULL); /* a poll has one tally */
    if (s->n == s->n_buckets)
        grow(s);
    bucket = &s->buckets[bucket_of(s, poll)];
    slot->poll = poll;
    slot->waiting_end = &slot->waiting;
    slot->chain = *bucket;
    *bucket = slot;
    TAILQ_INSERT_HEAD(&s->by_use, slot, by_use);
    s->n++;
    slots_set_bytes(s, slot, sizeof *slot);
    return slot;
}

void slots_set_bytes(struct slots *s, struct slot *slot, size_t bytes)
{
    assert(s->bytes >= slot->bytes);
    s->bytes += bytes - slot->bytes;
    slot->bytes = bytes;
}

static bool may_go(const struct slot *slot, uint64_t projected)
{
    return slot->tally != NULL && slot->waiting == NULL && slot->position <= projected;
}

void slots_trim(struct slots *s, size_t max_bytes, uint64_t projected)
{
    struct slot *slot = TAILQ_LAST(&s->by_use, slots_by_use);

    /* Look at a few each time: we come back to those that must stay for now. */
    for (int i = 0; i < TRIM_LOOKS && slot != NULL && s->bytes > max_bytes; i++) {
        struct slot *before = TAILQ_PREV(slot, slots_by_use, by_use);

        if (may_go(slot, projected))
            slots_remove(s, slot);
        slot = before;
    }
}
