/* slots.h — the tallies in memory, found by poll and ordered by last use.
 *
 * Threads  the ballot lane's.
 */
#ifndef BALLOT_SLOTS_H
#define BALLOT_SLOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "core/tally.h"

struct ballot_op;

struct slot {
    uint32_t poll;
    struct tally *tally;          /* NULL while it is being loaded */
    bool deleted;                 /* the store may not know it yet */
    bool changed;                 /* in the current batch: to be published */
    const struct poll_edit *edit; /* in the current batch: to be published with it */
    uint64_t counted;             /* the batch that result was counted for; 0: none */
    struct result result;
    uint64_t position; /* in the journal, after its last change */
    size_t bytes;
    struct mail *waiting, **waiting_end; /* ops, while it is being loaded */
    struct slot *next_changed;
    struct slot *chain; /* in its bucket */
    TAILQ_ENTRY(slot) by_use;
};

struct slots {
    struct slot **buckets; /* n_buckets is a power of two */
    size_t n_buckets, n;
    size_t bytes;                          /* of all tallies */
    TAILQ_HEAD(slots_by_use, slot) by_use; /* the most recently used first */
};

void slots_init(struct slots *s);
void slots_done(struct slots *s);
struct slot *slots_find(struct slots *s, uint32_t poll); /* or NULL; counts as a use */
struct slot *slots_add(struct slots *s, uint32_t poll);
void slots_remove(struct slots *s, struct slot *slot);
void slots_set_bytes(struct slots *s, struct slot *slot, size_t bytes);

/* Evict least recently used tallies down to max_bytes. Tallies with waiting ops, or
 * with changes at or after projected, stay. */
void slots_trim(struct slots *s, size_t max_bytes, uint64_t projected);

#endif
